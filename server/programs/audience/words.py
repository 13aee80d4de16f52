"""Rules as sentences for people, and the words of their facts. The language in force decides."""

from collections.abc import Mapping

from server.kernel.text import gettext as _
from server.kernel.text import locale, ngettext
from server.people.states import PersonStatus
from server.programs.audience.rules import Known, Rule, Rules
from server.programs.audience.states import DAYS, Fact, Fit, How

YEAR = 365


def fact_words() -> Mapping[Fact, str]:
    """What each fact is called."""
    return {
        Fact.DEPARTMENT: _("Department"), Fact.BUSINESS_UNIT: _("Business unit"), Fact.COMPANY: _("Company"),
        Fact.LOCATION: _("Place"), Fact.COUNTRY: _("Country"), Fact.JOB_FAMILY: _("Job family"),
        Fact.SENIORITY: _("Band"), Fact.TENURE_DAYS: _("Time with us"), Fact.ROLE_DAYS: _("Time in the role"),
        Fact.MANAGES: _("Manages people"), Fact.STATUS: _("Status"), Fact.COURSE: _("Finished course"),
    }


def how_words() -> Mapping[How, str]:
    """What each comparison is called."""
    return {
        How.IS: _("is one of"), How.IS_NOT: _("is not"), How.UNDER: _("is under"), How.AT_MOST: _("is at most"),
        How.AT_LEAST: _("is at least"), How.OVER: _("is over"),
    }


def status_words() -> Mapping[str, str]:
    """How people who have not left stand with the employer."""
    return {PersonStatus.ACTIVE.value: _("at work"), PersonStatus.LEAVE.value: _("on leave")}


def sentence(rule: Rule, known: Known) -> str:
    """A rule in words: "Department is Pricing or Field Operations"."""
    if rule.fact is Fact.MANAGES:
        return _("Manages people") if rule.value is True else _("Manages nobody")
    said = {"fact": fact_words()[rule.fact], "value": value_words(rule, known)}
    return {
        How.IS: _("%(fact)s is %(value)s"), How.IS_NOT: _("%(fact)s is not %(value)s"),
        How.UNDER: _("%(fact)s is under %(value)s"), How.AT_MOST: _("%(fact)s is at most %(value)s"),
        How.AT_LEAST: _("%(fact)s is at least %(value)s"), How.OVER: _("%(fact)s is over %(value)s"),
    }[rule.how] % said


def value_words(rule: Rule, known: Known) -> str:
    """What a rule compares with, in words."""
    if rule.fact in DAYS and isinstance(rule.value, int):
        return _days(rule.value)
    if not rule.texts:
        return str(rule.value)
    names = [_named(rule.fact, text, known) for text in rule.texts]
    if len(names) == 1:
        return names[0]
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def in_words(rules: Rules, known: Known) -> str:
    """All rules of a side in one sentence."""
    if not rules.rules:
        return _("Everybody in the organisation.")
    joined = _("%(one)s, and %(other)s") if rules.fit is Fit.ALL else _("%(one)s, or %(other)s")
    said, *others = [sentence(rule, known) for rule in rules.rules]
    for other in others:
        said = joined % {"one": said, "other": other}
    return _("%s.") % said


def _named(fact: Fact, text: str, known: Known) -> str:
    if text in known.get(fact, {}):
        return known[fact][text]
    if fact is Fact.STATUS:
        return status_words().get(text, text)
    return str(locale().territories.get(text, text)) if fact is Fact.COUNTRY else text


def _days(days: int) -> str:
    if days and days % YEAR == 0:
        years = days // YEAR
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
