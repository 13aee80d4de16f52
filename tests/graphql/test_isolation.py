"""Another organisation's row, a stranger's row and no row at all answer byte for byte alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from graphql import build_schema
from tortoise import Model
from tortoise.context import TortoiseContext

from graphql_schema.export import sdl
from graphql_schema.ids import global_id
from graphql_schema.nodes import KINDS
from server.kernel.actor import Actor
from server.kernel.ids import new_id
from tests import factories
from tests.graphql.ask import ask, gid, send
from tests.graphql.everything import Everything, everything

ANYTHING = "query ($id: ID!) { node(id: $id) { __typename id } }"
BY_ID = {
    "enrollments": ("query ($id: ID!) { enrollments(cohortId: $id) { totalCount edges { node { id } } } }", "Cohort"),
    "matches": ("query ($id: ID!) { matches(cohortId: $id) { totalCount edges { node { id } } } }", "Cohort"),
    "matchRuns": ("query ($id: ID!) { matchRuns(cohortId: $id) { totalCount edges { node { id } } } }", "Cohort"),
    "placesPlanned": ("query ($id: ID!) { placesPlanned(cohortId: $id) { people } }", "Cohort"),
    "reviewQueue": ("query ($id: ID!) { reviewQueue(cohortId: $id) { waiting } }", "Cohort"),
    "matchOverrides": ("query ($id: ID!) { matchOverrides(cohortId: $id) { totalCount } }", "Cohort"),
    "conflictsOfInterest": ("query ($id: ID!) { conflictsOfInterest(personId: $id) { reason } }", "Person"),
    "alternativeMentors": ("query ($id: ID!) { alternativeMentors(matchId: $id) { fit } }", "Match"),
    "pairRecord": ("query ($id: ID!) { pairRecord(matchId: $id) { standing } }", "Match"),
    "messagesOfMatch": ("query ($id: ID!) { messagesOfMatch(matchId: $id) { coming { name } } }", "Match"),
    "messagesOfPerson": ("query ($id: ID!) { messagesOfPerson(personId: $id) { past { reason } } }", "Person"),
    "messages": ("query ($id: ID!) { messages(matchId: $id) { totalCount edges { node { body } } } }", "Match"),
    "checkInAnswers": ("query ($id: ID!) { checkInAnswers(programIds: [$id]) { totalCount } }", "Program"),
    "freeSlots": ("query ($id: ID!) { freeSlots(matchId: $id) { startsAt } }", "Match"),
    "choiceAdvice": ("query ($id: ID!) { choiceAdvice(enrollmentId: $id) { words } }", "Enrollment"),
    "matchChoices": ("query ($id: ID!) { matchChoices(enrollmentId: $id) { fit } }", "Enrollment"),
    "nextSlots": ("query ($id: ID!) { nextSlots(sessionId: $id) { startsAt } }", "Session"),
    "importReport": ("query ($id: ID!) { importReport(runId: $id) { zonesAssumed } }", "ImportRun"),
    "matchRunChanges": ("query ($id: ID!) { matchRunChanges(runId: $id, otherId: $id) { same } }", "MatchRun"),
    "programMessages": ("query ($id: ID!) { programMessages(programId: $id) { kind } }", "Program"),
    "messageOutcome": ("query ($id: ID!) { messageOutcome(programId: $id) { fates { kind } } }", "Program"),
    "surveyForms": ("query ($id: ID!) { surveyForms(programId: $id) { key } }", "Program"),
    "surveyResults": ("query ($id: ID!) { surveyResults(programId: $id) { key } }", "Program"),
    "learning": ("query ($id: ID!) { learning(id: $id) { state } }", "LearnedModel"),
    "matchTrial": ("query ($id: ID!) { matchTrial(id: $id) { eraseAt files { name } } }", "MatchTrial"),
    "matchSuggestions": ("query ($id: ID!) { matchSuggestions(runId: $id) { totalCount } }", "MatchRun"),
}
FOR_COLLEAGUES = {"Organization", "Program", "Cohort", "Competency"}
"""What every colleague may see, because the organisation offers it to all."""
LATER, BEFORE = ', startsAt: "2026-12-01T10:00:00Z"', ', startsAt: "2026-11-01T10:00:00Z"'
MUTATIONS = {
    **dict.fromkeys(
        (
            "acceptMatch", "declineMatch", "publishMatch", "discardMatch", "holdBackMatch", "lockMatch", "unlockMatch",
            "approveMatch", "cancelMatch", "pauseMatch", "resumeMatch", "keepMatch", "closeMatch", "withdrawExtension",
            "undoMatchChange", "undoApproval",
        ),
        ("id", "Match", ""),
    ),
    "endMatch": ("id", "Match", ", reason: OTHER"),
    **dict.fromkeys(("proposeExtension", "agreeExtension", "extendCircle"), ("id", "Match", ', endsOn: "2030-01-31"')),
    "requestMatch": ("enrollmentId", "Enrollment", ', partnerEnrollmentId: "x"'),
    "nameWishes": ("enrollmentId", "Enrollment", ', aboutEnrollmentIds: []'),
    **dict.fromkeys(
        ("keepInMind", "setAside", "takeBack"), ("enrollmentId", "Enrollment", ', aboutEnrollmentId: "x"')
    ),
    "finishTraining": ("id", "Enrollment", ', step: "x"'),
    "moveProgram": ("id", "Program", ", state: CLOSING"), "moveCohort": ("id", "Cohort", ", state: CLOSING"),
    "configureProgram": ("id", "Program", ', seen: "x", menteesMayAsk: true'),
    **dict.fromkeys(
        ("beginDraft", "discardDraft", "windDownProgram", "unarchiveProgram"), ("id", "Program", "")
    ),
    **dict.fromkeys(("takeOverDraft", "sendToReview", "makeLive"), ("id", "Program", ', seen: "x"')),
    "setMessage": ("id", "Program", ', seen: "x", kind: "F01"'),
    "setOwnMessages": ("id", "Program", ', seen: "x", messages: []'),
    "changeDraft": ("id", "Program", ', seen: "x", file: "{\\"format\\": 1}"'),
    "setAudience": ("id", "Program", ', seen: "x", audience: {}'),
    "inviteColleague": ("id", "Enrollment", ', address: "x@y.example", role: MENTEE'),
    "setJoining": ("id", "Program", ', seen: "x", rules: []'),
    "setLastDayToJoin": ("id", "Cohort", ""), "setAnnouncementDay": ("id", "Cohort", ""),
    "duplicateProgram": ("id", "Program", ', key: "x", name: "X"'),
    "setMatchSettings": ("id", "Program", ', seen: "x", weights: [], rules: {}'),
    "restoreMatchSettings": ("id", "Program", ', seen: "x", version: 0'),
    "tryMailAgain": ("id", "Person", ""),
    **dict.fromkeys(("skipMessage", "unskipMessage"), ("id", "PlannedMessage", "")),
    "runTrial": ("id", "MatchTrial", ""), "eraseTrial": ("id", "MatchTrial", ""),
    "askPastMentors": ("cohortId", "Cohort", ", count: 1"), "askForPlaces": ("cohortId", "Cohort", ""),
    "inviteListed": ("cohortId", "Cohort", ', lines: "ada@x.example"'),
    "inviteMeant": ("cohortId", "Cohort", ", role: MENTEE, seen: 1"),
    "answerForPlace": ("id", "Enrollment", ", gives: true"),
    "banPair": ("enrollmentId", "Enrollment", ', otherEnrollmentId: "x", reason: "They asked"'),
    **dict.fromkeys(("liftBan", "undoBan"), ("id", "MatchOverride", "")),
    "declareConflict": ("personId", "Person", ', otherPersonId: "x", reason: "They are married"'),
    "liftConflict": ("id", "ConflictOfInterest", ""),
    **dict.fromkeys(("putIntoCircle", "takeOutOfCircle"), ("id", "Match", ', enrollmentId: "x", reason: "Nearer"')),
    "tradeMentors": ("id", "Match", ', mentorEnrollmentId: "x", otherId: "x", reason: "Nearer"'),
    "chooseAnotherMentor": ("id", "Match", ', mentorEnrollmentId: "x", reason: "Nearer"'),
    "confirmHold": ("matchId", "Match", ""), "releaseHold": ("matchId", "Match", ""),
    "markRead": ("matchId", "Match", ""), "sendMessage": ("matchId", "Match", ', body: "Hello"'),
    "holdSlot": ("matchId", "Match", LATER), "bookSession": ("matchId", "Match", LATER),
    "chooseFirstTime": ("matchId", "Match", LATER), "wrapUpSession": ("id", "Session", ", visibility: PRIVATE"),
    "logSession": ("matchId", "Match", BEFORE),
    **dict.fromkeys(
        (
            "declineInvitation", "approveAdmission", "rejectAdmission", "leaveProgram", "removeFromProgram", "comeBack",
            "reinvite", "undoLeaving", "undoDecision", "undoBreak", "undoEligibility", "loseEligibility",
            "keepEligible",
        ),
        ("id", "Enrollment", ""),
    ),
    "takeBreak": ("id", "Enrollment", ', until: "2026-12-24"'),
    "saveGoal": ("enrollmentId", "Enrollment", ', want: "Run a review"'),
    "openCohort": ("programId", "Program", ', key: "a", name: "A", startsOn: "2027-01-01"'),
    "runMatching": ("cohortId", "Cohort", ""), "cancelMatching": ("id", "MatchRun", ""),
    "matchNewcomers": ("cohortId", "Cohort", ""), "previewMatching": ("cohortId", "Cohort", ""),
    "useMatchRun": ("id", "MatchRun", ""), "fillGap": ("matchId", "Match", ""),
    **dict.fromkeys(("focusGoal", "agreeGoalRevision", "undoSettleGoal"), ("id", "Goal", "")),
    "settleGoal": ("id", "Goal", ", state: ACHIEVED"), "reviseGoal": ("id", "Goal", ', want: "Run a review"'),
    "addMilestone": ("goalId", "Goal", ', title: "Ask for leave"'),
    **dict.fromkeys(("tickMilestone", "dropMilestone", "undoDropMilestone"), ("id", "Milestone", "")),
    "changeMilestone": ("id", "Milestone", ', title: "Ask for leave"'),
    **dict.fromkeys(
        (
            "undoBooking", "undoSessionChange", "cancelSession",
            "confirmSession", "reportNoShow", "undoNoShow", "undoSeries", "cancelFollowing", "readNotes",
        ),
        ("id", "Session", ""),
    ),
    "moveSession": ("id", "Session", LATER), "moveFollowing": ("id", "Session", LATER),
    "moveMissedSession": ("id", "Session", LATER), "placeSession": ("id", "Session", ', link: ""'),
    "setAttendance": ("id", "Session", ', personId: "x", comes: false'),
    "bookSeries": ("matchId", "Match", LATER + ", everyWeeks: 2, times: 3"),
    "addTopic": ("sessionId", "Session", ', topic: "Sails"'),
    "writeNote": ("sessionId", "Session", ', visibility: PRIVATE, notes: [{prompt: 0, body: "Mine"}]'),
    "promise": ("sessionId", "Session", ', ownerId: "x", text: "Ask for leave"'),
    "moveTopic": ("id", "AgendaItem", ", places: 1"), "removeTopic": ("id", "AgendaItem", ""),
    "tickTopic": ("id", "AgendaItem", ""), "keepPromise": ("id", "ActionItem", ""),
    "answerCheckIn": ("id", "CheckIn", ", usefulness: 3, goalDistance: 3"),
    "answerSurvey": ("id", "Survey", ", numbers: [3]"),
    "openSurvey": ("id", "Program", ', key: "workshop"'),
    "changeSurveyForms": ("id", "Program", ', seen: "x", forms: []'),
    "handleCheckInAnswer": ("id", "CheckInAnswer", ""), "undoHandleCheckInAnswer": ("id", "CheckInAnswer", ""),
    "correctImport": ("id", "ImportRun", ", cells: []"), "applyImport": ("id", "ImportRun", ""),
}


async def outsiders(home: Everything) -> dict[str, Actor]:
    """Who may see nothing of it: the same people's roles elsewhere, and a colleague who takes no part."""
    away = await factories.active_match()
    return {
        "other member": away.mentee_actor, "other manager": away.manager_actor, "stranger": home.pair.stranger_actor
    }


