"""Every kind of message that Ithaca sends: why, when it stops, and where its button leads (domain/lifecycle.md, 3).

A stop condition is asked when the message is about to go: it returns why the message is no longer needed, or nothing.
"""

from server.notifications.catalogue import asking, joining, matching, meeting, own, reporting, starting
from server.notifications.catalogue.kinds import N_, Kind, Link, Stop, why_not

CATALOGUE: dict[str, Kind] = {
    kind.key: kind
    for phase in (joining, matching, starting, meeting, asking, reporting, own)
    for kind in phase.KINDS
}

__all__ = ["CATALOGUE", "N_", "Kind", "Link", "Stop", "why_not"]
