"""Hold the log append-only by triggers, on both databases."""

from django.db import migrations

from audit import append_only


def hold(apps, schema_editor):
    append_only.hold(schema_editor.connection)


def lift(apps, schema_editor):
    append_only.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(hold, lift)]
