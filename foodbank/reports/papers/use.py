"""使途報告: what became of a donor's goods. Kinds of organisations only, never a name (D3, D19), never a value (D4)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.core.units import kg
from foodbank.inventory.models import Reason
from foodbank.reports.paper import Cell, Column, Paper, Row, Table, exact_kg
from foodbank.reports.papers.words import full_day, issuer, period, short_day
from foodbank.reports.selectors.destinations import KINDS
from foodbank.reports.selectors.use import Fate, LotUse, UseReport

DISCARDS = (Reason.DISCARD_EXPIRED, Reason.DISCARD_DAMAGED, Reason.DISCARD_TEMPERATURE, Reason.DISCARD_OTHER)


def use_paper(report: UseReport) -> Paper:
    """The words of ``report``, in the language in force."""
    total = report.total
    estimated = any(use.lot.weight_estimated for use in report.lots)
    notes = [
        _("受け取った重さは、行き先・廃棄・在庫の合計と、棚卸の差を入れて、グラムまで一致します。"),
        _("お渡し先は団体の種類だけを記載しています。金額は記載していません。"),
    ]
    if estimated:
        notes.append(_("「約」の重さは推定です。"))
    return Paper(
        title=_("使途報告"),
        number=f"U{report.first:%Y%m%d}-{report.last:%Y%m%d}-{report.donor.code}",
        issuer=issuer(),
        file_name=f"U{report.first:%Y%m%d}-{report.last:%Y%m%d}-{report.donor.code}-{report.as_of:%Y%m%d}",
        to=report.donor.name,
        lead=_("いただいた品が、その後どうなったかをお知らせします。"),
        facts=(
            (_("受領の期間"), period(report.first, report.last)),
            (_("いつの時点か"), _("%(day)s の終わり") % {"day": full_day(report.as_of)}),
            (_("受け取った重さ"), f"{exact_kg(total.received_g)} kg"),
            (_("寄付者コード"), report.donor.code),
        ),
        tables=(_summary(total), _lots(report.lots)) if report.lots else (_lots(()),),
        notes=tuple(notes),
        sheet=tuple(_sheet(report)),
    )


def _outcomes(fate: Fate) -> list[tuple[str, int]]:
    """Where it went, in words, and grams; what is nothing is left out."""
    found = [(str(word), fate.given_g.get(kind, 0)) for kind, word in KINDS.items()]
    found += [(_(str(reason.label)), fate.discarded_g.get(reason, 0)) for reason in DISCARDS]
    found.append((_("在庫"), fate.there_g))
    return [(word, grams) for word, grams in found if grams]


def _summary(total: Fate) -> Table:
    columns = (Column(_("行き先"), 0.6), Column(_("重さ（kg）"), 0.22, number=True), Column(_("割合"), 0.18, number=True))
    everything = total.received_g + total.counted_g

    def row(word: str, grams: int) -> Row:
        return Row((word, exact_kg(grams), f"{100 * grams / everything:.1f} %" if everything else "–"))

    rows = [row(word, grams) for word, grams in _outcomes(total)]
    if total.counted_g:
        rows.append(Row((_("棚卸の差（受け取った重さとの差）"), exact_kg(-total.counted_g), "")))
    return Table(_("行き先のまとめ"), columns, tuple(rows), Row((_("受け取った重さ"), exact_kg(total.received_g), "")))


def _lots(lots: tuple[LotUse, ...]) -> Table:
    columns = (
        Column(_("受領日"), 0.20),
        Column(_("品名"), 0.34),
        Column(_("受け取った重さ（kg）"), 0.14, number=True),
        Column(_("行き先（kg）"), 0.32),
    )
    rows = tuple(
        Row(
            (
                short_day(use.lot.received_on),
                use.lot.item.name,
                _("約 %(kg)s") % {"kg": exact_kg(use.fate.received_g)}
                if use.lot.weight_estimated
                else exact_kg(use.fate.received_g),
                "\n".join(f"{word} {exact_kg(grams)}" for word, grams in [*_outcomes(use.fate), *_counted(use.fate)]),
            ),
            url=reverse("inventory:code", args=[use.lot.code]),
        )
        for use in lots
    )
    return Table(_("品ごとの行き先"), columns, rows, nothing=_("この期間に受け取った品はありません。"))


def _counted(fate: Fate) -> list[tuple[str, int]]:
    return [(_("棚卸の差"), -fate.counted_g)] if fate.counted_g else []


def _sheet(report: UseReport) -> list[tuple[Cell, ...]]:
    """One line a donation, one column a destination; in Japanese, since files go to donors. What follows 受領 in a line adds up to it."""
    kinds = list(KINDS)
    head = ("受領日", "ロット", "JANコード", "品名", "推定", "受領（kg）")
    given = tuple(f"お渡し {KINDS[kind]}（kg）" for kind in kinds)
    gone = tuple(f"{reason.label}（kg）" for reason in DISCARDS)
    rows: list[tuple[Cell, ...]] = [(*head, *given, *gone, "在庫（kg）", "棚卸の差（kg）")]
    for use in report.lots:
        lot, fate = use.lot, use.fate
        about = "推定" if lot.weight_estimated else ""
        rows.append((lot.received_on.isoformat(), lot.code, lot.item.gtin, lot.item.name, about, *_amounts(fate)))
    rows.append(("合計", "", "", "", "", *_amounts(report.total)))
    return rows


def _amounts(fate: Fate) -> tuple[Cell, ...]:
    grams = [fate.received_g, *(fate.given_g.get(kind, 0) for kind in KINDS)]
    grams += [*(fate.discarded_g.get(reason, 0) for reason in DISCARDS), fate.there_g, -fate.counted_g]
    return tuple(kg(one, 3) for one in grams)
