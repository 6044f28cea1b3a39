"""The rows of the test database, away at once: most tables hold none, and emptying each costs as much."""

from django.db import connection, transaction

from audit import append_only

# Filled by migrating, and the same for every test.
STAY = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def tables() -> list[str]:
    """Return every table of a model, and those that join two, in the order of their names."""
    return sorted(connection.introspection.django_table_names(only_existing=True))


def filled(names: list[str]) -> list[str]:
    """Return those of the tables that hold a row, asked in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names
            )
        )
        return [name for (name,) in cursor.fetchall()]


def remove_all() -> None:
    """Empty every table but `STAY`, the append-only log too.

    PostgreSQL gives each table that is truncated new files, some 250 at every test; a row that is
    deleted costs nothing of that. Foreign keys are looked at when the transaction ends.
    """
    names = filled([name for name in tables() if name not in STAY])
    append_only.lift(connection)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DELETE FROM {name}")
    finally:
        append_only.hold(connection)
