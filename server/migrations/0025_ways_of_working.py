from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.people.states import DepartmentWish
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0024_cycles_counted')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Profile',
            name='pref_department',
            field=fields.CharEnumField(default=DepartmentWish.ANY, description='ANY: ANY\nSAME: SAME\nDIFFERENT: DIFFERENT', db_default='ANY', enum_type=DepartmentWish, max_length=10),
        ),
        ops.AddField(
            model_name='Profile',
            name='styles',
            field=fields.JSONField(default=list, db_default='[]', encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
