"""Categories, allergens and the dated allergen lists that every installation starts with.

Lists: 食品表示基準. 2023-03-09 added くるみ to the mandatory ones; 2024-03-28 replaced まつたけ by マカダミアナッツ among the recommended
ones; the 2026 amendment makes カシューナッツ mandatory and recommends ピスタチオ.
"""

import datetime as dt

from django.db import migrations

CATEGORIES = [
    ("bread", "パン", "Bread", True),
    ("rice", "米", "Rice", True),
    ("staple", "めん・主食", "Noodles and staples", True),
    ("protein", "肉・卵・豆・魚", "Protein", True),
    ("dairy", "乳製品", "Dairy", True),
    ("produce", "野菜・果物", "Fruit and vegetables", True),
    ("meal", "おかず・調理品", "Prepared food", True),
    ("snack", "菓子", "Snacks", True),
    ("drink", "飲み物", "Drinks", True),
    ("non_food", "食品以外", "Goods other than food", False),
]
MANDATORY = [
    ("えび", "Shrimp"), ("かに", "Crab"), ("くるみ", "Walnut"), ("小麦", "Wheat"),
    ("そば", "Buckwheat"), ("卵", "Egg"), ("乳", "Milk"), ("落花生", "Peanut"),
]
RECOMMENDED = [
    ("アーモンド", "Almond"), ("あわび", "Abalone"), ("いか", "Squid"), ("いくら", "Salmon roe"), ("オレンジ", "Orange"),
    ("カシューナッツ", "Cashew nut"), ("キウイフルーツ", "Kiwi fruit"), ("牛肉", "Beef"), ("ごま", "Sesame"), ("さけ", "Salmon"),
    ("さば", "Mackerel"), ("大豆", "Soybean"), ("鶏肉", "Chicken"), ("バナナ", "Banana"), ("豚肉", "Pork"),
    ("もも", "Peach"), ("やまいも", "Yam"), ("りんご", "Apple"), ("ゼラチン", "Gelatin"),
]
LATER = [("まつたけ", "Matsutake mushroom"), ("マカダミアナッツ", "Macadamia nut"), ("ピスタチオ", "Pistachio")]


def seed(apps, schema_editor):
    Category = apps.get_model("catalog", "Category")
    for code, name, name_en, is_food in CATEGORIES:
        Category.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en, "is_food": is_food})
    Allergen = apps.get_model("catalog", "Allergen")
    AllergenList = apps.get_model("catalog", "AllergenList")
    Entry = apps.get_model("catalog", "AllergenListEntry")
    known = {}
    for name, name_en in MANDATORY + RECOMMENDED + LATER:
        known[name], _ = Allergen.objects.get_or_create(name=name, defaults={"name_en": name_en})
    mandatory = [name for name, _ in MANDATORY]
    recommended = [name for name, _ in RECOMMENDED]
    editions = [
        (dt.date(2023, 3, 9), "食品表示基準（令和5年3月9日改正）", mandatory, [*recommended, "まつたけ"]),
        (dt.date(2024, 3, 28), "食品表示基準（令和6年3月28日改正）", mandatory, [*recommended, "マカダミアナッツ"]),
        (
            dt.date(2026, 4, 1),
            "食品表示基準（令和8年改正）",
            [*mandatory, "カシューナッツ"],
            [*(n for n in recommended if n != "カシューナッツ"), "マカダミアナッツ", "ピスタチオ"],
        ),
    ]
    for day, source, must, should in editions:
        edition, created = AllergenList.objects.get_or_create(effective_from=day, defaults={"source": source})
        if created:
            Entry.objects.bulk_create(
                [Entry(list=edition, allergen=known[name], mandatory=True) for name in must]
                + [Entry(list=edition, allergen=known[name], mandatory=False) for name in should]
            )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
