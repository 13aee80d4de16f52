"""Whether a run among peers is fair, in words: there is one side, and everybody is somebody's partner."""

from dataclasses import replace

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import Audit
from web.console import audit_words
from web.console.audit_words import Fairness, ParityTable


def fairness(audit: Audit) -> Fairness:
    """The finding, envy, and how the groups of each dimension fared."""
    one_side = replace(audit, parity=tuple(replace(one, mentors=()) for one in audit.parity))
    tables = [_headed(one) for one in audit_words.tables(one_side)]
    return Fairness(audit_words.fairness_words(one_side), _envy(audit), tables, audit_words.small_words())


def title(peers: int, waiting: int) -> str:
    """Who is in a pair, counted."""
    said = ngettext("%(placed)s of %(num)d peer is in a pair", "%(placed)s of %(num)d peers are in a pair", peers)
    return said % {"placed": peers - waiting, "num": peers}


def same(count: int) -> str:
    """How many peers two runs give the same partner."""
    if not count:
        return _("No peer has the same partner.")
    said = ngettext("%(num)d peer has the same partner.", "%(num)d peers have the same partner.", count)
    return said % {"num": count}


def changed_title(count: int) -> str:
    """How many peers two runs place differently."""
    said = ngettext("%(num)d peer is placed differently", "%(num)d peers are placed differently", count)
    return said % {"num": count}


def _envy(audit: Audit) -> str:
    found = audit.envy
    if not found.asked:
        return ""
    if not found.rather:
        return _("Nobody would fit better with somebody else’s partner.")
    return ngettext(
        "%(rather)s of %(num)d peer would fit better with somebody else’s partner, by %(gain)s points on average.",
        "%(rather)s of %(num)d peers would fit better with somebody else’s partner, by %(gain)s points on average.",
        found.asked,
    ) % {"rather": found.rather, "num": found.asked, "gain": f"{found.mean_gain:.1f}"}


def _headed(table: ParityTable) -> ParityTable:
    name, _people, _placed, fit, compared = table.heads
    return replace(table, caption=name, heads=(name, _("Peers"), _("In a pair"), fit, compared))
