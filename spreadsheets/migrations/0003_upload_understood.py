from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spreadsheets", "0002_upload_for_a_year")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="understood",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
