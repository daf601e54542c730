from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0006_inheritance'),
    ]

    operations = [
        migrations.AddField(model_name='draft', name='warned_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='draft', name='writers', field=models.JSONField(default=dict)),
        migrations.AddIndex(
            model_name='draft', index=models.Index(fields=['changed_at'], name='dossiers_draft_untouched')
        ),
    ]