async def test_everything_with_an_id_can_be_fetched_by_it(db: object) -> None:
    home = await everything()
    for kind in home.rows:
        found = await ask(home.readers[kind], ANYTHING, id=home.id(kind))
        assert found["node"] == {"__typename": kind, "id": home.id(kind)}
    assert home.rows.keys() == KINDS.keys()


async def test_foreign_node_is_absent_byte_for_byte(db: object) -> None:
    home = await everything()
    for who in (await outsiders(home)).values():
        absent = (await send(who, ANYTHING, id=global_id("Match", new_id()))).content
        for kind in home.rows:
            if who is home.pair.stranger_actor and kind in FOR_COLLEAGUES:
                continue
            assert (await send(who, ANYTHING, id=home.id(kind))).content == absent, kind


async def test_no_row_of_another_organisation_is_a_node_of_any_kind(db: TortoiseContext) -> None:
    """The ids come from the tables themselves, so that a new table is tried the day it appears."""
    home = await everything()
    keys = [key for model in _models(db) for key in await _ids(model, home.pair.organization.id)]
    assert len(keys) > 20
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    for name, who in (await outsiders(home)).items():
        if who is home.pair.stranger_actor:
            continue
        for kind in KINDS:
            found = (await ask(who, document, ids=[global_id(kind, key) for key in keys]))["nodes"]
            assert found == [None] * len(keys), f"{kind} as {name}"


