"""A draft remembers where its dossier is to be received."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_search_and_counters"), ("places", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="receiving_agency",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="places.agency"
            ),
        ),
    ]
