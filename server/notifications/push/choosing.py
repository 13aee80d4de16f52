"""What a person lets reach them: each topic by push and by mail, as far as it may be switched off."""

from collections.abc import Collection
from dataclasses import dataclass

from server.kernel.actor import Actor
from server.notifications.catalogue import CATALOGUE
from server.notifications.states import MAIL_MARK, PUSH_MARK, MessageClass


@dataclass(frozen=True, slots=True)
class Topic:
    """Kinds of messages that a person takes or leaves together."""

    key: str
    kinds: tuple[str, ...]

    @property
    def pushes(self) -> bool:
        """Whether any of it goes to browsers."""
        return any(CATALOGUE[kind].pushes for kind in self.kinds)

    @property
    def message_class(self) -> MessageClass:
        """The class of its kinds."""
        return CATALOGUE[self.kinds[0]].message_class

    @property
    def mail_is_optional(self) -> bool:
        """Whether its mails may be switched off: those about people's own acts may not (lifecycle.md, 3)."""
        return self.message_class is not MessageClass.TRANSACTIONAL

    @property
    def names(self) -> tuple[str, ...]:
        """What is marked to switch it off: its class, so that kinds of later releases are meant too, or each kind."""
        return (self.message_class,) if self.mail_is_optional else self.kinds

    def is_pushed(self, muted: Collection[str]) -> bool:
        """Whether it reaches somebody by push."""
        pushing = [kind for kind in self.kinds if CATALOGUE[kind].pushes]
        return bool(pushing) and not self._is_off(PUSH_MARK, pushing, muted)

    def is_mailed(self, muted: Collection[str]) -> bool:
        """Whether it reaches somebody by mail."""
        return not (self.mail_is_optional and self._is_off(MAIL_MARK, self.kinds, muted))

    def _is_off(self, channel: str, kinds: Collection[str], muted: Collection[str]) -> bool:
        marked = (kind in muted or kind + channel in muted for kind in kinds)
        return self.message_class + channel in muted or any(marked)


TOPICS = (
    Topic("plans", ("M02", "M03", "M08", "X05", "R03", "S01", "S02", "S02-cancelled", "S04", "G03", "G06", "I05")),
    Topic("words", ("A02",)),
    Topic("nudges", (
        "L01", "L02", "L03", "E17",
        "E03", "E04", "E05", "E06", "E11", "M04", "M11", "F01", "F02", "F03", "G01", "G01-met", "G04", "G05",
        "G05-shared", "G07", "S03", "S06", "S08", "S10", "I01", "I02", "Z01", "Z02", "Z03", "Z08",
        "T01", "T02", "OWN",
    )),
    Topic("check-ins", ("R01", "C03", "Z04", "Z04-again", "Z05", "S05", "S07", "C01", "C02", "C03-form", "Z10")),
    Topic("sign-in", ("Y01", "Y01-moved", "Y01-device", "Y03")),
)
REPORTS = Topic("reports", (
    "M01", "M07", "C04", "F04", "I03", "I04", "M10", "M11-runs", "E16", "Q01", "Q02", "Q03", "Q04", "Q05",
))


def topics_for(actor: Actor) -> tuple[Topic, ...]:
    """What may reach the actor; reports go to whoever runs programmes."""
    return (*TOPICS, REPORTS) if actor.grants else TOPICS


def muted_by(topics: Collection[Topic], pushed: Collection[str], mailed: Collection[str]) -> list[str]:
    """What is switched off when these topics, by their keys, shall come by push and these by mail."""
    no_mail = [topic for topic in topics if topic.mail_is_optional and topic.key not in mailed]
    no_push = [topic for topic in topics if topic.pushes and topic.key not in pushed]
    return [
        *(name + MAIL_MARK for topic in no_mail for name in topic.names),
        *(name + PUSH_MARK for topic in no_push for name in topic.names),
    ]
