from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='failure',
            field=models.TextField(blank=True, choices=[('address', 'The address is not an e-mail address. Correct it, then try again.'), ('rejected', 'The receiving server refuses the message. Check the address or call the person.'), ('deferred', 'The receiving server asked us to come back later.'), ('unreachable', 'The mail server could not be reached.'), ('broken_off', 'Every try broke off without an answer.')], db_collation='C', default=''),
            preserve_default=False,
        ),
        migrations.RenameField(model_name='delivery', old_name='last_error', new_name='failure_detail'),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=Q(failure__in=['', 'address', 'rejected', 'deferred', 'unreachable', 'broken_off']), name='notifications_failure'),
        ),
    ]
