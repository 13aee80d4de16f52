from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.secrets import EncryptedTextField
from server.matches.states import Approval
from server.programs.states import AskedFirst
from tortoise import fields

class Reworded(ops.AlterField):
    """A field whose enum got a value: the column stays. SQLite would build the table anew, without its indexes."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0008_pair_record_and_search')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Enrollment',
            name='decision_reason',
            field=EncryptedTextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Match',
            name='paused_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Match',
            name='proposed_by_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Match',
            name='proposed_end_on',
            field=fields.DateField(null=True),
        ),
        Reworded(
            model_name='MatchMember',
            name='approval',
            field=fields.CharEnumField(default=Approval.PENDING, description='PENDING: PENDING\nACCEPTED: ACCEPTED\nDECLINED: DECLINED\nNOT_NEEDED: NOT_NEEDED\nLATER: LATER', enum_type=Approval, max_length=12),
        ),
        ops.AddField(
            model_name='Program',
            name='asked_first',
            field=fields.CharEnumField(default=AskedFirst.TOGETHER, description='TOGETHER: TOGETHER\nMENTOR: MENTOR\nMENTEE: MENTEE', db_default='TOGETHER', enum_type=AskedFirst, max_length=10),
        ),
        ops.AddField(
            model_name='Program',
            name='mentees_may_ask',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Program',
            name='mentors_may_ask',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Program',
            name='pause_moves_end',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
