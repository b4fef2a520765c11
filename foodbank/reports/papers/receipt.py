"""受領書: what came from a donor on a day. Never a price or a value (D4)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.core.templatetags.words import food_date, zone_word
from foodbank.donations.models import RefusedGoods
from foodbank.inventory.models import Condition
from foodbank.reports.paper import Cell, Column, Paper, Row, Table, exact_kg
from foodbank.reports.papers.words import english, full_day, issuer, moment
from foodbank.reports.selectors.receipts import Receipt, ReceiptLine


def receipt_paper(receipt: Receipt) -> Paper:
    """The words of ``receipt``, in the language in force."""
    refused = (_refused_table(receipt),) if receipt.refused else ()
    notes = [_("この受領書には金額を記載していません。")]
    if receipt.estimated_g:
        notes.append(_("「約」の重さは推定です。"))
    if receipt.corrected:
        notes.insert(0, _("受け取ったあとに数を訂正しています。訂正した行に、はじめの数を書き添えました。"))
    return Paper(
        title=_("受領書"),
        number=receipt.number,
        issuer=issuer(),
        file_name=receipt.number,
        to=receipt.donor.name,
        mark=_("訂正版") if receipt.corrected else "",
        lead=_("下記の品を確かに受け取りました。ありがとうございます。"),
        facts=(
            (_("受領日"), full_day(receipt.day)),
            (_("番号"), receipt.number),
            (_("寄付者コード"), receipt.donor.code),
            (_("記録の時点"), moment(receipt.recorded_at)),
        ),
        tables=(_goods_table(receipt), *refused),
        notes=tuple(notes),
        sealed=True,
        sheet=tuple(_sheet(receipt)),
    )


def _goods_table(receipt: Receipt) -> Table:
    columns = (
        Column(_("品名"), 0.38),
        Column(_("期限"), 0.27),
        Column(_("温度帯"), 0.09),
        Column(_("点数"), 0.10, number=True),
        Column(_("重さ（kg）"), 0.16, number=True),
    )
    rows = tuple(
        Row(
            (line.lot.item.name, _date(line), zone_word(line.lot.zone), f"{line.units:,}", _weight(line)),
            remark=_remark(line),
            url=reverse("inventory:code", args=[line.lot.code]),
        )
        for line in receipt.lines
    )
    total = Row((_("合計"), "", "", f"{receipt.units:,}", _about(receipt.grams, receipt.estimated_g > 0)))
    return Table(_("受け取った品"), columns, rows, total)


def _refused_table(receipt: Receipt) -> Table:
    columns = (Column(_("品名"), 0.42), Column(_("点数"), 0.12, number=True), Column(_("理由"), 0.46))
    rows = tuple(
        Row((one.item.name, f"{one.quantity:,}", one.reason.name_en if english() else one.reason.name), remark=one.note)
        for one in receipt.refused
    )
    return Table(_("お受けできなかった品"), columns, rows)


def _date(line: ReceiptLine) -> str:
    return str(food_date(line.lot.date_mark, line.lot.last_day, line.lot.date_precision, line.lot.safe_until))


def _weight(line: ReceiptLine) -> str:
    return _about(line.grams, line.lot.weight_estimated)


def _about(grams: int, estimated: bool) -> str:
    return _("約 %(kg)s") % {"kg": exact_kg(grams)} if estimated else exact_kg(grams)


def _remark(line: ReceiptLine) -> str:
    parts = []
    if line.corrected_at is not None:
        parts.append(
            _("訂正: はじめの記録は %(first)d 点（%(when)s に訂正）")
            % {"first": line.first_units, "when": moment(line.corrected_at)}
        )
    if line.lot.condition != Condition.GOOD:
        parts.append(_(str(line.lot.get_condition_display())))
    return "　".join(parts)


def _sheet(receipt: Receipt) -> list[tuple[Cell, ...]]:
    """Goods and refused goods in one list; in Japanese, since files go to donors."""
    head = (
        "番号",
        "受領日",
        "寄付者コード",
        "寄付者",
        "区分",
        "JANコード",
        "品名",
        "期限",
        "点数",
        "重さ（g）",
        "推定",
        "ロット",
        "備考",
    )
    first = (receipt.number, receipt.day.isoformat(), receipt.donor.code, receipt.donor.name)
    rows: list[tuple[Cell, ...]] = [head]
    for line in receipt.lines:
        item, estimated = line.lot.item, "推定" if line.lot.weight_estimated else ""
        last = line.lot.last_day.isoformat() if line.lot.last_day else ""
        rows.append((*first, "受領", item.gtin, item.name, last, line.units, line.grams, estimated, line.lot.code, _remark(line)))
    rows += [
        (*first, "お断り", one.item.gtin, one.item.name, "", one.quantity, None, "", "", _why(one)) for one in receipt.refused
    ]
    return rows


def _why(one: RefusedGoods) -> str:
    return "　".join(part for part in (one.reason.name, one.note) if part)
