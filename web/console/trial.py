"""Bring your own records: choose files, say what their columns hold, see whom the engine would put together."""

import asyncio
from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.trying import actions, export, queries
from server.journey.trying.queries import Document, TrialShown
from server.journey.trying.rows.columns import Field
from server.journey.trying.rows.plan import Plan, Who
from server.journey.trying.rows.reading import MOST_PLACES
from server.journey.trying.rows.rules import AS_USUAL, MOST_HOURS, Chosen, Company
from server.kernel.errors import Invalid, TooMany
from server.kernel.text import gettext as _
from server.matchmaking.engine.groups.seating import LEAST, MOST
from server.programs.states import ProgramType
from web.bodies import ENVELOPE_BYTES
from web.console import trial_gaps
from web.console import trial_told as told
from web.console import trial_words as words
from web.console.runs import CSV, JSON, download
from web.forms import Errors, choice, integer, read_form, upload
from web.render import go_to, page
from web.toast import Toast

HERE = "/console/matches/trial"
FIELDS, PAST = ("mentors", "mentees"), "past"
PAGE_DIGITS, FOUND = 6, "found"
SIZES = (LEAST, MOST)


async def choose(request: Request) -> Response:
    """Choose one or two files of people, and one of past pairs."""
    actor, errors = request.state.actor, Errors()
    earlier = await queries.latest_trial(actor)
    if request.method == "POST":
        form = await read_form(request, files=actions.FILES_MAX)
        chosen = [(file.filename or "", await file.read()) for name in FIELDS if (file := upload(form, name))]
        if not chosen:
            errors.add("mentors", _("Choose a file first."))
        else:
            try:
                past = upload(form, PAST)
                earlier_pairs = (past.filename or "", await past.read()) if past else None
                made = await actions.start_trial(actor, chosen, earlier_pairs)
                return go_to(request, f"{HERE}/{made.id}")
            except Invalid as refusal:
                errors.add("mentors", " ".join(refusal.fields.values()))
    return page(
        request, "console/trial.html", status=422 if errors else 200, errors=errors, here=HERE,
        earlier=f"{HERE}/{earlier.id}" if earlier else "", erased=words.kept_until(earlier) if earlier else "",
    )


async def show(request: Request) -> Response:
    """The result, or what the columns hold until there is one."""
    shown = await queries.shown_trial(request.state.actor, request.path_params["id"])
    if shown.document is None or "columns" in request.query_params:
        return await _columns(request, shown, Errors())
    return _result(request, shown, shown.document)


async def match(request: Request) -> Response:
    """Match the people as the columns were named."""
    actor, trial_id, errors = request.state.actor, request.path_params["id"], Errors()
    shown, form = await queries.shown_trial(actor, trial_id), await read_form(request)
    plan = await asyncio.to_thread(_plan, shown, form, errors)
    if not errors:
        try:
            await actions.run_trial(actor, trial_id, plan)
            return go_to(request, f"{HERE}/{trial_id}")
        except Invalid as refusal:
            errors.take(refusal)
        except TooMany as refusal:
            return await _columns(request, TrialShown(shown.trial, plan, None), errors, wait=refusal)
    return await _columns(request, TrialShown(shown.trial, plan, None), errors)


async def erase(request: Request) -> Response:
    """Erase files and result now."""
    await actions.erase_trial(request.state.actor, request.path_params["id"])
    return go_to(request, HERE, toast=Toast(_("Erased: the files and what came of them.")))


async def pairs_file(request: Request) -> Response:
    """The pairs as a table."""
    return download(await _written(request, export.pairs_csv), CSV, "pairs.csv")


async def circles_file(request: Request) -> Response:
    """The circles as a table."""
    return download(await _written(request, export.circles_csv), CSV, "circles.csv")


async def waiting_file(request: Request) -> Response:
    """Those who wait as a table."""
    return download(await _written(request, export.waiting_csv), CSV, "waiting.csv")


async def whole_file(request: Request) -> Response:
    """Everything, with the proof, as JSON."""
    return download(await _written(request, export.trial_json), JSON, "trial.json")


async def _written(request: Request, write: Callable[[Document], bytes]) -> bytes:
    """Thousands of pairs take a while to write: others are served meanwhile."""
    document = await queries.document_of(request.state.actor, request.path_params["id"])
    return await asyncio.to_thread(write, document)


