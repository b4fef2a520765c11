"""The driver's pages: today's routes, the next stop, and what is done there. Each works as a plain form without a script."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foodbank.accounts.access import access_of, actor_of, role_required
from foodbank.accounts.models import Role
from foodbank.core.converters import day_asked
from foodbank.core.dates import today
from foodbank.core.device import repeatable, sent_by, wants_json
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.forms import EntryForm, own_language
from foodbank.inventory.models import ScanMode
from foodbank.inventory.services.refused_scans import keep_refused_scan
from logistics.dispatch.driving_forms import CollectForm, CountForm, FailForm, FinishForm, LateForm, VisitForm
from logistics.dispatch.models import FailReason, Route, Shipment, Stop
from logistics.dispatch.selectors.driving import AtShop, drive_page, drivers_home, may_open, may_take, routes
from logistics.dispatch.selectors.stop_scan import read_at_stop
from logistics.dispatch.services import handover
from logistics.dispatch.services.news import seen
from logistics.fleet.models import Shift
from logistics.fleet.services.vehicles import take_shift

P = ParamSpec("P")
StopView = Callable[Concatenate[HttpRequest, Stop, P], HttpResponse]


@require_GET
@role_required(Role.DRIVER)
def home(request: HttpRequest) -> HttpResponse:
    """Who drives what today; coordinators may look at another day."""
    access = access_of(request)
    asked = day_asked(request.GET.get("day")) if access.has(Role.COORDINATOR) else None
    found = drivers_home(asked or today(), user=actor_of(request), access=access)
    return render(request, "dispatch/driving/home.html", {"home": found})


@require_GET
@role_required(Role.DRIVER)
def route(request: HttpRequest, pk: int) -> HttpResponse:
    """The next stop, large, and what comes after it."""
    return render(request, "dispatch/driving/route.html", _context(_own(request, pk), None))


@require_POST
@role_required(Role.DRIVER)
@repeatable
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: this vehicle is mine today."""
    found = get_object_or_404(routes(), pk=pk)
    if not may_open(found, user=actor_of(request), access=access_of(request)) and not may_take(found, access=access_of(request)):
        raise Http404
    shift = get_object_or_404(Shift, vehicle=found.vehicle_id, day=found.plan.day)
    return _do(
        request,
        lambda: take_shift(shift=shift, driver=actor_of(request)),
        done=_("この車に乗ることを記録しました。"),
        go=reverse("driving:route", args=[pk]),
        refused=reverse("driving:home"),
    )


@require_POST
@role_required(Role.DRIVER)
@repeatable
def news_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """The driver has looked at what a new plan changed."""
    found = _own(request, pk)
    go = reverse("driving:route", args=[pk])
    return _do(request, lambda: seen(route=found, actor=actor_of(request)), done=_("変更を確認しました。"), go=go)


@require_POST
@role_required(Role.DRIVER)
@repeatable
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """The vehicle is back at the depot."""
    found = _own(request, pk)

    def act() -> None:
        handover.finish_route(route=found, device_time=sent_by(request).device_time, actor=actor_of(request))

    return _do(request, act, done=_("帰着を記録しました。お疲れさまでした。"), go=reverse("driving:route", args=[pk]))


@require_POST
@role_required(Role.DRIVER)
@repeatable
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was done last."""
    found = _own(request, pk)
    try:
        batch = uuid.UUID(request.POST.get("batch", ""))
    except ValueError:
        raise Http404 from None
    steps = handover.last_batch(found)
    go = reverse("driving:stop", args=[steps[0].stop.code]) if steps else reverse("driving:route", args=[pk])
    return _do(
        request, lambda: handover.take_back(route=found, batch=batch, actor=actor_of(request)), done=_("取り消しました。"), go=go
    )


def at_stop(view: StopView[P]) -> Callable[..., HttpResponseBase]:
    """A POST about one stop of a route that the person may open; each counts once."""

    @repeatable
    def once(request: HttpRequest, /, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, _own_stop(request, code), *args, **kwargs)

    @require_POST
    @role_required(Role.DRIVER)
    @wraps(view)
    def guarded(request: HttpRequest, /, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        answer = once(request, code, *args, **kwargs)
        # Out here the transaction that the refusal took back is over.
        kept = getattr(request, "_refused", None)
        if kept is not None:
            stop, refusal, text = kept
            keep_refused_scan(mode=ScanMode.STOP, text=text, refusal=refusal, actor=actor_of(request), site=stop.site)
        return answer

    return guarded


@require_GET
@role_required(Role.DRIVER)
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Any stop of the route, large."""
    found = _own_stop(request, code)
    return render(request, "dispatch/driving/route.html", _context(found.route, found))


@at_stop
def arrive(request: HttpRequest, stop: Stop) -> HttpResponse:
    return _do(
        request,
        lambda: handover.arrive(stop=stop, actor=actor_of(request)),
        done=_("到着を記録しました。"),
        go=reverse("driving:stop", args=[stop.code]),
    )


