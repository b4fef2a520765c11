"""A vehicle's goods: fetched from the shelves in one walk, loaded with what is dropped last first."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of
from foodbank.core.device import sent_by, wants_json
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import ScanMode
from foodbank.sites.models import Site
from logistics.dispatch.models import Route, StepKind
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.handover.undo import last_batch, take_back
from logistics.warehouse.selectors.finding import load_of, pick_of
from logistics.warehouse.selectors.reading import read_lot, read_place
from logistics.warehouse.selectors.routes import Load, RouteLoad, route_loads, zones_left
from logistics.warehouse.selectors.sites import shelves
from logistics.warehouse.services.picking import pick, put_back
from logistics.warehouse.views.base import done, hand


@hand(ScanMode.LOAD)
def route_list(request: HttpRequest, site: Site) -> HttpResponse:
    return render(request, "warehouse/routes.html", {"site": site, "routes": route_loads(site)})


@hand(ScanMode.PICK)
def pick_page(request: HttpRequest, site: Site, vehicle: str) -> HttpResponse:
    route = _route(site, vehicle)
    here = reverse("warehouse:pick", args=[vehicle])
    if request.method != "POST":
        return render(request, "warehouse/pick.html", _pick_context(site, route))
    lot = read_lot(request.POST.get("code", ""), site)
    found = pick_of(lot, route)
    sent = sent_by(request)
    movement = pick(
        shipment=found.load.shipment,
        site=site,
        lot=lot if found.place else None,
        place=found.place,
        reason=request.POST.get("reason", ""),
        client_id=sent.client_id,
        device_time=sent.device_time,
        actor=actor_of(request),
    )
    text = _("{item} {n} 点を取り出しました（{stop}番目 {site} の分）。").format(
        item=found.load.shipment.item.name, n=movement.quantity, **_stop(found.load)
    )
    fresh = _route(site, vehicle)
    html = render_to_string("warehouse/parts/pick_list.html", _pick_context(site, fresh), request)
    return done(request, text, go="" if wants_json(request) else here, html=html)


@require_POST
@hand(ScanMode.PICK)
def put_back_page(request: HttpRequest, site: Site, vehicle: str, pk: int) -> HttpResponse:
    route = _route(site, vehicle)
    one = next((one for one in route.loads if one.shipment.pk == pk and one.picked), None)
    if one is None:
        raise Http404
    target = read_place(request.POST.get("place", ""), site)
    sent = sent_by(request)
    put_back(
        shipment=one.shipment, target=target, client_id=sent.client_id, device_time=sent.device_time, actor=actor_of(request)
    )
    return done(request, _("{place}に戻しました。").format(place=target.code), go=reverse("warehouse:pick", args=[vehicle]))


@hand(ScanMode.LOAD)
def load_page(request: HttpRequest, site: Site, vehicle: str) -> HttpResponse:
    route = _route(site, vehicle)
    here = reverse("warehouse:load", args=[vehicle])
    if request.method != "POST":
        return render(request, "warehouse/load.html", _load_context(site, route))
    one = load_of(read_lot(request.POST.get("code", ""), site), route)
    sent = sent_by(request)
    movement = load(
        shipment=one.shipment, client_id=sent.client_id, device_time=sent.device_time, actor=actor_of(request)
    )  # fmt: skip
    text = _("{item} {n} 点を積みました（{stop}番目 {site} へ）。").format(
        item=one.shipment.item.name, n=movement.quantity, **_stop(one)
    )
    fresh = _route(site, vehicle)
    html = render_to_string("warehouse/parts/load_list.html", _load_context(site, fresh), request)
    return done(request, text, go="" if wants_json(request) else here, html=html)


@require_POST
@hand(ScanMode.LOAD)
def unload(request: HttpRequest, site: Site, vehicle: str) -> HttpResponse:
    """The last thing loaded was a slip: the same undo as the driver's, which goes no further back than what nobody has built upon."""
    route = _route(site, vehicle).route
    batch = _last_load(route)
    if batch is None or request.POST.get("batch") != str(batch):
        raise Refusal(
            "dispatch.not_the_last",
            Text(
                "そのあとに別の作業があるため、取り消せません。画面を開き直してください。",
                "Something was done after it. Open the page again.",
            ),
        )
    take_back(route=route, batch=batch, actor=actor_of(request))
    return done(request, _("最後に積んだものを取り消しました。"), go=reverse("warehouse:load", args=[vehicle]))


def _last_load(route: Route) -> uuid.UUID | None:
    """The number of the last press of a button on the route, if it was loading."""
    steps = last_batch(route)
    return steps[-1].batch if steps and all(step.kind == StepKind.LOAD for step in steps) else None


def _route(site: Site, vehicle: str) -> RouteLoad:
    """Today's route of a vehicle of this place; 404 for others' and unknown ones alike."""
    found = route_loads(site, vehicle=vehicle)
    if not found:
        raise Http404
    return found[0]


def _stop(one: Load) -> dict[str, Any]:
    stop = one.shipment.drop_stop
    return {"stop": stop.sequence, "site": stop.site.name}


def _pick_context(site: Site, route: RouteLoad) -> dict[str, Any]:
    picked = [one for one in route.loads if one.picked and one.open]
    return {
        "site": site,
        "route": route,
        "rows": route.in_shelf_order,
        "picked": picked,
        "places": shelves(site) if picked else (),
    }


def _load_context(site: Site, route: RouteLoad) -> dict[str, Any]:
    rows = route.in_loading_order
    return {
        "site": site,
        "route": route,
        "rows": [one for one in rows if one.open],
        "loaded": [one for one in rows if one.done],
        "called_off": [one for one in rows if one.called_off and not one.done],
        "zones": zones_left(rows),
        "undo": _last_load(route.route),
    }
