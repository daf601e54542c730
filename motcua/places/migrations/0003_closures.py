"""Days of the calendar may belong to one agency. The rows are the pack's: its loader writes them anew."""

import django.db.models.deletion
import motcua.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0002_reorganisation'),
    ]

    operations = [
        migrations.DeleteModel(name='CalendarDay'),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.UUIDField(default=motcua.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('kind', models.TextField(choices=[('holiday', 'Public holiday'), ('compensatory_off', 'Day off in place of a holiday on a weekend'), ('makeup_workday', 'Working day in place of a swapped one'), ('swapped_off', 'Day off, swapped with another day'), ('local_closure', 'Closed here')], db_collation='C')),
                ('note', models.TextField(blank=True)),
                ('legal_basis', models.TextField(blank=True)),
                ('is_verified', models.BooleanField(default=False)),
                ('paired_on', models.DateField(null=True)),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='places.agency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('date', 'agency'), name='places_day_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('agency__isnull', True), ('kind', 'local_closure'), _connector='OR'), name='places_day_agency_closed')],
            },
        ),
    ]