@at_stop
def late(request: HttpRequest, stop: Stop) -> HttpResponse:
    """The driver says when the vehicle will be there."""
    form = LateForm(request.POST)

    def act() -> None:
        _need_valid(form)
        handover.say_late(stop=stop, expected_at=form.cleaned_data["at"], actor=actor_of(request))

    return _do(
        request,
        act,
        done=_("着く時刻を知らせました。このあとの見込みも直しました。"),
        go=reverse("driving:stop", args=[stop.code]),
    )


@at_stop
def on_time(request: HttpRequest, stop: Stop) -> HttpResponse:
    """What the driver said no longer holds."""
    return _do(
        request,
        lambda: handover.say_on_time(stop=stop, actor=actor_of(request)),
        done=_("おくれの知らせを取り消しました。"),
        go=reverse("driving:stop", args=[stop.code]),
    )


@at_stop
def load(request: HttpRequest, stop: Stop) -> HttpResponse:
    """One shipment from the shelf, or all that is to be loaded here."""
    sent, actor = sent_by(request), actor_of(request)
    named = request.POST.get("shipment")

    def act() -> None:
        if named is None:
            handover.load_all(stop=stop, client_id=sent.client_id, device_time=sent.device_time, actor=actor)
            return
        shipment = _shipment(named, pick_stop=stop)
        quantity = _count(request)
        handover.load(shipment=shipment, quantity=quantity, client_id=sent.client_id, device_time=sent.device_time, actor=actor)

    return _do(request, act, done=_("積みました。"), go=reverse("driving:stop", args=[stop.code]))


