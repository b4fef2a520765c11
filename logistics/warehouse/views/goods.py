"""One lot in the hand: put away or move, throw away, count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foodbank.accounts.access import actor_of
from foodbank.core.dates import today
from foodbank.core.device import sent_by, wants_json
from foodbank.core.errors import Refusal, Text
from foodbank.core.forms import EntryForm
from foodbank.core.pages import bound
from foodbank.inventory.models import Balance, Lot, Reason, ScanMode
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.stocktake import count
from foodbank.sites.models import Site
from logistics.warehouse.forms import CountForm, DiscardForm, FromForm, MoveForm
from logistics.warehouse.selectors.reading import read_lot, read_place
from logistics.warehouse.selectors.sites import lots_known_at, shelves, standing
from logistics.warehouse.views.base import done, hand, incomplete, scanned
from logistics.warehouse.views.works import COUNT, DISCARD, MOVE, Work


def _first_scan(work: Work) -> Callable[[HttpRequest, Site], HttpResponse]:
    """The page before: read the label of the lot."""

    def view(request: HttpRequest, site: Site) -> HttpResponse:
        def onward(text: str) -> HttpResponse:
            return redirect(f"warehouse:{work.name}", code=read_lot(text, site).code)

        context = {"work": work, "rows": work.rows(site), "today": today()}
        return scanned(request, site, template="warehouse/lot_scan.html", onward=onward, context=context)

    view.__name__ = f"{work.name}_scan"
    return view


move_scan = hand(ScanMode.MOVE)(_first_scan(MOVE))
discard_scan = hand(ScanMode.DISCARD)(_first_scan(DISCARD))
count_scan = hand(ScanMode.COUNT)(_first_scan(COUNT))


@hand(ScanMode.MOVE)
def move(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    lot, balances = _there(site, code)
    form = bound(
        request, MoveForm, lot=lot, site=site, balances=balances, initial={"quantity": balances[0].free if balances else None}
    )
    if form.is_bound and form.is_valid() and isinstance(form, MoveForm):
        target = read_place(request.POST.get("code", ""), site)
        sent = sent_by(request)
        quantity: int = form.cleaned_data["quantity"]
        post(
            lot=lot,
            source=_other_than(form, target.pk, target.code),
            target=target,
            quantity=quantity,
            reason=Reason.MOVE,
            client_id=sent.client_id,
            device_time=sent.device_time,
            actor=actor_of(request),
        )
        text = ngettext("%(n)d 点を %(place)s に移しました。", "%(n)d 点を %(place)s に移しました。", quantity)
        return done(request, text % {"n": quantity, "place": target.code}, go=reverse("warehouse:move_scan"))
    return _lot_form(request, site, lot, form, MOVE, balances=balances, places=list(shelves(site)))


def _other_than(form: FromForm, target: int, code: str) -> Any:
    if form.chosen.pk == target:
        raise Refusal(
            "warehouse.same_place",
            Text(
                f"この品は、もう{code}にあります。ほかの棚を読んでください。", f"It stands at {code} already. Read another shelf."
            ),
            params={"place": code},
        )
    return form.chosen


@hand(ScanMode.DISCARD)
def throw_away(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    lot, balances = _there(site, code)
    past = lot.last_day is not None and lot.last_day < today()
    initial = {"quantity": balances[0].quantity if balances else None, "reason": Reason.DISCARD_EXPIRED if past else None}
    form = bound(request, DiscardForm, lot=lot, site=site, balances=balances, initial=initial)
    if form.is_bound and form.is_valid() and isinstance(form, DiscardForm):
        values, sent = form.cleaned_data, sent_by(request)
        discard(
            lot=lot,
            place=form.chosen,
            quantity=values["quantity"],
            reason=Reason(values["reason"]),
            note=values["note"],
            client_id=sent.client_id,
            device_time=sent.device_time,
            actor=actor_of(request),
        )
        text = ngettext("%(n)d 点を廃棄に記録しました。", "%(n)d 点を廃棄に記録しました。", values["quantity"])
        return done(request, text % {"n": values["quantity"]}, go=reverse("warehouse:discard_scan"))
    return _lot_form(request, site, lot, form, DISCARD, balances=balances)


@hand(ScanMode.COUNT)
def count_lot(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    lot = get_object_or_404(lots_known_at(site).select_related("item__category", "release"), code=code)
    # Also where the books say there is nothing: that is what a count is for.
    balances = list(
        Balance.objects.filter(lot=lot, place__in=shelves(site)).select_related("place").order_by("-quantity", "place__code")
    )
    form = bound(request, CountForm, lot=lot, site=site, balances=balances)
    if form.is_bound and form.is_valid() and isinstance(form, CountForm):
        values, sent = form.cleaned_data, sent_by(request)
        found = count(
            lot=lot,
            place=form.chosen,
            counted=values["counted"],
            note=values["note"],
            client_id=sent.client_id,
            device_time=sent.device_time,
            actor=actor_of(request),
        )
        text = _("{place}: 帳簿 {before} 点、数えて {counted} 点。").format(
            place=form.chosen.code, before=found.before, counted=values["counted"]
        )
        if found.shortened:
            text += _("足りない分の引当は減らしました。コーディネーターに知らせてください。")
        return done(request, text, go=reverse("warehouse:count_scan"))
    return _lot_form(request, site, lot, form, COUNT, balances=balances)


def _there(site: Site, code: str) -> tuple[Lot, list[Balance]]:
    lot = get_object_or_404(lots_known_at(site).select_related("item__category", "release"), code=code)
    return lot, list(standing(site).filter(lot=lot))


def _lot_form(request: HttpRequest, site: Site, lot: Lot, form: EntryForm, work: Work, **more: Any) -> HttpResponse:
    if form.is_bound and wants_json(request):
        raise incomplete(form)
    context = {"site": site, "lot": lot, "form": form, "work": work, **more}
    return render(request, "warehouse/lot_work.html", context, status=422 if form.is_bound else 200)
