"""Orders from before get their public number; then each has one of its own."""

import uuid

from django.db import migrations, models

BATCH = 500


def number(apps, schema_editor):
    Order = apps.get_model("partners", "Order")
    while True:
        rows = list(Order.objects.filter(public_id__isnull=True).order_by("pk")[:BATCH])
        if not rows:
            return
        for row in rows:
            row.public_id = uuid.uuid4()
        Order.objects.bulk_update(rows, ["public_id"])


class Migration(migrations.Migration):

    dependencies = [("partners", "0002_keys_rules_and_order_ids")]

    operations = [
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="order",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="公開番号"),
        ),
    ]
