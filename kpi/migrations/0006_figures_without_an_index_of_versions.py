import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kpi", "0005_entries_without_indexes_of_persons"),
    ]

    operations = [
        migrations.AlterField(
            model_name="figure",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kpi.indicatorversion",
            ),
        ),
    ]
