"""The database itself refuses to change or delete a ledger row (R3). TRUNCATE is not refused: an empty database is no forgery."""

from django.db import migrations

SQLITE = {
    "movement_no_update": """
        CREATE TRIGGER movement_no_update BEFORE UPDATE ON inventory_movement
        BEGIN SELECT RAISE(ABORT, 'inventory_movement is append-only'); END
    """,
    "movement_no_delete": """
        CREATE TRIGGER movement_no_delete BEFORE DELETE ON inventory_movement
        BEGIN SELECT RAISE(ABORT, 'inventory_movement is append-only'); END
    """,
}
POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION inventory_movement_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'inventory_movement is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON inventory_movement
    FOR EACH ROW EXECUTE FUNCTION inventory_movement_append_only()
    """,
]


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    statements = SQLITE.values() if vendor == "sqlite" else POSTGRESQL if vendor == "postgresql" else ()
    for statement in statements:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
    elif vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS movement_append_only ON inventory_movement")
        schema_editor.execute("DROP FUNCTION IF EXISTS inventory_movement_append_only()")


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_holds_and_releases")]
    operations = [migrations.RunPython(guard, unguard)]
