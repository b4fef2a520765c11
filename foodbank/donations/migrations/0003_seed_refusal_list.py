"""The refusal list that every installation starts with (D9); the food bank edits it from there."""

import datetime as dt

from django.db import migrations

REASONS = [
    ("opened", "開封済み", "Opened"),
    ("home_made", "手作り品", "Home-made"),
    ("no_date", "期限の表示がない（表示が必要な品）", "No date where the law asks for one"),
    ("date_past", "期限切れ", "Past its date"),
    ("alcohol", "酒類", "Alcohol"),
    ("damaged_seal", "包装や封の破れ", "Damaged seal"),
    ("no_cold_equipment", "冷蔵・冷凍の設備がない", "Chilled or frozen without equipment"),
    ("temperature", "温度の逸脱", "Out of its temperature"),
    ("other", "その他（備考に記入）", "Other (see the note)"),
]


def seed(apps, schema_editor):
    RefusalReason = apps.get_model("donations", "RefusalReason")
    for code, name, name_en in REASONS:
        RefusalReason.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "effective_from": dt.date(2020, 1, 1)}
        )


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_refusals")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
