"""Signing in, and the address that it goes by."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_T = MessageClass.TRANSACTIONAL

KINDS = (
    Kind("Y01", N_("Signing in"), _T, N_("asked to sign in by mail"), N_("used, or 15 minutes have passed"),
         stops.used_or_old, "sign_in", links.sign_in),
    Kind("Y01-moved", N_("Another address"), _T, N_("the employer's records name another address"),
         N_("they have left"), stops.always_told, "address_changed", links.home),
)
