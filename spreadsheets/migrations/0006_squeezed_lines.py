from typing import Any

from django.db import migrations

from common.fields import DeflatedField


def squeeze(apps: Any, schema_editor: Any) -> None:
    """Carry over what previews kept, each set of columns named once."""
    uploads = apps.get_model("spreadsheets", "Upload")._default_manager
    for upload in uploads.exclude(understood={}).iterator():
        sets: dict[tuple[str, ...], int] = {}
        lines = [
            [
                code,
                sets.setdefault(tuple(changes), len(sets)),
                *(before for before, _after in changes.values()),
                *(after for _before, after in changes.values()),
            ]
            for code, changes in upload.understood.get("lines", ())
        ]
        kept = {"columns": list(map(list, sets)), "lines": lines}
        if rows := upload.understood.get("rows"):
            kept["rows"] = rows
        upload.understood_squeezed, upload.written_squeezed = kept, upload.written
        upload.save(update_fields=["understood_squeezed", "written_squeezed"])


class Migration(migrations.Migration):
    dependencies = [("spreadsheets", "0005_written_beside_understood")]

    operations = [
        migrations.AddField("upload", "understood_squeezed", DeflatedField(default=dict)),
        migrations.AddField("upload", "written_squeezed", DeflatedField(default=list)),
        migrations.RunPython(squeeze, migrations.RunPython.noop),
    ]
