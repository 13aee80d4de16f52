"""Each foreign key carries the organisation too (PostgreSQL): a row points only within its own organisation."""

from tortoise import migrations

from server.kernel.schema.composite import Pointer, same_organization


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [
        same_organization(
            Pointer("action_item", "session_id", "session", "SET NULL"),
            Pointer("agenda_item", "session_id", "session", "CASCADE"),
            Pointer("availability_block", "person_id", "person", "CASCADE"),
            Pointer("cohort", "program_id", "program", "RESTRICT"),
            Pointer("competency", "parent_id", "competency", "SET NULL"),
            Pointer("consent", "person_id", "person", "CASCADE"),
            Pointer("consent", "text_id", "consent_text", "RESTRICT"),
            Pointer("enrollment", "cohort_id", "cohort", "RESTRICT"),
            Pointer("enrollment", "person_id", "person", "RESTRICT"),
            Pointer("enrollment", "program_id", "program", "RESTRICT"),
            Pointer("goal", "competency_id", "competency", "SET NULL"),
            Pointer("goal", "enrollment_id", "enrollment", "RESTRICT"),
            Pointer("goal_version", "goal_id", "goal", "CASCADE"),
            Pointer("match", "cohort_id", "cohort", "RESTRICT"),
            Pointer("match", "program_id", "program", "RESTRICT"),
            Pointer("match_member", "enrollment_id", "enrollment", "RESTRICT"),
            Pointer("match_member", "match_id", "match", "CASCADE"),
            Pointer("match_member", "person_id", "person", "RESTRICT"),
            Pointer("match_run", "cohort_id", "cohort", "RESTRICT"),
            Pointer("match_run", "program_id", "program", "RESTRICT"),
            Pointer("match_suggestion", "run_id", "match_run", "CASCADE"),
            Pointer("message", "recipient_id", "person", "CASCADE"),
            Pointer("milestone", "goal_id", "goal", "CASCADE"),
            Pointer("person", "line_manager_id", "person", "SET NULL"),
            Pointer("person_attribute", "person_id", "person", "CASCADE"),
            Pointer("person_skill", "competency_id", "competency", "CASCADE"),
            Pointer("person_skill", "person_id", "person", "CASCADE"),
            Pointer("profile", "person_id", "person", "CASCADE"),
            Pointer("read_mark", "thread_id", "thread", "CASCADE"),
            Pointer("role_grant", "person_id", "person", "CASCADE"),
            Pointer("session", "match_id", "match", "RESTRICT"),
            Pointer("session_note", "session_id", "session", "CASCADE"),
            Pointer("survey_answer", "invitation_id", "survey_invitation", "CASCADE"),
            Pointer("survey_invitation", "match_id", "match", "CASCADE"),
            Pointer("thread", "match_id", "match", "CASCADE"),
            Pointer("thread_message", "thread_id", "thread", "CASCADE"),
            Pointer("user_session", "person_id", "person", "CASCADE"),
            Pointer("waitlist_entry", "enrollment_id", "enrollment", "CASCADE"),
        ),
    ]
