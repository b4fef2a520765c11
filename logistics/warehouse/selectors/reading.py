"""What a text that somebody scanned or typed stands for, at the site where it was read."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from foodbank.catalog.models import Item
from foodbank.core.dates import DateMark, FoodDate, today
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Lot, Place
from foodbank.labels.codes import CodeKind, CodeRefused, ScanCode, make_code, read_code, sequence_of
from foodbank.labels.gs1 import Scan, ScanRefused, parse_scan
from foodbank.sites.models import Site
from logistics.warehouse.selectors.sites import lots_known_at, shelves

_OWN_AT_MOST = 10
"""Characters of one of our codes as people type it, in groups."""


@dataclass(frozen=True, slots=True)
class Product:
    """A maker's code: the item where it is known, and what the code itself says. ``proposed``: the item is only likely (a case)."""

    scan: Scan
    item: Item | None
    proposed: bool = False

    def date_for(self, item: Item) -> FoodDate | None:
        """The date in the code that is of the kind that ``item`` carries; the two kinds are never mixed."""
        return {DateMark.BEST_BEFORE: self.scan.best_before, DateMark.USE_BY: self.scan.use_by}.get(DateMark(item.date_mark))


def place_code(place: Place) -> str:
    """What stands on the place's label."""
    return make_code(place.pk, kind=CodeKind.PLACE)


def read_lot(text: str, site: Site) -> Lot:
    """The lot whose label was read. Refuses (404) ``warehouse.not_received`` for a maker's code, ``warehouse.not_a_lot``,
    ``warehouse.unknown_code`` and ``warehouse.elsewhere``: in each case with what to do."""
    own = _own_code(text)
    if own is None:
        product = _product(text)
        if product is None:
            raise unknown(text)
        name = product.item.name if product.item else ""
        raise Refusal(
            "warehouse.not_received",
            Text(
                f"これは商品のバーコードです{f'（{name}）' if name else ''}。受け入れて貼ったロットのラベルを読んでください。"
                "ラベルがなければ、まだ受け入れていません。先に「受け入れる」へ進んでください。",
                "This is the maker's code. Read the label of the lot; goods without one have not been received yet: receive them first.",
            ),
            params={"gtin": product.scan.gtin or ""},
            status=404,
        )
    if own.kind != CodeKind.LOT:
        raise Refusal(
            "warehouse.not_a_lot",
            Text("これは品物のラベルではありません。Lで始まるラベルを読んでください。", "Not a lot's label; those begin with L."),
            params={"code": own.text},
            status=404,
        )
    lot = lots_known_at(site).select_related("item__category", "release").filter(code=own.text).first()
    if lot is None:
        # Whether it exists elsewhere is not for somebody of this place to know (P13): one answer for both.
        raise Refusal(
            "warehouse.elsewhere",
            Text(
                f"ロット{own.text}は{site.name}にありません。ラベルの文字を確かめ、違う拠点の品なら、コーディネーターに知らせてください。",
                f"Lot {own.text} is not at {site.code}. Check the label; if it belongs to another depot, tell the coordinator.",
            ),
            params={"code": own.text, "site": site.code},
            status=404,
        )
    return lot


def read_place(text: str, site: Site) -> Place:
    """The place whose label was read or whose name was typed. Refuses (404) ``warehouse.not_a_place`` and
    ``warehouse.place_elsewhere``."""
    typed = unicodedata.normalize("NFKC", text).replace("\0", "").strip()  # PostgreSQL knows no NUL
    named = shelves(site).filter(code__iexact=typed).first()
    if named is not None:
        return named
    own = _own_code(text)
    if own is None or own.kind != CodeKind.PLACE:
        raise Refusal(
            "warehouse.not_a_place",
            Text(
                "これは置き場所のコードではありません。棚のQRを読むか、A-01 のように棚の名前を入力してください。",
                "Not a place. Read the QR on the shelf or type its name, such as A-01.",
            ),
            status=404,
        )
    place = shelves(site).filter(pk=sequence_of(own.text)).first()
    if place is None:
        raise Refusal(
            "warehouse.place_elsewhere",
            Text(
                f"この置き場所は{site.name}のものではないか、使われていません。この拠点の棚を読んでください。",
                f"This place is not one of {site.code}, or is closed. Read a shelf of this depot.",
            ),
            params={"code": own.text, "site": site.code},
            status=404,
        )
    return place


def read_product(text: str) -> Product:
    """What a maker's code says. Refuses ``scan.…`` and ``gtin.…`` faults, and ``warehouse.own_label`` for one of our labels."""
    if _own_code(text) is not None:
        raise Refusal(
            "warehouse.own_label",
            Text(
                "これは受け入れ済みの品のラベルです。受け入れるのは、まだラベルのない品です。",
                "This label is of goods that have been received; only goods without one are received.",
            ),
            status=409,
        )
    try:
        scan = parse_scan(text, today=today())
    except ScanRefused as fault:
        raise (unknown(text) if fault.code == "scan.unreadable" else fault) from None
    if scan.gtin is None:
        raise unknown(text)
    item = Item.objects.filter(gtin=scan.gtin, active=True).select_related("category").first()
    if item is not None or scan.in_store:
        return Product(scan, item)
    inner = Item.objects.filter(gtin=scan.inner_gtin, active=True).select_related("category").first()
    return Product(scan, inner, proposed=inner is not None)


def unknown(text: str) -> Refusal:
    """Nothing that we know; of what looks like one of our own codes it is said which character is wrong."""
    try:
        read_code(text)
    except CodeRefused as fault:
        if fault.code in ("label.check", "label.character") and len(text.strip()) <= _OWN_AT_MOST:
            return Refusal("warehouse.unknown_code", fault.text, params={"fault": fault.code}, status=404)
    return Refusal(
        "warehouse.unknown_code",
        Text(
            "このコードは分かりません。ラベルの8文字か、バーコードの数字をもう一度読んでください。",
            "This code is not known. Read the eight characters of a label or the digits of a bar code again.",
        ),
        params={"length": len(text)},
        status=404,
    )


def _own_code(text: str) -> ScanCode | None:
    try:
        return read_code(text)
    except CodeRefused:
        return None


def _product(text: str) -> Product | None:
    try:
        return read_product(text)
    except Refusal:
        return None
