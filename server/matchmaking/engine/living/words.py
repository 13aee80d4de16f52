"""Why a wish was not met, and what would help, in words for whoever reads them. Nobody else is named to a mentee."""

from server.kernel.text import gettext as _
from server.kernel.text import language_name, ngettext
from server.matchmaking.engine.constraints import RuleCode
from server.matchmaking.engine.living.advice import Advice, Kind
from server.matchmaking.engine.living.whynot import WhyCode


def unmet_words(code: WhyCode, rule: RuleCode | None, points: float | None, *, to_mentee: bool) -> str:
    """One sentence. A no that somebody said is never told to anybody else, whoever runs the programme included."""
    if code is WhyCode.RULE:
        return _to_mentee(rule) if to_mentee else rule_words(rule)
    num = round(points or 0)
    if code is WhyCode.FITS_OTHERS_BETTER:
        return ngettext(
            "The place went to a pair that fits better, by %(num)d point.",
            "The place went to a pair that fits better, by %(num)d points.", num,
        ) % {"num": num}
    if code is WhyCode.BETTER_FOR_ALL and num:
        return ngettext(
            "The place does more for all together elsewhere, by %(num)d point at least.",
            "The place does more for all together elsewhere, by %(num)d points at least.", num,
        ) % {"num": num}
    if code is WhyCode.OWN_FITS_BETTER and num:
        return ngettext(
            "The mentor who was chosen fits better, by %(num)d point.",
            "The mentor who was chosen fits better, by %(num)d points.", num,
        ) % {"num": num}
    return {
        WhyCode.BETTER_FOR_ALL: _("Another choice was no worse for all together."),
        WhyCode.MORE_EXPECTED: _("Another choice is expected to bring more to all together."),
        WhyCode.NOT_WEIGHED: _("The choice was among those who fit best, and many fit better."),
        WhyCode.SETTLED: _("Nobody more was looked for."),
        WhyCode.OWN_FITS_BETTER: _("The mentor who was chosen fits as well."),
        WhyCode.LOW_FIT: _("The two fit less than this programme asks for."),
        WhyCode.NO_PLACE: _("There was no free place."),
        WhyCode.HELD_BACK: _("The last place is held back for newcomers."),
        WhyCode.COHORT_LIMIT: _("The group has as many pairs as it may have."),
    }[code]


def advice_words(one: Advice) -> str:
    """What could be added and how many good mentors that opens."""
    more = ngettext("%(num)d more good mentor", "%(num)d more good mentors", one.opens) % {"num": one.opens}
    if one.kind is Kind.LANGUAGE:
        return _("If you also speak %(language)s, add it: %(more)s.") % {
            "language": language_name(one.value), "more": more}
    if one.kind is Kind.WISH:
        return _("If you would also like to learn “%(skill)s”: %(more)s.") % {"skill": one.value, "more": more}
    day, part = one.value.split()
    return _("If you have time on %(when)s: %(more)s.") % {"when": _when(int(day), part), "more": more}


def _when(day: int, part: str) -> str:
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"))
    told = {"morning": _("%(day)s morning"), "afternoon": _("%(day)s afternoon"), "evening": _("%(day)s evening")}
    return told[part] % {"day": days[day - 1]}


def _to_mentee(rule: RuleCode | None) -> str:
    known = {
        RuleCode.REPORTING_LINE, RuleCode.SAME_TEAM, RuleCode.REPEAT, RuleCode.LANGUAGE, RuleCode.OVERLAP,
        RuleCode.COMPANY, RuleCode.GRADE_GAP, RuleCode.SELF,
    }
    return rule_words(rule) if rule in known else _("This programme cannot put you two together.")


def rule_words(rule: RuleCode | None) -> str:
    """Which hard rule keeps two people apart, for whoever runs the programme."""
    return {
        RuleCode.SELF: _("They are one person."),
        RuleCode.REPORTING_LINE: _("The two are in one reporting line."),
        RuleCode.SAME_TEAM: _("The two are in one team."),
        RuleCode.BLOCKED: _("They are not brought together."),
        RuleCode.CONFLICT: _("There is a conflict of interest."),
        RuleCode.REPEAT: _("The two were a pair before."),
        RuleCode.BANNED: _("The two were asked before, or a manager ruled it out."),
        RuleCode.PAIRED: _("The two are a pair already."),
        RuleCode.COMPANY: _("The programme asks for another company, or for the same."),
        RuleCode.LANGUAGE: _("They share no language."),
        RuleCode.OVERLAP: _("They share too little time."),
        RuleCode.GRADE_GAP: _("Their levels are not as far apart as the programme asks."),
        RuleCode.COHORT_LIMIT: _("The group has as many pairs as it may have."),
        RuleCode.TRAINING: _("Somebody has training to finish first."),
    }.get(rule or RuleCode.BLOCKED, _("A rule of the programme forbids it."))
