"""Surveys of a programme: one question from a mail, several, anonymous, answered, over."""

from a11y_tests.registry import Shelf, View, check, each, fill, press
from a11y_tests.states.people import LONG_WORDS
from server.access.actions import grant_role
from server.access.states import Role
from server.kernel.actor import system_actor
from server.programs.models import Program
from server.surveys.actions import answer_check_in
from server.surveys.forms.actions import answer_form
from server.surveys.forms.presets import preset
from server.surveys.states import SurveyKind
from tests import factories
from tests.forms import cast, link_to, sent_form
from tests.graphql.everything import open_check_in
from tests.web.console.market import Market, market

state = Shelf("surveying")
STATES = state.states


@state("GET answer-survey 200", proof="You chose this in the mail.")
async def one_question() -> View:
    pair = await factories.active_match()
    asked = await sent_form(pair, SurveyKind.POST_SESSION)
    return View(None, f"/survey?ticket={await link_to(asked.id, pair.mentee)}&choice=4")


@state("POST answer-survey-sent 200", proof="Your answer is in.")
async def sent_by_link() -> View:
    pair = await factories.active_match()
    asked = await sent_form(pair, SurveyKind.POST_SESSION)
    return View(None, f"/survey?ticket={await link_to(asked.id, pair.mentee)}&choice=4", press("Send"))


@state("POST survey 422", proof="to fix")
async def many_questions_with_errors() -> View:
    pair = await factories.active_match()
    kinds = ({"kind": "LIKELY", "text": "Would you recommend it?"}, {"kind": "YES_NO", "text": "Do you meet?"},
             {"kind": "CHOICE", "text": "What would help?", "choices": ["Time", LONG_WORDS[:60]]},
             {"kind": "WORDS", "text": "Anything else?", "required": False})
    questions = [{"choices": [], "required": True, **one} for one in kinds]
    asked = await sent_form(pair, SurveyKind.NPS, questions=questions)
    return View(pair.mentee, f"/survey/{asked.id}", press("Send"))


@state("GET survey 200", proof="Nobody can tell which one it is")
async def answered_by_nobody() -> View:
    pair = await factories.active_match()
    asked = await sent_form(pair, SurveyKind.CHECK_IN, anonymous=True)
    await answer_form(pair.mentee_actor, asked.id, numbers=[4, 1, None])
    return View(pair.mentee, f"/survey/{asked.id}")


@state("GET home 200", proof="One tap sends it")
async def asked_on_the_first_page() -> View:
    pair = await factories.active_match()
    for kind in (SurveyKind.POST_SESSION, SurveyKind.NPS, SurveyKind.CHECK_IN):
        await sent_form(pair, kind)
    likely = {"kind": "LIKELY", "text": LONG_WORDS[:150], "choices": [], "required": True}
    await sent_form(pair, SurveyKind.CUSTOM, key="likely", name=LONG_WORDS[:80], questions=[likely])
    return View(pair.mentee, "/")


@state("GET you-answers 200", "POST you-answers 422", proof="anonymous survey.")
async def own_answers() -> View:
    pair = await factories.active_match()
    for kind, numbers in ((SurveyKind.CHECK_IN, [4, 1, None]), (SurveyKind.NPS, [9])):
        asked = await sent_form(pair, kind)
        await answer_form(pair.mentee_actor, asked.id, numbers=numbers, words=LONG_WORDS[:900])
    await answer_check_in(pair.mentee_actor, (await open_check_in(pair)).id, usefulness=2, goal_distance=3)
    return View(pair.mentee, "/you/answers", press("Erase"))


async def _linked() -> factories.Pair:
    pair = await factories.active_match()
    form = {**preset(SurveyKind.CUSTOM), "when": "BY_LINK", "name": LONG_WORDS[:80]}
    await Program.filter(id=pair.program.id).update(surveys=[form])
    return pair


@state("GET survey-of 200", "POST survey-of-open 303", "GET survey 200", proof="It is open until")
async def opened_by_its_link() -> View:
    pair = await _linked()
    return View(pair.mentee, f"/survey/of/{pair.program.id}/custom", press("Begin"))


@state("GET survey-of 404", proof="not for you now")
async def link_of_somebody_elses_survey() -> View:
    pair = await _linked()
    return View(pair.manager, f"/survey/of/{pair.program.id}/custom")


@state("GET console-surveys 200", proof="Hidden until 8 have answered")
async def what_came_of_it() -> View:
    pair = await factories.active_match()
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER, pair.program.id)
    asked = await sent_form(pair, SurveyKind.CHECK_IN)
    await answer_form(pair.mentee_actor, asked.id, numbers=[4, 1, None], words=LONG_WORDS)
    for kind in (SurveyKind.EXIT, SurveyKind.NPS, SurveyKind.PULSE):
        await cast(pair, kind, [1, 2, 3, 3, 4, 1, 1, 1, 1, 1])
    return View(pair.manager, f"/console/programs/{pair.program.id}/surveys")


@state("POST console-build-surveys-change 303", "GET console-build-surveys 200", proof="every 4 weeks.")
async def added() -> View:
    found = await market(1, 1)
    return View(found.manager, _builder(found), each(check("[name=kind][value='PULSE']"), press("Add this survey")))


@state("GET console-build-survey 200", "POST console-build-survey-keep 422", proof="Give two to six answers")
async def edited_with_errors() -> View:
    found = await market(1, 1)
    await Program.filter(id=found.program.id).update(surveys=[{**preset(SurveyKind.EXIT), "when": "BY_LINK"}])
    typed = fill("surveys[1].questions[1].choices", "One alone")
    return View(found.manager, f"{_builder(found)}/exit", each(typed, press("Use this survey")))


@state("GET console-build-survey-preview 200", proof="Try it: nothing is kept or sent.")
async def seen_as_its_reader_does() -> View:
    found = await market(1, 1)
    await Program.filter(id=found.program.id).update(surveys=[preset(SurveyKind.EXIT)])
    return View(found.manager, f"{_builder(found)}/exit/preview")


def _builder(found: Market) -> str:
    return f"/console/programs/{found.program.id}/build/surveys"
