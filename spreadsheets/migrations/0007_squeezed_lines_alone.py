from django.db import migrations

from common.fields import DeflatedField


class Migration(migrations.Migration):
    dependencies = [("spreadsheets", "0006_squeezed_lines")]

    operations = [
        migrations.RemoveField("upload", "understood"),
        migrations.RemoveField("upload", "written"),
        migrations.RenameField("upload", "understood_squeezed", "understood"),
        migrations.RenameField("upload", "written_squeezed", "written"),
        migrations.AlterField("upload", "understood", DeflatedField(default=dict, blank=True)),
        migrations.AlterField("upload", "written", DeflatedField(default=list, blank=True)),
    ]
