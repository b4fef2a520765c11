"""What waits today, where things are, and what I did."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.accounts.access import access_of, actor_of
from foodbank.core.dates import today
from foodbank.core.pages import bound
from foodbank.donations.services.settling import correct_receipt
from foodbank.inventory.models import Place, ScanMode
from foodbank.inventory.selectors.label_page import label_page
from foodbank.labels.codes import CodeKind, CodeRefused, read_code, sequence_of
from foodbank.labels.layouts import LAYOUTS
from foodbank.sites.models import Site
from logistics.warehouse.forms import CorrectForm
from logistics.warehouse.selectors.home import expiring, home
from logistics.warehouse.selectors.mine import mine
from logistics.warehouse.selectors.reading import place_code, read_lot, read_place, read_product, unknown
from logistics.warehouse.selectors.sites import lots_known_at, shelves, standing, workplaces
from logistics.warehouse.views.base import done, hand, scanned


@hand(ScanMode.LOOK_UP)
def home_page(request: HttpRequest, site: Site) -> HttpResponse:
    context = {"site": site, "home": home(site), "sites": list(workplaces(access_of(request)))}
    return render(request, "warehouse/home.html", context)


@hand(ScanMode.LOOK_UP)
def expiring_page(request: HttpRequest, site: Site) -> HttpResponse:
    return render(request, "warehouse/expiring.html", {"site": site, "rows": expiring(site), "today": today()})


@hand(ScanMode.LOOK_UP)
def find(request: HttpRequest, site: Site) -> HttpResponse:
    def onward(text: str) -> HttpResponse:
        try:
            kind = read_code(text).kind
        except CodeRefused:
            kind = None
        if kind == CodeKind.STOP:
            raise unknown(text)
        if kind == CodeKind.LOT:
            return redirect("warehouse:lot", code=read_lot(text, site).code)
        if kind == CodeKind.PLACE or shelves(site).filter(code__iexact=text).exists():
            return redirect("warehouse:place", code=place_code(read_place(text, site)))
        item = read_product(text).item
        if item is None:
            raise unknown(text)
        rows = [row for row in standing(site) if row.lot.item_id == item.pk]
        return render(request, "warehouse/item.html", {"site": site, "item": item, "rows": rows, "today": today()})

    return scanned(request, site, template="warehouse/find.html", onward=onward, context={})


@hand(ScanMode.LOOK_UP)
def lot_page(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    lot = get_object_or_404(lots_known_at(site), code=code)
    page = label_page(lot.code, today())
    here = [one for one in page.places if one.place.site_id == site.pk] if page else []
    context = {"site": site, "page": page, "here": here, "layouts": LAYOUTS.values()}
    return render(request, "warehouse/lot.html", context)


@hand(ScanMode.LOOK_UP)
def place_page(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    place = _place(site, code)
    rows = [row for row in standing(site) if row.place_id == place.pk]
    return render(request, "warehouse/place.html", {"site": site, "place": place, "rows": rows, "code": place_code(place)})


def _place(site: Site, code: str) -> Place:
    try:
        number = sequence_of(read_code(code).text)
    except CodeRefused:
        number = -1
    return get_object_or_404(shelves(site), pk=number)


@hand(ScanMode.LOOK_UP)
def my_work(request: HttpRequest, site: Site) -> HttpResponse:
    return render(request, "warehouse/mine.html", {"site": site, "rows": mine(actor=actor_of(request), site=site)})


@hand(ScanMode.LOOK_UP)
def correct_page(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    rows = {row.movement.pk: row for row in mine(actor=actor_of(request), site=site)}
    if pk not in rows:
        raise Http404
    row = rows[pk]
    form = bound(request, CorrectForm, movement=row.movement)
    if form.is_bound and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        correct_receipt(movement=row.movement, quantity=values["quantity"], note=values["note"], actor=actor_of(request))
        return done(request, _("直しました。"), go=reverse("warehouse:mine"))
    context = {"site": site, "row": row, "form": form}
    return render(request, "warehouse/correct.html", context, status=422 if form.is_bound else 200)
