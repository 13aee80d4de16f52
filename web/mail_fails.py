"""An address to which mail does not get through, in words: to whom it belongs, and to who runs their programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from web.dates import day_month

if TYPE_CHECKING:
    from server.notifications.models import MailboxState

NO_NAME, NO_DOMAIN, CLOSED = ("5.1.0", "5.1.1", "5.1.3", "5.1.4", "5.1.6", "5.1.10"), ("5.1.2", "5.4.4"), ("5.2.1",)


def why(state: MailboxState) -> str:
    """Why mail does not get through, and since when, as the servers said."""
    since = day_month(state.dead_at) if state.dead_at else ""
    if state.status in NO_NAME:
        return _("Mail has come back since %(day)s: nobody has this address.") % {"day": since}
    if state.status in NO_DOMAIN:
        return _("Mail has come back since %(day)s: what stands after the @ takes none.") % {"day": since}
    if state.status in CLOSED:
        return _("Mail has come back since %(day)s: the mailbox is closed.") % {"day": since}
    return _("Mail has come back again and again, last on %(day)s.") % {"day": since}
