from django.db import migrations, models

import motcua.kernel.ids


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0007_draft_ends'),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=motcua.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('action', models.TextField(db_collation='C')),
                ('mode', models.TextField(db_collation='C')),
                ('account_id', models.UUIDField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('outcomes', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['started_at'], name='dossiers_batch_started')],
            },
        ),
    ]
