"""What the province tells of itself, and what its officers learn in a year."""

from projects.actions import StoryInput
from sakhon_portal.province.rows import Row
from sakhon_portal.province.stated import StatedLearning


def learning(seed: Row) -> StatedLearning:
    rule = seed.row("hr_rule")
    return StatedLearning(
        rule.whole("min_topics_per_year"),
        rule.whole("min_digital_topics_per_year"),
        f"{rule.text('th')} ({seed.words('source')})",
    )


def stories(seed: Row) -> list[StoryInput]:
    """Read the outstanding result that the province tells of, where it names its address."""
    stated = seed.row("outstanding_project")
    if not stated.words("slug"):
        return []
    return [
        StoryInput(
            slug=stated.text("slug"),
            name_th=stated.text("story_name_th"),
            name_en=stated.words("story_name_en"),
            lede_th=stated.text("lede_th"),
            lede_en=stated.words("lede_en"),
            body_th=stated.words("body_th"),
            online_th=stated.texts("online_services_th"),
            countries_th=stated.texts("markets_th"),
            system_name=stated.words("system"),
            source=seed.words("source"),
            order=1,
        )
    ]