async def _columns(
    request: Request, shown: TrialShown, errors: Errors, *, wait: TooMany | None = None
) -> Response:
    """What the columns hold; `wait`: what was chosen stands, and can be sent again in a moment."""
    files = await asyncio.to_thread(queries.files_shown, shown)
    answer = page(
        request, "console/trial_columns.html", status=429 if wait else 422 if errors else 200, errors=errors,
        wait=wait.message if wait else "",
        here=f"{HERE}/{shown.trial.id}", files=words.files(files, shown),
        fields=words.field_options(), past_fields=words.past_options(), who=words.who_options(),
        kinds=words.kind_options(), kind=shown.plan.kind.value, seats=shown.plan.places, most_seats=MOST_PLACES,
        size=shown.plan.size, sizes=SIZES, rules=words.rules(shown.plan.chosen),
        rules_open=shown.plan.chosen != AS_USUAL, erased=words.erased(shown), again=HERE,
    )
    if wait:
        answer.headers["retry-after"] = str(wait.retry_after_s)
    return answer


def _result(request: Request, shown: TrialShown, document: Document) -> Response:
    here, last = f"{HERE}/{shown.trial.id}", told.pages(document)
    number = request.query_params.get("page", "")
    at = min(max(1, int(number[:PAGE_DIGITS])), last) if number.isascii() and number.isdigit() else 1
    return page(
        request, "console/trial_run.html", here=here, title=told.title(document), again=HERE,
        eyebrow=told.eyebrow(document, queries.file_names(shown)), briefing=told.briefing(document),
        facts_shown=told.facts(document), fair=told.fairness(document),
        quality=told.quality(document), gaps=trial_gaps.gaps(document),
        pairs=told.pairs(document, at), circles=told.circles(document, at), in_circles="circles" in document,
        waiting=told.waiting(document), waits=document["waiting"], alone=told.alone(document),
        sure=told.confidence(document), past=told.past(document), rules=told.rules(document),
        meaning=told.meaning(document), erased=words.erased(shown), at=at, last=last,
        before=f"{here}?page={at - 1}#{FOUND}" if at > 1 else "",
        after=f"{here}?page={at + 1}#{FOUND}" if at < last else "",
    )


def _plan(shown: TrialShown, form: FormData, errors: Errors) -> Plan:
    """What was chosen; what was not is as it stood."""
    files = queries.files_shown(shown)
    places = integer(form, "places", errors, least=1, most=MOST_PLACES)
    size = integer(form, "size", errors, least=LEAST, most=MOST)
    return Plan(
        tuple(choice(Who, form, f"who-{number}") or held for number, held in enumerate(shown.plan.who)),
        tuple(
            {name: choice(Field, form, words.column_field(number, place)) or held
             for place, (name, held, _examples) in enumerate(file.columns)}
            for number, file in enumerate(files)
        ),
        choice(ProgramType, form, "kind") or shown.plan.kind, places or shown.plan.places,
        size or shown.plan.size, _chosen(form, shown.plan.chosen),
    )


def _chosen(form: FormData, held: Chosen) -> Chosen:
    """The rules that were chosen; "as the kind has it" is a choice too, and what was not sent is as it stood."""
    sent = {name: form.get(words.rule_field(name), held) for name in ("reporting_line", "same_team", "common_language")}
    yes_no = {words.YES: True, words.NO: False}
    company, hours = (words.rule_field(name) for name in ("company", "hours"))
    return Chosen(
        **{name: getattr(held, name) if value is held else yes_no.get(str(value)) for name, value in sent.items()},
        company=choice(Company, form, company) if company in form else held.company,
        hours=integer(form, hours, most=MOST_HOURS) if hours in form else held.hours,
    )


MOST_SENT = actions.FILES_MAX * actions.BYTES_MAX + ENVELOPE_BYTES

routes = [
    Route(HERE, choose, methods=["GET", "POST"], name="console-trial", max_body_size=MOST_SENT),
    Route(f"{HERE}/{{id:uuid}}", show, name="console-trial-run"),
    Route(f"{HERE}/{{id:uuid}}/matching", match, methods=["POST"], name="console-trial-matching"),
    Route(f"{HERE}/{{id:uuid}}/erasure", erase, methods=["POST"], name="console-trial-erasure"),
    Route(f"{HERE}/{{id:uuid}}/pairs.csv", pairs_file, name="console-trial-pairs"),
    Route(f"{HERE}/{{id:uuid}}/circles.csv", circles_file, name="console-trial-circles"),
    Route(f"{HERE}/{{id:uuid}}/waiting.csv", waiting_file, name="console-trial-waiting"),
    Route(f"{HERE}/{{id:uuid}}/trial.json", whole_file, name="console-trial-json"),
]
