"""Who looked at whom, and who tried to sign in, can only grow."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER identity_accessentry_append_only BEFORE UPDATE OR DELETE ON identity_accessentry
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER identity_signinevent_append_only BEFORE UPDATE OR DELETE ON identity_signinevent
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""
BACKWARD = """
DROP TRIGGER identity_signinevent_append_only ON identity_signinevent;
DROP TRIGGER identity_accessentry_append_only ON identity_accessentry;
"""


class Migration(migrations.Migration):
    """Triggers that refuse change."""

    dependencies = [("identity", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
