"""重さの集計: what came, went and was there, in kilograms, for any past day or period (D18)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from foodbank.catalog.models import Category
from foodbank.core.templatetags.words import zone_word
from foodbank.core.units import kg
from foodbank.inventory.selectors.totals import Totals
from foodbank.reports.paper import Cell, Column, Paper, Row, Table, exact_kg
from foodbank.reports.papers.words import issuer, period
from foodbank.reports.selectors.kilograms import Kilograms, Line


def kilograms_paper(report: Kilograms) -> Paper:
    """The words of ``report``, in the language in force."""
    span = f"{report.first:%Y%m%d}" + (f"-{report.last:%Y%m%d}" if report.last != report.first else "")
    return Paper(
        title=_("重さの集計"),
        number=f"K{span}",
        issuer=issuer(),
        file_name=f"K{span}",
        mark="" if report.over else _("途中の数字"),
        facts=((_("期間"), period(report.first, report.last)), (_("もと"), _("入出庫台帳"))),
        tables=(
            _balance(report),
            _lines(_("受入（寄付者ごと）"), report.received, _("受入はありません。"), coded=True),
            _lines(_("お渡し（団体の種類ごと）"), report.given, _("お渡しはありません。")),
            _lines(_("廃棄（理由ごと）"), report.discarded, _("廃棄はありません。")),
            _stock(report),
        ),
        notes=(
            _("訂正は、訂正した日の数字に入ります。終わった日の重さは、あとから変わりません。"),
            _("「うち推定」は、はかっていない重さです。"),
        ),
        sheet=tuple(_sheet(report)),
    )


def _balance(report: Kilograms) -> Table:
    columns = (Column(_("区分"), 0.6), Column(_("重さ（kg）"), 0.4, number=True))
    rows = [Row((_("はじめの在庫"), exact_kg(report.before.on_hand_g)))]
    if report.opening.grams:
        rows.append(Row((_("期首在庫の登録"), exact_kg(report.opening.grams))))
    rows += [
        Row((_("受入"), exact_kg(report.received_g))),
        Row((_("お渡し"), exact_kg(-report.given_g))),
        Row((_("廃棄"), exact_kg(-report.discarded_g))),
        Row((_("棚卸の差"), exact_kg(report.counted.grams))),
    ]
    return Table(_("出入り"), columns, tuple(rows), Row((_("終わりの在庫"), exact_kg(report.after.on_hand_g))))


def _lines(title: str, lines: tuple[Line, ...], nothing: str, *, coded: bool = False) -> Table:
    """``coded``: the key is a code that people use."""
    columns = (Column(_("区分"), 0.6), Column(_("重さ（kg）"), 0.22, number=True), Column(_("うち推定（kg）"), 0.18, number=True))
    rows = tuple(
        Row((f"{line.name}　{line.key}" if coded else line.name, *_weights(line.grams, line.estimated_g))) for line in lines
    )
    total = Row((_("合計"), *_weights(sum(one.grams for one in lines), sum(one.estimated_g for one in lines))))
    return Table(title, columns, rows, total if rows else None, nothing)


def _weights(grams: int, estimated_g: int) -> tuple[str, str]:
    return exact_kg(grams), exact_kg(estimated_g) if estimated_g else "–"


def _stock(report: Kilograms) -> Table:
    columns = (
        Column(_("区分"), 0.4),
        Column(_("はじめ（kg）"), 0.3, number=True),
        Column(_("終わり（kg）"), 0.3, number=True),
    )
    names = dict(Category.objects.values_list("code", "name"))
    rows = [
        *(Row((zone_word(key), exact_kg(one), exact_kg(two))) for key, one, two in _pairs(report, "by_zone")),
        *(Row((_(names[key]), exact_kg(one), exact_kg(two))) for key, one, two in _pairs(report, "by_category")),
    ]
    return Table(_("在庫（温度帯ごと、分類ごと）"), columns, tuple(rows), nothing=_("在庫はありません。"))


def _pairs(report: Kilograms, part: str) -> list[tuple[str, int, int]]:
    """Keys of both ends, each with the grams at the beginning and at the end."""
    before, after = _grams(report.before, part), _grams(report.after, part)
    return [(key, before.get(key, 0), after.get(key, 0)) for key in {**before, **after}]


def _grams(totals: Totals, part: str) -> dict[str, int]:
    return dict(totals.by_zone if part == "by_zone" else totals.by_category)


def _sheet(report: Kilograms) -> list[tuple[Cell, ...]]:
    """Codes and grams only, in Japanese: no name that somebody may change later, so that the file of a period that is over has the same
    bytes whenever it is made (D18)."""
    first, last = report.first.isoformat(), report.last.isoformat()
    rows: list[tuple[Cell, ...]] = [("から", "まで", "区分", "コード", "重さ（g）", "重さ（kg）", "うち推定（g）")]

    def add(group: str, key: str, grams: int, estimated_g: int | None = None) -> None:
        rows.append((first, last, group, key, grams, kg(grams, 3), estimated_g))

    add("はじめの在庫", "", report.before.on_hand_g)
    add("期首在庫の登録", "", report.opening.grams, report.opening.estimated_g)
    for group, lines in (("受入", report.received), ("お渡し", report.given), ("廃棄", report.discarded)):
        add(group, "", sum(line.grams for line in lines), sum(line.estimated_g for line in lines))
        for line in lines:
            add(f"{group}の内訳", line.key, line.grams, line.estimated_g)
    add("棚卸の差", "", report.counted.grams, report.counted.estimated_g)
    add("終わりの在庫", "", report.after.on_hand_g)
    for group, part in (("在庫の温度帯", "by_zone"), ("在庫の分類", "by_category")):
        for key, grams in sorted(_grams(report.after, part).items()):
            add(group, key, grams)
    return rows
