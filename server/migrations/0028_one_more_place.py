from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0027_tickets_in_mails')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Enrollment',
            name='place_asked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Enrollment',
            name='place_given',
            field=fields.BooleanField(null=True),
        ),
    ]
