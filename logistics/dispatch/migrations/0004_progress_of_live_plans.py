"""Plans that were published before there was anything to follow them with: their shipments and deliveries get their rows."""

import uuid
from collections import defaultdict

from django.db import migrations


def follow(apps, schema_editor):
    plan_model = apps.get_model("dispatch", "Plan")
    shipment_model = apps.get_model("dispatch", "Shipment")
    shipment_progress = apps.get_model("dispatch", "ShipmentProgress")
    delivery_model = apps.get_model("dispatch", "Delivery")
    reservation_model = apps.get_model("inventory", "Reservation")
    for plan in plan_model.objects.filter(status__in=("published", "started")).defer("document"):
        kept = defaultdict(list)
        for row in reservation_model.objects.filter(document=f"plan/{plan.pk}").order_by("-pk"):
            kept[row.lot_id, row.place_id, row.quantity].append(row.pk)
        rows, deliveries = [], {}
        shipments = shipment_model.objects.filter(plan=plan).select_related("order_line", "drop_stop").order_by("pk")
        for shipment in shipments:
            waiting = kept[shipment.lot_id, shipment.place_id, shipment.quantity] if shipment.lot_id else []
            rows.append(
                shipment_progress(
                    shipment=shipment, lot_id=shipment.lot_id, reservation_id=waiting.pop() if waiting else None
                )
            )
            if shipment.order_line_id:
                deliveries[shipment.drop_stop_id, shipment.order_line.order_id] = shipment.drop_stop.start
        shipment_progress.objects.bulk_create(rows, batch_size=500)
        delivery_model.objects.bulk_create(
            [
                delivery_model(public_id=uuid.uuid4(), plan=plan, stop_id=stop, order_id=order, eta=eta)
                for (stop, order), eta in deliveries.items()
            ],
            batch_size=500,
        )


class Migration(migrations.Migration):

    dependencies = [("dispatch", "0003_progress")]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
