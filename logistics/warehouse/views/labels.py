"""Labels to stick on: for one lot, for all that came today, for the shelves."""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from foodbank.catalog.models import Zone
from foodbank.core.dates import today
from foodbank.inventory.models import ScanMode
from foodbank.inventory.selectors.labels import lot_labels
from foodbank.labels.codes import code_url
from foodbank.labels.draw import LotLabel, draw_labels
from foodbank.labels.draw_places import PlaceLabel, draw_place_labels
from foodbank.labels.layouts import A4_24, LAYOUTS, ROLL_50X30, Layout
from foodbank.sites.models import Site
from logistics.warehouse.selectors.reading import place_code
from logistics.warehouse.selectors.sites import lots_known_at, shelves, standing
from logistics.warehouse.views.base import hand

MOST_COPIES = 240
"""Ten sheets: more is a slip of the hand."""


@hand(ScanMode.LOOK_UP)
def lot_label(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    """``copies`` of one lot's label (a lot of several boxes), the first ``skip`` places of the sheet left free."""
    lot = get_object_or_404(lots_known_at(site), code=code)
    labels = lot_labels(today(), base_url=settings.BASE_URL, lots=[lot])
    copies = min(MOST_COPIES, max(1, _number(request, "copies", 1)))
    return _pdf(request, labels * copies, f"label-{lot.code}", usual=ROLL_50X30, onward=("warehouse:lot", lot.code))


@hand(ScanMode.LOOK_UP)
def todays_labels(request: HttpRequest, site: Site) -> HttpResponse:
    lots = {row.lot_id: row.lot for row in standing(site).filter(lot__received_on=today())}
    labels = lot_labels(today(), base_url=settings.BASE_URL, lots=list(lots.values()))
    return _pdf(request, labels, f"labels-{site.code}-{today()}", usual=A4_24, onward=("warehouse:home",))


@hand(ScanMode.LOOK_UP)
def place_list(request: HttpRequest, site: Site) -> HttpResponse:
    places = [(place, place_code(place)) for place in shelves(site)]
    return render(request, "warehouse/places.html", {"site": site, "places": places, "layouts": LAYOUTS.values()})


@hand(ScanMode.LOOK_UP)
def place_labels(request: HttpRequest, site: Site) -> HttpResponse:
    labels = [
        PlaceLabel(
            code=place_code(place),
            url=code_url(settings.BASE_URL, place_code(place)),
            name=place.code,
            zone=place.zone,
            zone_word=Zone(place.zone).label,
        )
        for place in shelves(site)
    ]
    if not labels:
        messages.warning(request, _("この拠点には、まだ保管場所がありません。"))
        return redirect("warehouse:place_list")
    out = BytesIO()
    layout = LAYOUTS.get(request.GET.get("layout", ""), A4_24)
    draw_place_labels(labels, layout=layout, out=out)
    return _file(out, f"places-{site.code}-{layout.key}.pdf")


def _pdf(request: HttpRequest, labels: list[LotLabel], name: str, *, usual: Layout, onward: tuple[str, ...]) -> HttpResponse:
    layout = LAYOUTS.get(request.GET.get("layout", ""), usual)
    if not labels:
        messages.warning(request, _("在庫がないため、印刷するラベルはありません。"))
        return redirect(onward[0], *onward[1:])
    out = BytesIO()
    draw_labels(labels, layout=layout, out=out, skip=_number(request, "skip", 0) % layout.per_page)
    return _file(out, f"{name}-{layout.key}.pdf")


def _file(out: BytesIO, name: str) -> HttpResponse:
    out.seek(0)
    return HttpResponse(
        out.getvalue(), content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else usual
