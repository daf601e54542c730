from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('retention', 'draft')), fields=['owner_kind', 'created_at'], name='documents_of_drafts'),
        ),
    ]
