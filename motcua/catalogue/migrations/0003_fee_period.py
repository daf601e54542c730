from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_time_has_unit'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='feerule',
            constraint=models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F('valid_from')), name='catalogue_fee_period'),
        ),
    ]
