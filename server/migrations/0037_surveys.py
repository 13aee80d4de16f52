from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.access.states import TicketPurpose
from server.kernel.clock import now
from server.kernel.ids import new_id, random_id
from server.kernel.schema.composite import Pointer, same_organization
from server.kernel.secrets import EncryptedTextField
from server.surveys.states import InvitationState, SurveyKind
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Reworded(ops.AlterField):
    """A field whose enum got values: the column stays."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0036_program_reports')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SurveyForm',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program_id', fields.UUIDField()),
                ('key', fields.CharField(max_length=30)),
                ('kind', fields.CharEnumField(description='PULSE: PULSE\nPOST_SESSION: POST_SESSION\nCHECK_IN: CHECK_IN\nMID_PROGRAM: MID_PROGRAM\nCLOSING: CLOSING\nEXIT: EXIT\nNPS: NPS\nCUSTOM: CUSTOM', enum_type=SurveyKind, max_length=15)),
                ('name', fields.CharField(max_length=80)),
                ('anonymous', fields.BooleanField(default=False)),
                ('questions', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('digest', fields.CharField(max_length=64)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'survey_form', 'app': 'models', 'unique_together': (('program_id', 'key', 'digest'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FormBallot',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=random_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('form', fields.ForeignKeyField('models.SurveyForm', source_field='form_id', db_constraint=True, to_field='id', related_name='ballots', on_delete=OnDelete.CASCADE)),
                ('week', fields.DateField(null=True)),
                ('numbers', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('words', EncryptedTextField(default='', unique=False)),
            ],
            options={'table': 'form_ballot', 'app': 'models', 'indexes': [Index(fields=['form_id', 'week'], name='ix_ballot_form')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FormInvitation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('form', fields.ForeignKeyField('models.SurveyForm', source_field='form_id', db_constraint=True, to_field='id', related_name='invitations', on_delete=OnDelete.CASCADE)),
                ('form_key', fields.CharField(max_length=30)),
                ('match', fields.ForeignKeyField('models.Match', source_field='match_id', db_constraint=True, to_field='id', related_name='form_invitations', on_delete=OnDelete.CASCADE)),
                ('program_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('occasion', fields.CharField(max_length=60)),
                ('state', fields.CharEnumField(default=InvitationState.OPEN, description='PLANNED: PLANNED\nOPEN: OPEN\nANSWERED: ANSWERED\nEXPIRED: EXPIRED', enum_type=InvitationState, max_length=10)),
                ('opened_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('closes_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'form_invitation', 'app': 'models', 'unique_together': (('match_id', 'person_id', 'form_key', 'occasion'),), 'indexes': [Index(fields=['organization_id', 'person_id', 'state'], name='ix_form_person'), Index(fields=['form_id', 'state'], name='ix_form_state')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FormAnswer',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('invitation', fields.OneToOneField('models.FormInvitation', source_field='invitation_id', db_constraint=True, to_field='id', related_name='answer', on_delete=OnDelete.CASCADE)),
                ('numbers', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('words', EncryptedTextField(default='', unique=False)),
                ('answered_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'form_answer', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Program',
            name='surveys',
            field=fields.JSONField(default=list, db_default='[]', encoder=JSON_DUMPS, decoder=loads),
        ),
        Reworded(
            model_name='SurveyInvitation',
            name='kind',
            field=fields.CharEnumField(description='PULSE: PULSE\nPOST_SESSION: POST_SESSION\nCHECK_IN: CHECK_IN\nMID_PROGRAM: MID_PROGRAM\nCLOSING: CLOSING\nEXIT: EXIT\nNPS: NPS\nCUSTOM: CUSTOM', enum_type=SurveyKind, max_length=15),
        ),
        Reworded(
            model_name='Ticket',
            name='purpose',
            field=fields.CharEnumField(description='AGREE_TO_TIME: AGREE_TO_TIME\nUNDO_BOOKING: UNDO_BOOKING\nUNDO_CHANGE: UNDO_CHANGE\nACCEPT_MATCH: ACCEPT_MATCH\nAGREE_TO_DAY: AGREE_TO_DAY\nANSWER_SURVEY: ANSWER_SURVEY', enum_type=TicketPurpose, max_length=20),
        ),
        same_organization(
            Pointer('form_ballot', 'form_id', 'survey_form', 'CASCADE'),
            Pointer('form_invitation', 'form_id', 'survey_form', 'CASCADE'),
            Pointer('form_invitation', 'match_id', 'match', 'CASCADE'),
            Pointer('form_answer', 'invitation_id', 'form_invitation', 'CASCADE'),
        ),
    ]
