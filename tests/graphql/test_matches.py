"""Matches, goals and matchmaking through GraphQL: from a run over the review queue to an end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from graphql_schema.ids import global_id
from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.actions import end_match
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.engine import Step
from server.matchmaking.models import MatchRun
from server.matchmaking.runs.actions import run_matching, start_run
from server.people.models import Competency, Person, PersonSkill
from server.people.states import SkillSide
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.graphql.ask import ask, gid, refusal
from tests.graphql.everything import a_time, everything
from tests.web.console.market import drafts_of, market

STATE = "match { id state } errors { code kind }"


async def changed(actor: Any, mutation: str, row: Any, rest: str = "") -> dict[str, Any]:
    document = "mutation ($id: ID!) { act: %s(input: {id: $id%s}) { %s } }"
    document = document.replace("%s", mutation, 1).replace("%s", rest, 1).replace("%s", STATE)
    done: dict[str, Any] = (await ask(actor, document, id=gid(row)))["act"]
    return done


async def side(pair: factories.Pair, role: ParticipantRole, skill: Competency) -> Enrollment:
    """Somebody more in the cohort who offers or wants a skill."""
    person = await factories.person(pair.organization, given_name="Ama" if role == "MENTOR" else "Lev", department=role)
    await factories.working_week(person)
    meant = SkillSide.OFFERED if role is ParticipantRole.MENTOR else SkillSide.WANTED
    await PersonSkill.create(organization_id=pair.organization.id, person=person, competency=skill, side=meant)
    return await factories.enrollment(pair.cohort, person, role)


async def test_newcomers_a_preview_and_a_gap_are_asked_for(db: object) -> None:
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization, "Negotiation")
    await side(pair, ParticipantRole.MENTOR, skill)
    before = str((await run_matching(pair.manager_actor, pair.cohort.id)).id)
    await side(pair, ParticipantRole.MENTEE, skill)
    shown = "run { id kind afterId state matched waiting } errors { code message }"
    asked = f"mutation ($id: ID!) {{ matchNewcomers(input: {{cohortId: $id}}) {{ {shown} }} }}"
    told = (await ask(pair.manager_actor, asked, id=gid(pair.cohort)))["matchNewcomers"]
    assert (told["errors"], told["run"]["kind"]) == ([], "NEWCOMERS")
    assert told["run"]["afterId"] == global_id("MatchRun", UUID(before))
    await drain()
    asked = f"mutation ($id: ID!) {{ previewMatching(input: {{cohortId: $id}}) {{ {shown} }} }}"
    look = (await ask(pair.manager_actor, asked, id=gid(pair.cohort)))["previewMatching"]["run"]
    await drain()
    asked = f"mutation ($id: ID!) {{ useMatchRun(input: {{id: $id}}) {{ {shown} }} }}"
    used = (await ask(pair.manager_actor, asked, id=look["id"]))["useMatchRun"]
    assert (used["errors"], used["run"]["kind"], used["run"]["matched"]) == ([], "FULL", 1)
    gap = "mutation ($id: ID!) { fillGap(input: {matchId: $id}) { matches { id state } errors { code } } }"
    assert (await ask(pair.manager_actor, gap, id=gid(pair.match)))["fillGap"]["errors"] == [{"code": "CONFLICT"}]
    await end_match(pair.manager_actor, pair.match.id, ClosureReason.NO_FAULT)
    await side(pair, ParticipantRole.MENTOR, skill)
    filled = (await ask(pair.manager_actor, gap, id=gid(pair.match)))["fillGap"]
    assert (filled["errors"], [one["state"] for one in filled["matches"]]) == ([], ["DRAFT"])


async def test_a_mentee_is_told_why_and_what_would_help(db: object) -> None:
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization, "Negotiation")
    waits = await side(pair, ParticipantRole.MENTEE, skill)
    await Enrollment.filter(cohort_id=pair.cohort.id, role=ParticipantRole.MENTOR).update(capacity=1)
    await run_matching(pair.manager_actor, pair.cohort.id)
    asked = """query ($id: ID!) { explanation(enrollmentId: $id) { position code
      unmetWishes { mentorEnrollmentId mentorName code points words } advice { kind value opens words } } }"""
    told = (await ask(pair.manager_actor, asked, id=gid(waits)))["explanation"]
    assert told == {"position": 1, "code": "NO_MENTORS", "unmetWishes": [], "advice": []}


async def test_cohort_is_matched_reviewed_and_approved(db: object) -> None:
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization, "Negotiation")
    mentor, mentee = await side(pair, ParticipantRole.MENTOR, skill), await side(pair, ParticipantRole.MENTEE, skill)
    run = """mutation ($id: ID!) { runMatching(input: {cohortId: $id, idempotencyKey: "k"}) {
      run { id state matched weights { category share } } errors { code message } } }"""
    asked = (await ask(pair.manager_actor, run, id=gid(pair.cohort)))["runMatching"]
    assert (asked["errors"], asked["run"]["state"], asked["run"]["matched"]) == ([], "RUNNING", None)
    assert len(asked["run"]["weights"]) == 9
    await drain()
    done = (await ask(pair.manager_actor, run, id=gid(pair.cohort)))["runMatching"]
    assert done["run"]["id"] == asked["run"]["id"], "a repeat runs nothing"
    assert (done["run"]["state"], done["run"]["matched"]) == ("DONE", 1)
    document = """query ($id: ID!, $run: ID!) {
      matchRuns(cohortId: $id) { totalCount edges { node { calibration { calibrated basedOn words }
        proof { byModels overAll } } } }
      lowAcceptance { percent }
      matchSuggestions(runId: $run) { edges { node { rank chosen fit confidence
        calibration { words } caution { title } factors { category weight }
        mentor { id person { firstName } } mentee { id } reasons { title } } } }
      reviewQueue(cohortId: $id) { waiting unmatched { code }
        strong { edges { node { ...M } } } lookCloser { edges { node { ...M } } } }
    }
    fragment M on Match { id state fit reasons { code category title detail } members { role person { firstName } }
      review { confidence calibratedOn heldBack factors { category weight fit } } }"""
    seen = await ask(pair.manager_actor, document, id=gid(pair.cohort), run=done["run"]["id"])
    assert seen["matchRuns"] == {"totalCount": 1, "edges": [{"node": {
        "calibration": {"calibrated": False, "basedOn": 0, "words": "not yet calibrated, based on 0 pairs"},
        "proof": {"byModels": False, "overAll": True}}}]}
    assert seen["lowAcceptance"] == []
    await Match.bulk_create([
        Match(organization_id=pair.organization.id, program_id=pair.program.id, cohort_id=pair.cohort.id,
              state=MatchState.DECLINED) for _decided in range(19)
    ])
    low = "{ lowAcceptance { percent accepted decided cohort { id } } }"
    assert (await ask(pair.manager_actor, low))["lowAcceptance"] == [
        {"percent": 5, "accepted": 1, "decided": 20, "cohort": {"id": gid(pair.cohort)}}]
    assert (await refusal(pair.mentee_actor, low))["extensions"]["code"] == "NOT_FOUND"
    queue = seen["reviewQueue"]
    (edge,) = queue["strong"]["edges"] + queue["lookCloser"]["edges"]
    draft = edge["node"]
    assert (queue["waiting"], draft["state"]) == (1, "DRAFT")
    assert {one["person"]["firstName"] for one in draft["members"]} == {"Ama", "Lev"}
    assert draft["reasons"]
    assert len(draft["review"]["factors"]) == 9
    assert 0 < draft["review"]["confidence"] < 1
    chosen = next(one["node"] for one in seen["matchSuggestions"]["edges"] if one["node"]["chosen"])
    assert (chosen["mentor"]["id"], chosen["mentee"]["id"]) == (gid(mentor), gid(mentee))
    assert chosen["calibration"]["words"] == "not yet calibrated, based on 0 pairs"
    assert (chosen["caution"], len(chosen["factors"])) == (None, 9)
    approve = """mutation ($ids: [ID!]!) {
      publishMatches(input: {ids: $ids}) { matches { state } errors { code } }
      undoPublish(input: {ids: $ids}) { matches { state } errors { code } }
    }"""
    both = await ask(pair.manager_actor, approve, ids=[draft["id"]])
    assert both["publishMatches"]["matches"] == [{"state": "AWAITING_BOTH"}]
    assert both["undoPublish"]["matches"] == [{"state": "DRAFT"}]


async def test_a_seed_is_chosen_and_two_drafts_exchange_their_mentors(db: object) -> None:
    found = await market(capacity=1)
    actor = factories.manager_of(found.manager, found.program)
    run = "mutation ($i: RunMatchingInput!) { runMatching(input: $i) { run { seed } errors { field } } }"
    below = await ask(actor, run, i={"cohortId": gid(found.cohort), "seed": -1})
    assert below["runMatching"]["errors"] == [{"field": "seed"}]
    asked = await ask(actor, run, i={"cohortId": gid(found.cohort), "seed": 7})
    assert asked["runMatching"]["run"] == {"seed": 7}
    await drain()
    match, other, *_rest = await drafts_of(found)
    offers = """query ($id: ID!) { alternativeMentors(matchId: $id) {
      enrollmentId hasPlace trade { matchId fit person { id } } } }"""
    offered = (await ask(actor, offers, id=gid(match)))["alternativeMentors"]
    choice = next(one for one in offered if one["trade"] and one["trade"]["matchId"] == gid(other))
    trade = "mutation ($i: TradeMentorsInput!) { tradeMentors(input: $i) { match { state } errors { code kind } } }"
    given = {"id": gid(match), "mentorEnrollmentId": choice["enrollmentId"], "otherId": gid(other), "reason": "Asked"}
    assert (await ask(actor, trade, i=given))["tradeMentors"] == {"match": {"state": "DRAFT"}, "errors": []}
    assert (await ask(actor, trade, i=given))["tradeMentors"]["errors"][0]["code"] == "CONFLICT"


async def test_a_run_under_way_says_how_far_it_is_and_is_stopped(db: object) -> None:
    pair = await factories.active_match()
    run = await start_run(pair.manager_actor, pair.cohort.id)
    await MatchRun.filter(id=run.id).update(step=Step.SEARCHING, percent=40)
    key, seen = global_id("MatchRun", run.id), "state step percent finishedAt"
    read = f"query ($id: ID!) {{ node(id: $id) {{ ... on MatchRun {{ {seen} }} }} }}"
    asked = await ask(pair.manager_actor, read, id=key)
    assert asked["node"] == {"state": "RUNNING", "step": "SEARCHING", "percent": 40, "finishedAt": None}
    stop = f"mutation ($id: ID!) {{ cancelMatching(input: {{id: $id}}) {{ run {{ {seen} }} errors {{ code }} }} }}"
    stopped = (await ask(pair.manager_actor, stop, id=key))["cancelMatching"]["run"]
    assert (stopped["state"], stopped["step"], stopped["percent"]) == ("CANCELLED", None, None)
    assert stopped["finishedAt"]


async def test_a_run_shows_its_proof_and_its_audit_and_what_changed(db: object) -> None:
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization, "Negotiation")
    mentor, mentee = await side(pair, ParticipantRole.MENTOR, skill), await side(pair, ParticipantRole.MENTEE, skill)
    ids = [str((await run_matching(pair.manager_actor, pair.cohort.id)).id)]
    await Enrollment.filter(cohort_id=pair.cohort.id, role=ParticipantRole.MENTOR).update(state=EnrollmentState.PAUSED)
    ids.append(str((await run_matching(pair.manager_actor, pair.cohort.id)).id))
    document = """query ($id: ID!, $one: ID!, $other: ID!) {
      matchRuns(cohortId: $id) { edges { node { startedBy proof { value upperBound gap violations }
        audit { mentees mentors places meanFit floorFit coverage topThree rules checks
          envy { asked rather claims clearly meanGain }
          parity { dimension mentees { group people figures { figure value verdict } } } }
        waitlist(first: 1) { totalCount pageInfo { hasNextPage } edges { node { enrollmentId position code } } } } } }
      matchRunChanges(runId: $one, otherId: $other) { same samePeople weights { category } rules
        changes { menteeEnrollmentId why before { enrollmentId fit } after { fit } waits } }
    }"""
    one, other = (global_id("MatchRun", UUID(key)) for key in ids)
    seen = await ask(pair.manager_actor, document, id=gid(pair.cohort), one=one, other=other)
    later, earlier = (edge["node"] for edge in seen["matchRuns"]["edges"])
    assert earlier["proof"]["violations"] == 0
    assert earlier["proof"]["value"] <= earlier["proof"]["upperBound"]
    assert earlier["audit"]["envy"] == {"asked": 1, "rather": 0, "claims": 0, "clearly": 0, "meanGain": 0.0}
    assert (earlier["audit"]["coverage"], earlier["audit"]["floorFit"]) == (1.0, earlier["audit"]["meanFit"])
    assert (later["audit"]["coverage"], later["audit"]["floorFit"]) == (None, None), "nobody is left to be placed with"
    assert earlier["audit"]["parity"][0]["mentees"] == [{"group": "MENTEE", "people": None, "figures": []}]
    assert later["waitlist"] == {"totalCount": 1, "pageInfo": {"hasNextPage": False}, "edges": [
        {"node": {"enrollmentId": gid(mentee), "position": 1, "code": "NO_MENTORS"}},
    ]}
    (change,) = seen["matchRunChanges"]["changes"]
    assert (change["why"], change["waits"], change["after"]) == ("MENTOR_LEFT", "NO_MENTORS", [])
    assert change["before"][0]["enrollmentId"] == gid(mentor)


async def test_the_waitlist_of_a_run_is_read_page_by_page(db: object) -> None:
    pair = await factories.active_match()
    rows = [await side(pair, ParticipantRole.MENTEE, await factories.competency(pair.organization)) for _ in range(3)]
    waits = [{"enrollment_id": str(row.id), "position": place, "code": "NO_SEAT"} for row, place in
             zip(rows, (1, 2, None), strict=True)]
    run = await run_matching(pair.manager_actor, pair.cohort.id)
    await MatchRun.filter(id=run.id).update(result={**run.result, "waitlist": waits})
    document = """query ($id: ID!, $after: String) { node(id: $id) { ... on MatchRun {
      waitlist(first: 2, after: $after) { pageInfo { endCursor } edges { node { enrollmentId } } } } } }"""
    seen, after = [], None
    while found := (await ask(pair.manager_actor, document, id=gid(run), after=after))["node"]["waitlist"]["edges"]:
        seen += [edge["node"]["enrollmentId"] for edge in found]
        after = (await ask(pair.manager_actor, document, id=gid(run), after=after))["node"]["waitlist"]["pageInfo"][
            "endCursor"]
    assert seen == [gid(row) for row in rows]


async def test_reasons_speak_to_whoever_reads_them(db: object) -> None:
    reason = {"code": "SAME_CITY", "category": "STYLE", "weight": 0.1, "fit": 100.0, "params": {"city": "Lisbon"}}
    told = {"fit": 90.0, "reasons": [reason], "caution": None, "factors": [reason]}
    pair = await factories.active_match(explanation=told)
    document = "query ($id: ID!) { node(id: $id) { ... on Match { reasons { code title detail } } } }"
    words = {}
    for who in (pair.mentor_actor, pair.mentee_actor, pair.manager_actor):
        (one,) = (await ask(who, document, id=gid(pair.match)))["node"]["reasons"]
        assert one["code"] == "SAME_CITY"
        words[one["title"] + one["detail"]] = who
    assert len(words) >= 2, "a manager reads names, a member reads you"


async def test_pair_of_ones_own_choice_is_suggested_and_thrown_away(db: object) -> None:
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization)
    mentor, mentee = await side(pair, ParticipantRole.MENTOR, skill), await side(pair, ParticipantRole.MENTEE, skill)
    document = """mutation ($a: ID!, $b: ID!) { suggestMatch(input: {mentorEnrollmentId: $a, menteeEnrollmentId: $b}) {
      match { id state review { origin } } errors { code } } }"""
    made = (await ask(pair.manager_actor, document, a=gid(mentor), b=gid(mentee)))["suggestMatch"]
    assert (made["match"]["state"], made["match"]["review"]) == ("DRAFT", {"origin": "MANAGER"})
    listed = "query ($id: ID!) { matches(cohortId: $id, states: [DRAFT]) { edges { node { id } } } }"
    (edge,) = (await ask(pair.manager_actor, listed, id=gid(pair.cohort)))["matches"]["edges"]
    assert edge["node"]["id"] == made["match"]["id"]
    steps = """mutation ($id: ID!) {
      holdBackMatch(input: {id: $id}) { match { review { heldBack } } errors { code } }
      lockMatch(input: {id: $id, reason: "They asked"}) { match { state } errors { code } }
      unlockMatch(input: {id: $id}) { match { state } errors { code } }
      discardMatch(input: {id: $id}) { match { state } errors { code } }
    }"""
    done = await ask(pair.manager_actor, steps, id=made["match"]["id"])
    assert done["holdBackMatch"]["match"]["review"] == {"heldBack": True}
    assert [payload["errors"] for payload in done.values()] == [[], [], [], []]
    assert done["discardMatch"]["match"] == {"state": "CANCELLED"}


async def test_a_yes_to_whom_a_rule_keeps_apart_by_now_is_a_conflict_however_often_it_is_sent(db: object) -> None:
    pair = await factories.active_match(state=MatchState.AWAITING_BOTH, active_at=None)
    await Person.filter(id=pair.mentee.id).update(line_manager_id=pair.mentor.id)
    for _ in range(2):
        done = await changed(pair.mentee_actor, "acceptMatch", pair.match, ', idempotencyKey: "yes"')
        assert done == {"match": None, "errors": [{"code": "CONFLICT", "kind": "apart"}]}
    assert await Match.filter(id=pair.match.id, state=MatchState.DRAFT, held_back=True).exists()


async def test_both_say_yes(db: object) -> None:
    pair = await factories.active_match(state=MatchState.AWAITING_BOTH, published_at=clock.now())
    assert (await changed(pair.mentor_actor, "acceptMatch", pair.match))["match"]["state"] == "AWAITING_MENTEE"
    assert (await changed(pair.mentee_actor, "acceptMatch", pair.match))["match"]["state"] == "ACTIVE"
    own = "{ viewer { matches(states: [ACTIVE]) { totalCount edges { node { id members { role approval } } } } } }"
    (edge,) = (await ask(pair.mentee_actor, own))["viewer"]["matches"]["edges"]
    assert {one["approval"] for one in edge["node"]["members"]} == {"ACCEPTED"}


async def test_yes_with_a_time_is_a_hold_and_the_second_yes_books_it(db: object) -> None:
    pair = await factories.active_match(state=MatchState.AWAITING_BOTH, published_at=clock.now())
    at = (await a_time(pair)).isoformat()
    document = """mutation ($id: ID!, $at: DateTime!) { acceptMatch(input: {id: $id, startsAt: $at}) {
      match { state sessions { id state } } errors { code } } }"""
    first = (await ask(pair.mentor_actor, document, id=gid(pair.match), at=at))["acceptMatch"]["match"]
    assert (first["state"], [one["state"] for one in first["sessions"]]) == ("AWAITING_MENTEE", ["PROPOSED"])
    second = (await ask(pair.mentee_actor, document, id=gid(pair.match), at=at))["acceptMatch"]["match"]
    assert (second["state"], [one["state"] for one in second["sessions"]]) == ("ACTIVE", ["SCHEDULED"])


async def test_session_is_wrapped_up_in_one_act(db: object) -> None:
    home = await everything()
    document = """mutation ($id: ID!, $topic: ID!, $step: ID!) { wrapUpSession(input: {id: $id, visibility: SHARED,
      notes: [{prompt: 0, body: "Start small"}], talkedAbout: [$topic], milestonesDone: [$step], promise: "Ask"}) {
        session { notes { body } agenda { id talkedAbout } actionItems { text } } errors { code field message } } }"""
    given = {"id": home.id("Session"), "topic": home.id("AgendaItem"), "step": home.id("Milestone")}
    done = (await ask(home.pair.mentee_actor, document, **given))["wrapUpSession"]
    assert done["errors"] == []
    assert done["session"]["notes"] == [{"body": "Start small"}]
    assert {"id": given["topic"], "talkedAbout": True} in done["session"]["agenda"]
    assert {"text": "Ask"} in done["session"]["actionItems"]
    foreign = given | {"step": given["topic"]}
    refused = (await ask(home.pair.mentee_actor, document.replace("Start small", "Other"), **foreign))["wrapUpSession"]
    assert (refused["session"], refused["errors"][0]["code"]) == (None, "NOT_FOUND")


async def test_no_is_private_and_the_other_never_reads_why(db: object) -> None:
    pair = await factories.active_match(state=MatchState.AWAITING_BOTH, published_at=clock.now())
    done = await changed(pair.mentor_actor, "declineMatch", pair.match, ", reason: NO_ROOM")
    assert done == {"match": {"id": gid(pair.match), "state": "DECLINED"}, "errors": []}


async def test_running_match_pauses_goes_on_and_ends_and_then_refuses(db: object) -> None:
    pair = await factories.active_match()
    for mutation, rest, state in (
        ("pauseMatch", "", "PAUSED"), ("resumeMatch", "", "ACTIVE"), ("endMatch", ", reason: NO_FAULT", "CONCLUDED")
    ):
        assert (await changed(pair.mentee_actor, mutation, pair.match, rest))["match"]["state"] == state
    refused = await changed(pair.mentee_actor, "resumeMatch", pair.match)
    assert (refused["match"], refused["errors"][0]["code"]) == (None, "CONFLICT")


async def test_wording_is_judged_before_it_is_saved(db: object) -> None:
    pair = await factories.active_match()
    skill = gid(await factories.competency(pair.organization))
    document = "query ($goal: GoalInput!) { goalChecks(goal: $goal) { checks advice } }"
    vague = (await ask(pair.mentee_actor, document, goal={"want": "be better"}))["goalChecks"]
    assert (vague["checks"], bool(vague["advice"])) == ([], True)
    sharp = {
        "want": "Lead a product review with three teams", "measure": "Three reviews held", "competencyId": skill,
        "dueOn": str(factories.in_days(90)),
    }
    ready = (await ask(pair.mentee_actor, document, goal=sharp))["goalChecks"]
    assert ready["checks"] == ["SPECIFIC", "MEASURABLE", "WITHIN_REACH", "MATTERS_HERE", "HAS_A_DATE"]


async def test_goal_is_written_revised_agreed_and_reached(db: object) -> None:
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization)
    shown = "goal { id state version want competency { name } milestones { id title state } versions { want why } }"
    save = """mutation ($enrollment: ID!, $skill: ID, $due: Date) { saveGoal(input: {enrollmentId: $enrollment,
      want: "Lead a product review with three teams", measure: "Three reviews held", competencyId: $skill,
      dueOn: $due}) { %s errors { code field } } }"""
    given = {"enrollment": gid(pair.mentee_enrollment), "skill": gid(skill), "due": str(factories.in_days(90))}
    made = (await ask(pair.mentee_actor, save.replace("%s", shown), **given))["saveGoal"]
    assert (made["errors"], made["goal"]["state"]) == ([], "ACTIVE")
    steps = """mutation ($id: ID!, $due: Date) {
      addMilestone(input: {goalId: $id, title: "Watch a review"}) { %s errors { code } }
      reviseGoal(input: {id: $id, want: "Lead a product review with five teams", measure: "Five reviews held",
        dueOn: $due, why: "It grew"}) { %s errors { code field } }
    }"""
    done = await ask(pair.mentee_actor, steps.replace("%s", shown), id=made["goal"]["id"], due=given["due"])
    revised = done["reviseGoal"]["goal"]
    assert (revised["version"], revised["versions"][0]["why"]) == (2, "It grew")
    (step,) = done["addMilestone"]["goal"]["milestones"]
    agree = """mutation ($id: ID!) { agreeGoalRevision(input: {id: $id}) {
      goal { versions { partnerAgreedAt } } errors { code } } }"""
    assert (await ask(pair.mentor_actor, agree, id=made["goal"]["id"]))["agreeGoalRevision"]["errors"] == []
    own = (await ask(pair.mentee_actor, agree, id=made["goal"]["id"]))["agreeGoalRevision"]
    assert own["errors"] == [{"code": "FORBIDDEN"}]
    end = """mutation ($step: ID!, $goal: ID!) {
      changeMilestone(input: {id: $step, title: "Sit in on a review"}) { goal { milestones { title } } errors { code } }
      tickMilestone(input: {id: $step}) { goal { milestones { state } } errors { code } }
      dropMilestone(input: {id: $step}) { goal { milestones { state } } errors { code } }
      focusGoal(input: {id: $goal}) { goal { inFocus } errors { code } }
      settleGoal(input: {id: $goal, state: ACHIEVED}) { goal { state settledAt } errors { code } }
    }"""
    done = await ask(pair.mentee_actor, end, step=step["id"], goal=made["goal"]["id"])
    assert done["changeMilestone"]["goal"]["milestones"] == [{"title": "Sit in on a review"}]
    assert done["tickMilestone"]["goal"]["milestones"] == [{"state": "DONE"}]
    assert done["settleGoal"]["goal"]["state"] == "ACHIEVED"
