"""Days of the calendar may belong to one agency: they get a key of their own. Rows stay as they are."""

import django.db.models.deletion
import motcua.kernel.ids
from django.db import migrations, models


# Primary keys cannot be changed by an operation of their own; what the checker asks about is meant.
FORWARD = [
    "-- squawk-ignore adding-field-with-default\nALTER TABLE places_calendarday"
    " ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();",
    "-- squawk-ignore ban-drop-default\nALTER TABLE places_calendarday ALTER COLUMN id DROP DEFAULT;",
    "-- squawk-ignore ban-drop-constraint\nALTER TABLE places_calendarday DROP CONSTRAINT places_calendarday_pkey;",
    "ALTER TABLE places_calendarday ADD PRIMARY KEY (id);",
    "ALTER TABLE places_calendarday ADD COLUMN agency_id uuid NULL;",
    "-- squawk-ignore adding-foreign-key-constraint\nALTER TABLE places_calendarday ADD CONSTRAINT"
    " places_calendarday_agency_id_fk FOREIGN KEY (agency_id) REFERENCES places_agency (id) DEFERRABLE INITIALLY DEFERRED;",
    "ALTER TABLE places_calendarday ADD CONSTRAINT places_day_once UNIQUE NULLS NOT DISTINCT (date, agency_id);",
    "ALTER TABLE places_calendarday ADD CONSTRAINT places_day_agency_closed"
    " CHECK (agency_id IS NULL OR kind = 'local_closure');",
    "CREATE INDEX places_calendarday_agency_id ON places_calendarday (agency_id);",
]
BACKWARD = """
DELETE FROM places_calendarday WHERE agency_id IS NOT NULL;
ALTER TABLE places_calendarday DROP COLUMN agency_id;
ALTER TABLE places_calendarday DROP COLUMN id;
ALTER TABLE places_calendarday ADD PRIMARY KEY (date);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0002_reorganisation'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACKWARD)],
            state_operations=[
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
            ],
        ),
    ]