def _models(context: TortoiseContext) -> list[type[Model]]:
    assert context.apps is not None
    return [one for one in context.apps.get_models_iterable() if "organization_id" in one._meta.fields_map]


async def _ids(model: type[Model], organization_id: UUID) -> list[UUID]:
    if "id" not in model._meta.fields_map:
        return []
    return list(await model.filter(organization_id=organization_id).limit(2).values_list("id", flat=True))


async def test_nodes_keep_their_places(db: object) -> None:
    home = await everything()
    ids = [gid(home.pair.match), global_id("Match", new_id()), "nonsense", gid(home.rows["Goal"])]
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await ask(home.pair.mentee_actor, document, ids=ids)
    assert [node and node["id"] for node in found["nodes"]] == [ids[0], None, None, ids[3]]


async def test_foreign_parent_reads_like_an_absent_one(db: object) -> None:
    home = await everything()
    for name, who in (await outsiders(home)).items():
        for field, (document, kind) in BY_ID.items():
            theirs = (await send(who, document, id=home.id(kind))).content
            assert theirs == (await send(who, document, id=global_id(kind, new_id()))).content, f"{field} as {name}"


async def test_foreign_subject_of_a_mutation_is_absent_byte_for_byte(db: object) -> None:
    home = await everything()
    for name, who in (await outsiders(home)).items():
        for mutation, (argument, kind, rest) in MUTATIONS.items():
            if who is home.pair.stranger_actor and kind in FOR_COLLEAGUES:
                continue
            given = f"input: {{{argument}: $id{rest}}}"
            document = f"mutation ($id: ID!) {{ {mutation}({given}) {{ errors {{ code message }} }} }}"
            theirs = await send(who, document, id=home.id(kind))
            assert theirs.json()["data"][mutation]["errors"][0]["code"] == "NOT_FOUND", f"{mutation} as {name}"
            for forged in (global_id(kind, new_id()), global_id("Person", new_id()), str(new_id()), "TWF0Y2g6eA=="):
                assert (await send(who, document, id=forged)).content == theirs.content, f"{mutation} with {forged}"


