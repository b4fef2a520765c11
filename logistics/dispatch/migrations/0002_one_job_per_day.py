from django.db import migrations, models


def end_old_jobs(apps, schema_editor):
    """A job that is under way still stores its plan; what has stopped for good may not stand in the constraint's way."""
    apps.get_model("dispatch", "PlanJob").objects.filter(state__in=("waiting", "running")).update(state="failed")


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial")]

    operations = [
        migrations.RunPython(end_old_jobs, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="planjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))), fields=("day",), name="one_job_per_day_at_a_time"
            ),
        ),
    ]
