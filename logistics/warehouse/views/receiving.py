"""Goods come in: from a shop that offered them, or from somebody at the door."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of
from foodbank.catalog.models import Item
from foodbank.core.dates import DatePrecision, FoodDate, today
from foodbank.core.device import sent_by
from foodbank.core.errors import Refusal, Text
from foodbank.core.pages import bound
from foodbank.donations.models import Offer
from foodbank.donations.selectors import received_units
from foodbank.donations.services.intake import Receipt, close_offer, receive_offer
from foodbank.donations.services.offers import refuse_offer
from foodbank.donations.services.walk_in import receive_walk_in
from foodbank.inventory.models import ScanMode
from foodbank.sites.models import Site, SiteKind
from logistics.warehouse.forms import ReceiveForm, RefuseOfferForm, WalkInForm
from logistics.warehouse.selectors.home import OfferRow, open_offers
from logistics.warehouse.selectors.reading import Product, read_product
from logistics.warehouse.views.base import done, hand, refuse, scanned


@hand(ScanMode.RECEIVE)
def receive_list(request: HttpRequest, site: Site) -> HttpResponse:
    offers = open_offers(site)

    def onward(text: str) -> HttpResponse:
        product = read_product(text)
        fitting = [row for row in offers if product.item is not None and row.offer.item_id == product.item.pk]
        query = f"?{urlencode({'code': text})}"
        if len(fitting) == 1 and not product.proposed:
            return redirect(reverse("warehouse:receive_offer", args=[fitting[0].offer.pk]) + query)
        if fitting:
            context = {"site": site, "offers": fitting, "product": product, "query": query}
            return render(request, "warehouse/receive_choose.html", context)
        if product.scan.in_store:
            raise _in_store(text)
        if product.item is None:
            raise _no_such_item(product)
        return redirect(reverse("warehouse:walk_in") + query)

    return scanned(request, site, template="warehouse/receive.html", onward=onward, context={"offers": offers})


@hand(ScanMode.RECEIVE)
def receive(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    row = _offer(site, pk)
    offer, item = row.offer, row.offer.item
    product = _product_in_query(request)
    initial = {
        "quantity": row.left or None,
        "last_day": _date(product, item) or _offered_date(offer),
        "safe_until": offer.safe_until,
    }
    initial |= _from_code(product)
    form = bound(request, ReceiveForm, site=site, item=item, offered=row.left, initial=initial)
    if form.is_bound and form.is_valid() and isinstance(form, ReceiveForm):
        sent = sent_by(request)
        try:
            receipt = receive_offer(
                offer=offer,
                actor=actor_of(request),
                client_id=sent.client_id,
                device_time=sent.device_time,
                **form.how(actor=actor_of(request)),
            )
        except Refusal as refusal:
            refuse(request, site, refusal)
            form.refuse(refusal)
        else:
            return _received(request, receipt)
    context = {"site": site, "row": row, "form": form, "product": product, "refuse_form": RefuseOfferForm()}
    return render(request, "warehouse/receive_offer.html", context, status=422 if form.is_bound else 200)


@hand(ScanMode.RECEIVE)
def walk_in(request: HttpRequest, site: Site) -> HttpResponse:
    product = _product_in_query(request)
    item = product.item if product else None
    initial: dict[str, Any] = {"item": item, "last_day": _date(product, item), "zone": item.zone if item else "ambient"}
    initial |= _from_code(product) | {"allergens_stated": item.allergens_stated if item else False}
    form = bound(request, WalkInForm, site=site, item=None, initial=initial)
    if form.is_bound and form.is_valid() and isinstance(form, WalkInForm):
        sent, values = sent_by(request), form.cleaned_data
        how = form.how(actor=actor_of(request))
        if values["item"].allergens_stated and not how["mixed_box"]:
            del how["allergens"], how["allergens_stated"]  # as the item says
        try:
            receipt = receive_walk_in(
                donor=values["donor"],
                item=values["item"],
                actor=actor_of(request),
                client_id=sent.client_id,
                device_time=sent.device_time,
                **how,
            )
        except Refusal as refusal:
            refuse(request, site, refusal)
            form.refuse(refusal)
        else:
            return _received(request, receipt)
    context = {"site": site, "form": form, "product": product}
    return render(request, "warehouse/walk_in.html", context, status=422 if form.is_bound else 200)


@require_POST
@hand(ScanMode.RECEIVE)
def refuse_all(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    row = _offer(site, pk)
    form = RefuseOfferForm(request.POST)
    if not form.is_valid():
        raise Refusal(
            "donation.reason_missing", Text("お断りする理由を選んでください。", "Choose why it is not taken."), status=400
        )
    refuse_offer(offer=row.offer, actor=actor_of(request), **form.cleaned_data)
    return done(request, _("お断りを記録しました。"), go=reverse("warehouse:receive_list"))


@require_POST
@hand(ScanMode.RECEIVE)
def nothing_more(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    close_offer(offer=_offer(site, pk).offer, actor=actor_of(request))
    return done(request, _("この提供情報の受け入れを終わりにしました。"), go=reverse("warehouse:receive_list"))


def _received(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    quantity = receipt.movement.quantity
    text = ngettext(
        "%(n)d 点を受け入れました。ラベルを貼ってください。", "%(n)d 点を受け入れました。ラベルを貼ってください。", quantity
    )
    return done(request, text % {"n": quantity}, go=reverse("warehouse:lot", args=[receipt.lot.code]))


def _offer(site: Site, pk: int) -> OfferRow:
    """An offer of today; what is closed stays readable, so that a repeated request meets its own answer. Shops bring to depots."""
    if site.kind != SiteKind.DEPOT:
        raise Http404
    offer = get_object_or_404(Offer.objects.select_related("donor__site", "item__category"), pk=pk, day=today())
    return OfferRow(offer, "", received_units([offer]).get(offer.pk, 0))


def _product_in_query(request: HttpRequest) -> Product | None:
    try:
        return read_product(request.GET["code"]) if request.GET.get("code") else None
    except Refusal:
        return None


def _date(product: Product | None, item: Item | None) -> FoodDate | None:
    return product.date_for(item) if product is not None and item is not None else None


def _offered_date(offer: Offer) -> FoodDate | None:
    """The shop's own word is a proposal: what is printed counts."""
    return None if offer.last_day is None else FoodDate(offer.last_day, DatePrecision(offer.date_precision))


def _from_code(product: Product | None) -> dict[str, Any]:
    if product is None:
        return {}
    count = {"quantity": product.scan.count} if product.scan.count else {}
    return {"maker_lot": product.scan.lot_number or ""} | count


def _in_store(text: str) -> Refusal:
    return Refusal(
        "warehouse.in_store_code",
        Text(
            "これはお店の中だけで使うコードで、どの店のものか分かりません。下の一覧から提供情報を選んでください。",
            "This is a shop's own code and does not say which shop. Choose the offer from the list.",
        ),
        params={"gtin": text[:14]},
        status=404,
    )


def _no_such_item(product: Product) -> Refusal:
    return Refusal(
        "warehouse.unknown_item",
        Text(
            f"商品コード{product.scan.gtin}の品目は登録されていません。コーディネーターに登録を頼むか、品目を選んで受け入れてください。",
            f"No item {product.scan.gtin} is known. Ask the coordinator to enter it, or receive it by choosing an item.",
        ),
        params={"gtin": product.scan.gtin or ""},
        status=404,
    )
