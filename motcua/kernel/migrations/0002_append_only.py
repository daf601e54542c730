"""The audit trail and the event log can only grow."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are evidence: they are never changed or removed.', TG_TABLE_NAME;
END $$;
CREATE TRIGGER kernel_auditentry_append_only BEFORE UPDATE OR DELETE ON kernel_auditentry
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
CREATE TRIGGER kernel_event_append_only BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""
BACKWARD = """
DROP TRIGGER kernel_event_append_only ON kernel_event;
DROP TRIGGER kernel_auditentry_append_only ON kernel_auditentry;
DROP FUNCTION kernel_append_only();
"""


class Migration(migrations.Migration):
    """Triggers that refuse change."""

    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
