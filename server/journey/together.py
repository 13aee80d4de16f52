"""Several steps of one act, whose problems are told together."""

from collections.abc import Awaitable, Callable

from server.kernel.errors import Invalid

Act = Callable[[], Awaitable[object]]


async def all_of(*acts: Act) -> None:
    """Do them all, in order, within the caller's unit; what each finds to mend is told at once.

    Raises:
        Invalid: with every field of theirs, which rolls the unit back.
    """
    problems: dict[str, str] = {}
    for act in acts:
        try:
            await act()
        except Invalid as refusal:
            problems.update(refusal.fields)
    if problems:
        raise Invalid(problems)
