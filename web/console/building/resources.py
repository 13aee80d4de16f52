"""The builder's part of resources: questions for notes, examples of goals, links, and who may read goals.

Its files are a form of their own (`files`).
"""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.goals.states import GoalPrivacy
from server.journey.resources.queries import address
from server.kernel.db import Json
from server.people.queries import competencies
from server.programs.plans.setup import EXAMPLE, EXAMPLES_MOST, WORDS_LETTERS
from server.programs.resources.setup import FILES_MOST, LINK_LETTERS, LINKS_MOST, RESOURCE
from server.programs.resources.states import Phase, Readers
from web.console.building import desk
from web.console.building import resources_words as words
from web.forms import Errors, choices, read_form, text
from web.program_file import size_of

PROMPTS_LETTERS, LEVEL_LETTERS = 4000, 10
SPARE = 2
"""So many empty rows stand below the examples, to add some without a script."""
NO_FILE = {"title": "", "to": Readers.EVERYBODY.value, "when": Phase.ANY.value}


async def show(request: Request) -> Response:
    """The questions and examples as they are prepared, or in force."""
    plan = await desk.opened(request)
    return await drawn(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use these questions and examples in the draft."""
    form, plan = await read_form(request), await desk.opened(request)
    given = _typed(form)
    given["resources"]["files"] = plan.content["resources"]["files"]
    return await desk.keep(request, words.PART, form, given, drawn)


def _typed(form: FormData) -> Json:
    """A question in each line; an example that was emptied is taken out."""
    links = [
        {name: text(form, f"resources.links[{place}].{name}", 2 * LINK_LETTERS) for name in RESOURCE}
        for place in range(1, LINKS_MOST + SPARE + 1)
    ]
    chosen = choices(GoalPrivacy, form, "goal_privacy.levels")
    lines = text(form, "note_prompts", PROMPTS_LETTERS, lines=True).split("\n")
    rows = [
        {name: text(form, f"goal_examples[{place}].{name}", WORDS_LETTERS) for name in EXAMPLE}
        for place in range(1, EXAMPLES_MOST + SPARE + 1)
    ]
    return {
        "note_prompts": [line.strip() for line in lines if line.strip()],
        "goal_examples": [row for row in rows if row["want"] or row["measure"]],
        "resources": {"links": [row for row in links if row["title"] or row["link"]]},
        "goal_privacy": {
            "levels": [level.value for level in GoalPrivacy if level in chosen],
            "usual": text(form, "goal_privacy.usual", LEVEL_LETTERS),
        },
    }


async def drawn(
    request: Request, plan: Plan, typed: Json, errors: Errors, refused: str, *, new: Mapping[str, str] = NO_FILE
) -> Response:
    """The page of this part; `new`: what was typed about a file that is not kept yet."""
    framework = await competencies(request.state.actor)
    rows = [*typed["goal_examples"], *(dict.fromkeys(EXAMPLE, "") for _spare in range(SPARE))]
    links = [*typed["resources"]["links"], *(dict.fromkeys(RESOURCE, "") for _spare in range(SPARE))]
    wrong = [path for path in errors if path.startswith("note_prompts")]
    files = [
        (one, address(plan.program.id, one["file"]), size_of(one["name"], one["bytes"]))
        for one in typed["resources"]["files"]
    ]
    return desk.part_page(
        request, words.PART, plan, "console/building/resources.html", errors, refused,
        error_ids=dict.fromkeys(wrong, "note_prompts") | _at_titles(errors),
        wrong_prompts=" ".join(errors[path] for path in wrong),
        prompts="\n".join(typed["note_prompts"]), rows=rows, links=links, readers=words.readers(),
        phases=words.phases(), levels=words.levels(), reads=typed["goal_privacy"],
        skills=[(one.key, one.name) for one in framework], files=files, new=new, takes_more=len(files) < FILES_MOST,
    )


def _at_titles(errors: Errors) -> dict[str, str]:
    """What is wrong with a file is said where its title stands."""
    return {path: f"{path.removesuffix('.file')}.title" for path in errors if path.endswith("].file")}


routes = [
    Route(f"{desk.HERE}resources", show, name="console-build-resources"),
    Route(f"{desk.HERE}resources", keep, methods=["POST"], name="console-build-resources-keep"),
]
