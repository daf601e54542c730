"""Search over (audience, words), and registers that only count upwards."""

from django.db import migrations

FORWARD = """
CREATE INDEX dossiers_access_words ON dossiers_access USING gin (audience, words);
ALTER TABLE dossiers_access ALTER COLUMN words SET STATISTICS 1000;
CREATE FUNCTION dossiers_only_upwards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.last <= OLD.last THEN
        RAISE EXCEPTION 'Numbers of % only count upwards and are never taken back.', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dossiers_register_upwards BEFORE UPDATE OR DELETE ON dossiers_register
    FOR EACH ROW EXECUTE FUNCTION dossiers_only_upwards();
"""
BACKWARD = """
DROP TRIGGER dossiers_register_upwards ON dossiers_register;
DROP FUNCTION dossiers_only_upwards();
DROP INDEX dossiers_access_words;
"""


class Migration(migrations.Migration):
    """An index and a trigger the models cannot state."""

    dependencies = [("dossiers", "0001_initial"), ("places", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