def test_every_mutation_of_a_subject_is_tried() -> None:
    """What takes no foreign row, or is refused for its own reason before it looks for one, is named here."""
    own = {
        "updateProfile", "updatePerson", "setDayParts", "setSkills", "setLook", "setMutedKinds", "setWays",
        "recordConsents", "publishConsentText", "importFramework", "importCourses", "previewImport", "createProgram",
        "beginProgram",
        "joinProgram",
        "askForOpening", "forgetOpening", "startLearning", "startTrial", "importProgram",
        "eraseSurveyAnswers",
    }
    several = {"publishMatches", "undoPublish", "suggestMatch", "invite"}
    assert MUTATIONS.keys() | own | several == build_schema(sdl()).mutation_type.fields.keys()


async def test_forged_ids_name_nothing(db: object) -> None:
    home = await everything()
    for forged in ("", "x", "TWF0Y2g6", "TWF0Y2g6MQ==", str(home.pair.match.id), "\u0000", "Match:1", "é" * 300):
        assert await ask(home.pair.mentee_actor, ANYTHING, id=forged) == {"node": None}


async def test_id_of_another_kind_names_nothing_even_with_the_right_number(db: object) -> None:
    pair = await factories.active_match()
    document = "mutation ($id: ID!) { pauseMatch(input: {id: $id}) { match { state } errors { code } } }"
    done = await ask(pair.mentee_actor, document, id=global_id("Person", pair.match.id))
    assert done["pauseMatch"] == {"match": None, "errors": [{"code": "NOT_FOUND"}]}


async def test_only_staff_and_oneself_read_the_record(db: object) -> None:
    home = await everything()
    document = "query ($id: ID!) { node(id: $id) { ... on Match { members { role person { record { email } } } } } }"

    async def emails(actor: Actor) -> dict[str, Any]:
        found = await ask(actor, document, id=gid(home.pair.match))
        return {one["role"]: one["person"]["record"] for one in found["node"]["members"]}

    assert await emails(home.pair.mentee_actor) == {"MENTOR": None, "MENTEE": {"email": home.pair.mentee.email}}
    assert await emails(home.pair.mentor_actor) == {"MENTOR": {"email": home.pair.mentor.email}, "MENTEE": None}


async def test_only_who_runs_the_programme_reads_the_review_side(db: object) -> None:
    home = await everything()
    document = "query ($id: ID!) { node(id: $id) { ... on Match { review { confidence origin closureReason } } } }"
    assert (await ask(home.pair.mentee_actor, document, id=gid(home.pair.match)))["node"] == {"review": None}
    seen = await ask(home.pair.manager_actor, document, id=gid(home.pair.match))
    assert seen["node"]["review"]["origin"] == "ENGINE"


async def test_manager_sees_the_match_but_never_the_words_of_its_goals(db: object) -> None:
    home = await everything()
    document = "query ($id: ID!) { node(id: $id) { ... on Match { goals { want } } } }"
    assert (await ask(home.pair.mentor_actor, document, id=gid(home.pair.match)))["node"]["goals"] != []
    answer = await send(home.pair.manager_actor, document, id=gid(home.pair.match))
    assert answer.json()["data"]["node"]["goals"] == []
