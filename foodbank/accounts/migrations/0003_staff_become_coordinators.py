"""Until now every member of staff was a coordinator: they stay so for a year from the upgrade, then somebody renews it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import migrations


def grant(apps, schema_editor):
    user_model = apps.get_model("accounts", "User")
    grant_model = apps.get_model("accounts", "RoleGrant")
    today = dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()
    for user in user_model.objects.filter(is_staff=True, is_active=True):
        grant_model.objects.create(
            user=user,
            role="coordinator",
            valid_from=today,
            valid_until=today + dt.timedelta(days=366),
            granted_by=user,
        )


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_roles")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
