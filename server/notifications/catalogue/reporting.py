"""Figures to whoever runs, looks after or pays for a programme, and to whoever manages its people."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_R = MessageClass.REPORT

KINDS = (
    Kind("Q01", N_("How it runs, weekly"), _R, N_("the day of the week that the programme chose"),
         N_("they run it no more"), stops.nothing_to_report, "report_weekly", links.console_needs),
    Kind("Q02", N_("What it brings, monthly"), _R, N_("the first working day of a month"),
         N_("they look after it no more"), stops.nothing_to_report, "report_outcomes", links.console),
    Kind("Q03", N_("What it brings, quarterly"), _R, N_("the first working day of a quarter"),
         N_("they are no sponsor any more"), stops.nothing_to_report, "report_quarterly", links.home),
    Kind("Q04", N_("Your people in mentoring"), _R, N_("every second Tuesday, somebody's people take part"),
         N_("nobody of theirs takes part"), stops.no_team, "report_team", links.team),
    Kind("Q05", N_("A figure in the red"), _R, N_("a figure is in the red, once a week each"),
         N_("it is back in range"), stops.back_in_range, "figure_red", links.console_needs),
    Kind("E16", N_("Places are short"), _R, N_("more mentees than places, once a week"),
         N_("there are enough places"), stops.back_in_range, "places_short", links.console_supply),
)
