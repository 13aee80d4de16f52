"""Nobody is nudged at night, at the weekend, twice a day or four times a week, wherever they live."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from server.notifications.deciding.windows import closes, opens, opens_for_nudge
from server.notifications.states import MessageClass

zones = st.sampled_from(sorted(available_timezones()))
moments = st.datetimes(datetime(2007, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
held = st.sampled_from([MessageClass.NUDGE, MessageClass.SURVEY, MessageClass.REPORT])


def may_go(message_class: MessageClass, moment: datetime, zone: str) -> bool:
    """Said apart from the product's own way of saying it."""
    there = moment.astimezone(ZoneInfo(zone))
    if message_class is MessageClass.NUDGE:
        return there.isoweekday() <= 5 and time(8, 30) <= there.time() < time(17, 30)
    return time(8) <= there.time() < time(18)


@given(held, moments, zones)
def test_it_goes_in_its_hours_and_as_soon_as_they_are(message_class: MessageClass, moment: datetime, zone: str) -> None:
    opening = opens(message_class, moment, zone)
    assert opening >= moment
    assert may_go(message_class, opening, zone)
    missed = (moment + timedelta(minutes=number) for number in range(0, 60 * 24 * 4, 7))
    assert not any(may_go(message_class, one, zone) for one in missed if one < opening)


@given(moments, zones)
def test_what_people_do_to_each_other_is_told_at_any_hour(moment: datetime, zone: str) -> None:
    assert opens(MessageClass.TRANSACTIONAL, moment, zone) == moment


@given(st.lists(moments, max_size=10), zones)
def test_ten_triggers_make_one_nudge_a_day_and_three_a_week(triggers: list[datetime], zone: str) -> None:
    taken: list[date] = []
    for trigger in triggers:
        opening = opens_for_nudge(trigger, zone, taken)
        assert may_go(MessageClass.NUDGE, opening, zone)
        assert opening <= closes(opening, zone)
        taken.append(opening.astimezone(ZoneInfo(zone)).date())
    assert len(set(taken)) == len(taken)
    for day in taken:
        assert sum(day <= other < day + timedelta(days=7) for other in taken) <= 3


def test_friday_evening_becomes_monday_morning_across_a_clock_change() -> None:
    friday = datetime(2026, 3, 27, 19, tzinfo=UTC)   # Lisbon changes its clocks on the Sunday
    assert opens(MessageClass.NUDGE, friday, "Europe/Lisbon") == datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
    assert opens(MessageClass.SURVEY, friday, "Europe/Lisbon") == datetime(2026, 3, 28, 8, tzinfo=UTC)
