"""Twenty pairs of the real records with their reasons, to be read by eye: would you be glad to get them?

    python -m benchmarks.twenty_pairs
"""

from benchmarks.firms import RULES, WEIGHTS
from benchmarks.meaning import concepts
from server.language.meaning import framework_of
from server.language.vectors import embed
from server.matchmaking.engine import Participant, Pool, run_matching
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.matchmaking.meant.reading import with_meanings
from server.programs.states import ParticipantRole
from tests.server.matchmaking.people import real_people

PAIRS = 20


def main() -> None:
    """Every n-th pair, so that poor ones are among them. Texts are read in words of the skills we know."""
    people = with_meanings(real_people(), framework_of(concepts(), embed), embed)
    at = {(one.role, one.id): one for one in people}
    result = run_matching(Pool(people), RULES, WEIGHTS)
    chosen = result.pairs[:: max(1, len(result.pairs) // PAIRS)][:PAIRS]
    told = result.explain_many([(pair.mentor, pair.mentee) for pair in chosen])
    for pair, why in zip(chosen, told, strict=True):
        mentor, mentee = at[ParticipantRole.MENTOR, pair.mentor], at[ParticipantRole.MENTEE, pair.mentee]
        print(f"\n{pair.mentor} for {pair.mentee}, fit {pair.fit:.0f}; {_said(mentor, mentee)}")
        names = Names(pair.mentor, pair.mentee)
        for reason in why.reasons:
            print(f"  + {one_line(reason, names, Reader.MANAGER)}")
        if why.caution:
            print(f"  - {one_line(why.caution, names, Reader.MANAGER)}")


def _said(mentor: Participant, mentee: Participant) -> str:
    wants, offers = (", ".join(tags) or "nothing" for tags in (mentee.goal_tags, mentor.skill_tags))
    read = f"; read out of words: {', '.join(mentor.skill_meant)}" if mentor.skill_meant else ""
    return f"wants {wants}; offered {offers}{read}"


if __name__ == "__main__":
    main()
