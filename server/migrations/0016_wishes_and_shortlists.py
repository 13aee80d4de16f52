from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.matches.states import DeclineReason
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0015_kinds_of_runs')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ShortlistEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('cohort_id', fields.UUIDField()),
                ('enrollment_id', fields.UUIDField()),
                ('about_enrollment_id', fields.UUIDField()),
                ('place', fields.SmallIntField()),
                ('fit', fields.FloatField()),
                ('confidence', fields.FloatField()),
                ('factors', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('evidence', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('made_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'shortlist_entry', 'app': 'models', 'unique_together': (('enrollment_id', 'about_enrollment_id'),), 'indexes': [Index(fields=['organization_id', 'cohort_id', 'about_enrollment_id'], name='ix_shortlist_cohort')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Preference',
            name='reason',
            field=fields.CharEnumField(null=True, description='CLOSER_TO_GOAL: CLOSER_TO_GOAL\nTIMES: TIMES\nKNOW_EACH_OTHER: KNOW_EACH_OTHER\nNO_ROOM: NO_ROOM\nNOT_SAID: NOT_SAID', enum_type=DeclineReason, max_length=20),
        ),
        ops.AddField(
            model_name='Program',
            name='mentees_may_wish',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Program',
            name='mentors_may_wish',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
