"""The triggers that keep the log append-only, on both databases."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("audit_event", "audit_seal")


def hold(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers; does nothing where they are already there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS $$ "
                "BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql"
            )
        for name, statement in _triggers(connection):
            if name not in _present(connection):
                cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers. Only the test fixture that flushes tables calls this."""
    with connection.cursor() as cursor:
        for name, _statement in _triggers(connection):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {_table_of(name)}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that should be there and are not."""
    present = _present(connection)
    return [name for name, _statement in _triggers(connection) if name not in present]


def _table_of(trigger: str) -> str:
    return next(table for table in TABLES if trigger.startswith(table + "_no_"))


def _triggers(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    triggers = []
    for table in TABLES:
        if connection.vendor == "postgresql":
            triggers += [
                (
                    f"{table}_no_change",
                    (
                        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
                    ),
                ),
                (
                    f"{table}_no_truncate",
                    (
                        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
                    ),
                ),
            ]
        else:
            triggers += [
                (
                    f"{table}_no_{what.lower()}",
                    (
                        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
                    ),
                )
                for what in ("UPDATE", "DELETE")
            ]
    return triggers


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A disabled trigger holds nothing, so it counts as missing.
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {row[0] for row in cursor.fetchall()}
