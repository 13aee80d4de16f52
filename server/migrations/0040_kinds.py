from tortoise import migrations
from tortoise.migrations import operations as ops
from server.access.states import TicketPurpose
from tortoise import fields

class Reworded(ops.AlterField):
    """A field whose enum got values: the column stays."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0039_program_terminology')]

    initial = False

    operations = [
        Reworded(
            model_name='Ticket',
            name='purpose',
            field=fields.CharEnumField(description='AGREE_TO_TIME: AGREE_TO_TIME\nCONFIRM_SESSION: CONFIRM_SESSION\nMISS_SESSION: MISS_SESSION\nMOVE_SESSION: MOVE_SESSION\nUNDO_MISSED: UNDO_MISSED\nKEEP_MATCH: KEEP_MATCH\nUNDO_BOOKING: UNDO_BOOKING\nUNDO_CHANGE: UNDO_CHANGE\nACCEPT_MATCH: ACCEPT_MATCH\nAGREE_TO_DAY: AGREE_TO_DAY\nANSWER_SURVEY: ANSWER_SURVEY', enum_type=TicketPurpose, max_length=20),
        ),
    ]
