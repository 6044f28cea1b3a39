"""Keep the links that were found by name and unit until now."""

from typing import Any

from django.db import migrations


def link(apps: Any, schema_editor: Any) -> None:
    """Link a project's own indicator with the KPI's that it answers, of the same name and unit."""
    target_rows = apps.get_model("projects", "ProjectTarget").objects
    kpi_rows = apps.get_model("kpi", "KPI").objects
    newest = {
        version.indicator_id: version.unit_th
        for version in apps.get_model("kpi", "IndicatorVersion").objects.order_by(
            "from_year", "from_quarter"
        )
    }
    answered: dict[int, dict[tuple[str, str], int]] = {}
    for project, indicator, name in kpi_rows.filter(projects__isnull=False).values_list(
        "projects", "indicator", "indicator__name_th"
    ):
        answered.setdefault(project, {})[name, newest.get(indicator, "")] = indicator
    for row in target_rows.filter(kind="indicator", project__in=answered).order_by("-number"):
        found = answered[row.project_id].pop((row.name_th, row.unit_th), None)
        if found is not None:
            target_rows.filter(pk=row.pk).update(indicator_id=found)


class Migration(migrations.Migration):

    dependencies = [("projects", "0006_target_counts_in_indicator")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
