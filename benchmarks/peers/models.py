"""The product's own tables as Django models, with the columns that the Journey page shows and no others."""

from typing import Any

from django.db import models

from server.kernel.secrets import MARK, decrypt


class Secret(models.TextField):
    """Free text, closed in the database as the product closes it."""

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        place = f"{self.model._meta.db_table}.{self.column}"
        return decrypt(value, place) if isinstance(value, str) and value.startswith(MARK) else value


class Row(models.Model):
    id = models.CharField(primary_key=True, max_length=36)

    class Meta:
        abstract = True
        managed = False


class Organization(Row):
    name = models.TextField()
    language = models.TextField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "organization"


class Person(Row):
    organization = models.ForeignKey(Organization, models.CASCADE)
    given_name = models.TextField()
    family_name = models.TextField()
    preferred_name = models.TextField()
    zone = models.TextField()
    language = models.TextField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "person"

    @property
    def first_name(self) -> str:
        return self.preferred_name or self.given_name


class Profile(Row):
    person = models.OneToOneField(Person, models.CASCADE)
    look = models.TextField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "profile"


class Program(Row):
    name = models.TextField()
    key = models.TextField()
    session_minutes = models.IntegerField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "program"


class Enrollment(Row):
    person = models.ForeignKey(Person, models.CASCADE)
    program = models.ForeignKey(Program, models.CASCADE)
    role = models.TextField()
    state = models.TextField()
    capacity = models.IntegerField()
    invited_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "enrollment"


class Match(Row):
    organization = models.ForeignKey(Organization, models.CASCADE)
    program = models.ForeignKey(Program, models.CASCADE)
    state = models.TextField()
    active_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)

    class Meta(Row.Meta):
        abstract = False
        db_table = "match"


class MatchMember(Row):
    match = models.ForeignKey(Match, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE)
    role = models.TextField()
    approval = models.TextField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "match_member"


class Goal(Row):
    match = models.ForeignKey(Match, models.CASCADE, related_name="goals")
    state = models.TextField()
    want = Secret()
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "goal"


class GoalVersion(Row):
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="versions")
    version = models.IntegerField()
    want = Secret()
    why = Secret()
    changed_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "goal_version"


class Milestone(Row):
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="milestones")
    position = models.IntegerField()
    title = Secret()
    due_on = models.DateField(null=True)
    state = models.TextField()
    done_at = models.DateTimeField(null=True)

    class Meta(Row.Meta):
        abstract = False
        db_table = "milestone"


class Session(Row):
    match = models.ForeignKey(Match, models.CASCADE, related_name="sessions")
    state = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "session"


class Thread(Row):
    match = models.OneToOneField(Match, models.CASCADE)
    last_at = models.DateTimeField(null=True)

    class Meta(Row.Meta):
        abstract = False
        db_table = "thread"


class ThreadMessage(Row):
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, models.CASCADE)
    body = Secret()
    sent_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "thread_message"


class ReadMark(Row):
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="marks")
    person = models.ForeignKey(Person, models.CASCADE)
    read_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "read_mark"


class ActionItem(Row):
    match = models.ForeignKey(Match, models.CASCADE)
    owner = models.ForeignKey(Person, models.CASCADE)
    text = Secret()
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "action_item"


class SurveyInvitation(Row):
    match = models.ForeignKey(Match, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    state = models.TextField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta(Row.Meta):
        abstract = False
        db_table = "survey_invitation"
