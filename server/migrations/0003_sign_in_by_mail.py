from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

from server.kernel.schema.composite import Pointer, same_organization

class Migration(migrations.Migration):
    dependencies = [('models', '0002_same_organization')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SignInRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('browser', fields.CharField(unique=True, max_length=64)),
                ('address', fields.CharField(max_length=254)),
                ('address_mark', fields.CharField(max_length=64)),
                ('network_mark', fields.CharField(max_length=64)),
                ('onward', fields.CharField(default='', max_length=500)),
                ('tries', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sign_in_request', 'app': 'models', 'indexes': [Index(fields=['address_mark', 'created_at'], name='ix_sign_in_address'), Index(fields=['network_mark', 'created_at'], name='ix_sign_in_network'), Index(fields=['created_at'], name='ix_sign_in_created')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SignInLetter',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('request', fields.ForeignKeyField('models.SignInRequest', source_field='request_id', db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.CASCADE)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='sign_in_letters', on_delete=OnDelete.CASCADE)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sign_in_letter', 'app': 'models', 'unique_together': (('request_id', 'person_id'),), 'indexes': [Index(fields=['organization_id', 'person_id'], name='ix_sign_in_letter_person')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='Person',
            index=Index(fields=['email'], name='ix_person_email'),
        ),
        same_organization(Pointer("sign_in_letter", "person_id", "person", "CASCADE")),
    ]
