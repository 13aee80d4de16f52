from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.schema_editor.base import BaseSchemaEditor

from server.kernel.schema.composite import Pointer, same_organization
from server.kernel.text import folded


async def fill_search(_apps: object, editor: BaseSchemaEditor) -> None:
    """What everybody is found by, as people.facts.named makes it."""
    people = await editor.client.execute_query_dict(
        'SELECT "id", "given_name", "family_name", "preferred_name", "email", "employee_id" FROM "person"'
    )
    found = [[folded("\n".join(str(part) for part in list(row.values())[1:] if part)), row["id"]] for row in people]
    holes = ("$1", "$2") if editor.DIALECT == "postgres" else ("?", "?")
    if found:
        await editor.client.execute_many(f'UPDATE "person" SET "search" = {holes[0]} WHERE "id" = {holes[1]}', found)


class Migration(migrations.Migration):
    dependencies = [('models', '0007_series_of_sessions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MatchNote',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('match', fields.OneToOneField('models.Match', source_field='match_id', db_constraint=True, to_field='id', related_name='note', on_delete=OnDelete.CASCADE)),
                ('words', EncryptedTextField(default='', unique=False)),
                ('version', fields.IntField(default=1)),
                ('written_by_id', fields.UUIDField()),
                ('written_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'match_note', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer("match_note", "match_id", "match", "CASCADE")),
        ops.AddField(
            model_name='Person',
            name='search',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.RunPython(fill_search, ops.RunPython.noop),
        ops.AddField(
            model_name='Profile',
            name='keys_off_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
