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
    def mail_is_optional(self) -> bool:
        """Whether its mails may be switched off: those about people's own acts may not (lifecycle.md, 3)."""
        return all(CATALOGUE[kind].message_class is not MessageClass.TRANSACTIONAL for kind in self.kinds)

    def is_pushed(self, muted: Collection[str]) -> bool:
        """Whether it reaches somebody by push."""
        pushing = (kind for kind in self.kinds if CATALOGUE[kind].pushes)
        return self.pushes and not any(kind in muted or kind + PUSH_MARK in muted for kind in pushing)

    def is_mailed(self, muted: Collection[str]) -> bool:
        """Whether it reaches somebody by mail."""
        off = any(kind in muted or kind + MAIL_MARK in muted for kind in self.kinds)
        return not (self.mail_is_optional and off)


TOPICS = (
    Topic("plans", ("M03", "M08", "X05", "S01", "S02", "S02-cancelled")), Topic("words", ("A02",)),
    Topic("nudges", ("E03", "E04", "E05", "M04", "F01", "F02", "F03", "I01", "I02")),
    Topic("check-ins", ("R01", "Z04", "Z05")), Topic("sign-in", ("Y01", "Y01-moved")),
)
REPORTS = Topic("reports", ("M01", "M07", "C04", "F04", "I03"))


def topics_for(actor: Actor) -> tuple[Topic, ...]:
    """What may reach the actor; reports go to whoever runs programmes."""
    return (*TOPICS, REPORTS) if actor.grants else TOPICS


def muted_by(topics: Collection[Topic], pushed: Collection[str], mailed: Collection[str]) -> list[str]:
    """What is switched off when these topics, by their keys, shall come by push and these by mail."""
    marks = []
    for topic in topics:
        no_mail = topic.mail_is_optional and topic.key not in mailed
        for kind in topic.kinds:
            no_push = CATALOGUE[kind].pushes and topic.key not in pushed
            if no_mail and (no_push or not CATALOGUE[kind].pushes):
                marks.append(kind)
            elif no_mail or no_push:
                marks.append(kind + (MAIL_MARK if no_mail else PUSH_MARK))
    return marks
