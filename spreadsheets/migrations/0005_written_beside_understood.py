from typing import Any

from django.db import migrations


def move_over(apps: Any, schema_editor: Any) -> None:
    """Put what was written where a preview keeps it; what only waits is compared once more."""
    uploads = apps.get_model("spreadsheets", "Upload")._default_manager
    for upload in uploads.exclude(written=[]).iterator():
        upload.understood = {
            "lines": [
                [
                    each["code"],
                    {name: [each["before"][name], each["after"][name]] for name in each["after"]},
                ]
                for each in upload.written
            ]
        }
        upload.written = [
            [each["version"], each.get("is_new", False), each.get("made", "")]
            for each in upload.written
        ]
        upload.save(update_fields=["understood", "written"])


class Migration(migrations.Migration):
    dependencies = [("spreadsheets", "0004_personal_uploads")]

    operations = [migrations.RunPython(move_over, migrations.RunPython.noop)]
