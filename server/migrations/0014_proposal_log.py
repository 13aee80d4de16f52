from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.kernel.schema.frozen import WrittenOnce
from server.matches.states import MatchOrigin
from server.matchmaking.states import RunState
from server.programs.states import ProgramType
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0013_match_trial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LearnedModel',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program_type', fields.CharEnumField(description='ONE_TO_ONE: ONE_TO_ONE\nREVERSE: REVERSE\nPEER: PEER\nCIRCLE: CIRCLE\nFLASH: FLASH\nONBOARDING: ONBOARDING\nHIGH_POTENTIAL: HIGH_POTENTIAL\nCROSS_COMPANY: CROSS_COMPANY', enum_type=ProgramType, max_length=20)),
                ('number', fields.IntField()),
                ('state', fields.CharEnumField(default=RunState.RUNNING, description='RUNNING: RUNNING\nDONE: DONE\nFAILED: FAILED\nCANCELLED: CANCELLED', enum_type=RunState, max_length=10)),
                ('models', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('report', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('calibrated', fields.BooleanField(default=False)),
                ('based_on', fields.IntField(default=0)),
                ('started_by', fields.CharField(max_length=60)),
                ('started_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'learned_model', 'app': 'models', 'unique_together': (('organization_id', 'program_type', 'number'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Proposal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('match', fields.OneToOneField('models.Match', source_field='match_id', db_constraint=True, to_field='id', related_name='proposal', on_delete=OnDelete.CASCADE)),
                ('program_id', fields.UUIDField()),
                ('cohort_id', fields.UUIDField()),
                ('mentor_enrollment_id', fields.UUIDField()),
                ('mentee_enrollment_id', fields.UUIDField()),
                ('origin', fields.CharEnumField(description='ENGINE: ENGINE\nMANAGER: MANAGER\nMENTEE: MENTEE\nMENTOR: MENTOR', enum_type=MatchOrigin, max_length=10)),
                ('decided_by', fields.CharField(max_length=60)),
                ('run_id', fields.UUIDField(null=True)),
                ('engine_version', fields.CharField(default='', max_length=40)),
                ('model_version', fields.CharField(default='', max_length=60)),
                ('weights_version', fields.CharField(default='', max_length=40)),
                ('features', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('fit', fields.FloatField(null=True)),
                ('confidence', fields.FloatField(null=True)),
                ('calibrated', fields.BooleanField(default=False)),
                ('based_on', fields.IntField(null=True)),
                ('rank_for_mentor', fields.IntField(null=True)),
                ('rank_for_mentee', fields.IntField(null=True)),
                ('shown', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('propensity', fields.FloatField(null=True)),
                ('seed', fields.IntField(null=True)),
                ('at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'proposal', 'app': 'models', 'indexes': [Index(fields=['organization_id', 'program_id', 'at'], name='ix_proposal_program')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Match',
            name='based_on',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='MatchSuggestion',
            name='evidence',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        same_organization(Pointer("proposal", "match_id", "match", "CASCADE")),
        WrittenOnce("proposal"),
    ]