@at_stop
def collect(request: HttpRequest, stop: Stop, offer: int) -> HttpResponse:
    """What the shop really gives."""
    page = drive_page(stop.route, stop=stop)
    shop = next((one for one in page.focus.shop if one.first.shipment.offer_id == offer), None) if page.focus else None
    if shop is None or shop.first.shipment.offer is None:
        raise Http404
    form = CollectForm(request.POST, offer=shop.first.shipment.offer, planned=shop.planned)
    sent = sent_by(request)
    if form.is_valid():
        try:
            handover.collect(
                stop=stop,
                offer=shop.first.shipment.offer,
                quantity=form.cleaned_data["quantity"],
                found=form.found(),
                not_taken=form.not_taken(),
                client_id=sent.client_id,
                device_time=sent.device_time,
                actor=actor_of(request),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(request, _("受け取りを記録しました。"), reverse("driving:stop", args=[stop.code]))
    _tell_script(request, form)
    return render(request, "dispatch/driving/route.html", _context(stop.route, stop, {offer: form}), status=422)


@at_stop
def drop(request: HttpRequest, stop: Stop) -> HttpResponse:
    """A part of one shipment, or everything for this stop."""
    sent, actor = sent_by(request), actor_of(request)
    named = request.POST.get("shipment")

    def act() -> None:
        if named is None:
            handover.deliver(stop=stop, client_id=sent.client_id, device_time=sent.device_time, actor=actor)
            return
        shipment, quantity = _shipment(named, drop_stop=stop), _count(request)
        handover.drop(shipment=shipment, quantity=quantity, client_id=sent.client_id, device_time=sent.device_time, actor=actor)

    return _do(request, act, done=_("渡したことを記録しました。"), go=_onward(stop))


@at_stop
def visit(request: HttpRequest, stop: Stop) -> HttpResponse:
    """A visit is over: units of each shipment, and households."""
    page, sent = drive_page(stop.route, stop=stop), sent_by(request)
    form = VisitForm(request.POST, goods=page.focus.drop if page.focus is not None else [])
    if form.is_valid():
        try:
            handover.serve_visit(
                stop=stop,
                counts=form.counts(),
                households=form.cleaned_data["households"],
                note=form.cleaned_data["note"],
                client_id=sent.client_id,
                device_time=sent.device_time,
                actor=actor_of(request),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(request, _("移動パントリーを記録しました。"), _onward(stop))
    _tell_script(request, form)
    return render(request, "dispatch/driving/route.html", {**_context(stop.route, stop), "visit_form": form}, status=422)


@at_stop
def finish(request: HttpRequest, stop: Stop) -> HttpResponse:
    form = FinishForm(request.POST)

    def act() -> None:
        _need_valid(form)
        handover.finish_stop(
            stop=stop, rest_stays=form.cleaned_data["rest_stays"], note=form.cleaned_data["note"], actor=actor_of(request)
        )

    return _do(
        request, act, done=_("この立寄先を終えました。"), go=_onward(stop), refused=reverse("driving:stop", args=[stop.code])
    )


@at_stop
def fail(request: HttpRequest, stop: Stop) -> HttpResponse:
    form = FailForm(request.POST)

    def act() -> None:
        _need_valid(form)
        handover.fail_stop(
            stop=stop, reason=FailReason(form.cleaned_data["reason"]), note=form.cleaned_data["note"], actor=actor_of(request)
        )

    return _do(
        request,
        act,
        done=_("できなかったことを記録しました。コーディネーターに見えています。"),
        go=_onward(stop),
        refused=reverse("driving:stop", args=[stop.code]),
    )


@at_stop
def scan(request: HttpRequest, stop: Stop) -> HttpResponse:
    """A label or bar code was read here: it loads or hands over the whole shipment, or leads to the shop's count."""
    text, sent, actor = request.POST.get("code", "").strip(), sent_by(request), actor_of(request)
    here = reverse("driving:stop", args=[stop.code])
    page = drive_page(stop.route, stop=stop)
    try:
        assert page.focus is not None  # noqa: S101 - the stop was found
        meant = read_at_stop(text, page.focus)
        if meant.shop is not None:
            return _counted(request, meant.shop, here)
        if meant.load is not None:
            handover.load(shipment=meant.load.shipment, client_id=sent.client_id, device_time=sent.device_time, actor=actor)
            said, goods = _("積みました: %(name)s %(units)d点"), meant.load
        elif meant.drop is not None:
            handover.drop(shipment=meant.drop.shipment, client_id=sent.client_id, device_time=sent.device_time, actor=actor)
            said, goods = _("渡しました: %(name)s %(units)d点"), meant.drop
    except Refusal as refusal:
        request._refused = (stop, refusal, text)  # type: ignore[attr-defined]
        return _refused(request, refusal, here)
    done = said % {"name": goods.shipment.item.name, "units": goods.units}
    after = _context(stop.route, stop)
    if not (after["card"].picks_open or after["card"].drops_open):
        return _done(request, done, here)  # nothing left to read: the page shows what comes next
    return _done(request, done, here, html=render_to_string("dispatch/driving/parts/goods.html", after, request))


def _own(request: HttpRequest, pk: int) -> Route:
    found = get_object_or_404(routes(), pk=pk)
    if not may_open(found, user=actor_of(request), access=access_of(request)):
        raise Http404
    return found


def _own_stop(request: HttpRequest, code: str) -> Stop:
    found = get_object_or_404(
        Stop.objects.select_related("route__plan", "route__vehicle__depot", "site", "visit").defer("route__plan__document"),
        code=code.upper(),
    )
    if not may_open(found.route, user=actor_of(request), access=access_of(request)):
        raise Http404
    return found


def _shipment(named: str, **where: Stop) -> Shipment:
    """A shipment of this very stop, by its unit."""
    return get_object_or_404(Shipment.objects.select_related("pick_stop", "drop_stop"), unit=named, **where)


def _count(request: HttpRequest) -> int | None:
    if not request.POST.get("quantity"):
        return None
    form = CountForm(request.POST)
    _need_valid(form)
    return int(form.cleaned_data["quantity"])


def _need_valid(form: EntryForm) -> None:
    """What cannot be read is refused like anything else; the sentence is the field's own, in the reader's language."""
    if form.is_valid():
        return
    said = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
    raise FieldsRefused("dispatch.refused", {name: Text(text, text) for name, text in said.items()})


def _tell_script(request: HttpRequest, form: EntryForm) -> None:
    """Our script keeps what was entered and shows the reasons; a plain form comes back with them at its fields."""
    if wants_json(request):
        _need_valid(form)


def _context(route: Route, stop: Stop | None, forms: dict[int, CollectForm] | None = None) -> dict[str, Any]:
    page = drive_page(route, stop=stop)
    given = forms or {}
    shops = [
        (one, given.get(one.first.shipment.offer.pk) or CollectForm(offer=one.first.shipment.offer, planned=one.planned))
        for one in (page.focus.shop if page.focus is not None else [])
        if one.first.shipment.offer is not None
    ]
    goods = page.focus.drop if page.focus is not None else []
    return {
        "page": page,
        "card": page.focus,
        "shops": shops,
        "fail_form": FailForm(),
        "visit_form": VisitForm(goods=goods) if page.focus is not None and page.focus.stop.visit_id is not None else None,
    }


def _onward(stop: Stop) -> str:
    """Where the page goes on after something was done: the route shows the next stop when this one is over."""
    return reverse("driving:route", args=[stop.route_id])


def _do(request: HttpRequest, act: Callable[[], object], *, done: str, go: str, refused: str = "") -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return _refused(request, refusal, refused or go)
    return _done(request, done, go)


def _done(request: HttpRequest, text: str, go: str, *, html: str | None = None) -> HttpResponse:
    """It is done: our script tells it and shows ``html``, or goes on; a plain form is sent on."""
    if wants_json(request):
        return JsonResponse({"tell": "ok", "text": text, **({"go": go} if html is None else {"html": html})})
    messages.success(request, text)
    return redirect(go)


def _refused(request: HttpRequest, refusal: Refusal, go: str) -> HttpResponse:
    if wants_json(request):
        raise refusal
    messages.error(request, own_language(refusal.text))
    return redirect(go)


def _counted(request: HttpRequest, shop: AtShop, here: str) -> HttpResponse:
    """The bar code of a shop's goods: on to the count of that offer."""
    go = f"{here}?count={shop.first.shipment.offer_id}#offer-{shop.first.shipment.offer_id}"
    if wants_json(request):
        return JsonResponse({"tell": "ok", "text": _("数を確かめてください。"), "go": go})
    return redirect(go)
