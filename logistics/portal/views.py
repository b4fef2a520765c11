"""A partner's own pages: order, see what comes, say that it came. The same services as the API."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import access_of, actor_of, role_required
from foodbank.accounts.models import Role
from foodbank.core.converters import day_asked
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from foodbank.core.listing import Listing
from foodbank.core.pages import act, bound, entry_page
from foodbank.partners.forms import OwnOrderForm
from foodbank.partners.key_pages import keys_page, revoke_page, rotate_page
from foodbank.partners.models import OrderSource, OrderStatus, Partner
from foodbank.partners.selectors import cut_off_for, first_open_day, last_order_of, order_rules
from foodbank.partners.services.own_orders import cancel_own_order, change_own_order, need_open_day, place_own_order
from logistics.allocation.selectors.orderable import orderable_on
from logistics.dispatch.models import DeliveryState
from logistics.dispatch.selectors.deliveries import deliveries_of
from logistics.portal.forms import ReceiptForm
from logistics.portal.selectors.deliveries import OwnDelivery, own_deliveries
from logistics.portal.selectors.orders import OwnOrder, orders_of, own_orders
from logistics.portal.services.receipts import confirm_units

PER_PAGE = 50
_SHOWN_COMING = 10

partner_required = role_required(Role.PARTNER)


@partner_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight on to the only partner that somebody works for."""
    partners = list(_own_partners(request))
    if len(partners) == 1:
        return redirect("portal:overview", partners[0].site.code)
    return render(request, "portal/home.html", {"partners": partners})


@partner_required
def overview(request: HttpRequest, code: str) -> HttpResponse:
    partner = _partner(request, code)
    rules = order_rules()
    rows = orders_of(partner.pk).filter(delivery_date__gte=today(), status=OrderStatus.PLACED).order_by("delivery_date", "pk")
    day = first_open_day(rules)
    context = {
        "orders": own_orders(list(rows[:PER_PAGE]), now=timezone.now()),
        "last": last_order_of(partner),
        "first_day": day,
        "first_until": cut_off_for(day, rules),
        **_coming(partner),
    }
    return _page(request, partner, "overview", context)


@partner_required
def coming(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the overview that is live."""
    partner = _partner(request, code)
    return render(request, "portal/parts/coming.html", {"partner": partner, **_coming(partner)})


@partner_required
def stock(request: HttpRequest, code: str) -> HttpResponse:
    partner = _partner(request, code)
    day = day_asked(request.GET.get("date")) or first_open_day()
    refused = ""
    try:
        need_open_day(day)
        items = orderable_on(day)
    except Refusal as refusal:
        items, refused = [], own_language(refusal.text)
    return _page(request, partner, "stock", {"day": day, "until": cut_off_for(day), "items": items, "refused": refused})


@partner_required
def orders(request: HttpRequest, code: str) -> HttpResponse:
    partner = _partner(request, code)
    page = Paginator(orders_of(partner.pk), PER_PAGE).get_page(request.GET.get("page"))
    found = own_orders(list(page.object_list), now=timezone.now())
    return _page(request, partner, "orders", {"orders": found, "listing": Listing([], page, "", False)})


@partner_required
def order_new(request: HttpRequest, code: str) -> HttpResponse:
    """``?like=last`` copies the last order, ``?item=…`` offers a field for those products, ``?date=`` proposes a day."""
    partner = _partner(request, code)
    last = last_order_of(partner)
    like = last if request.GET.get("like") else None
    day = day_asked(request.GET.get("date")) or first_open_day()
    form = bound(request, OwnOrderForm, initial={"delivery_date": day}, like=like, gtins=request.GET.getlist("item"))

    def save(values: dict[str, Any]) -> object:
        data = form.data_of(values, partner=partner, source=OrderSource.PAGE)  # type: ignore[attr-defined]
        return place_own_order(data=data, actor=actor_of(request))

    return entry_page(
        request, form, save=save, template="portal/order_form.html", back=reverse("portal:overview", args=[code]),
        done=_("注文を受け付けました。"), once=True,
        context={"heading": _("注文する"), "partner": partner, "rules": order_rules(), "like": like, "last": last},
    )  # fmt: skip


@partner_required
def order(request: HttpRequest, code: str, public_id: uuid.UUID) -> HttpResponse:
    partner = _partner(request, code)
    return _page(request, partner, "order", {"own": _order(partner, public_id)})


@partner_required
def order_edit(request: HttpRequest, code: str, public_id: uuid.UUID) -> HttpResponse:
    partner = _partner(request, code)
    mine = _order(partner, public_id).order
    form = bound(request, OwnOrderForm, order=mine)

    def save(values: dict[str, Any]) -> object:
        data = form.data_of(values, partner=partner, external_ref=mine.external_ref)  # type: ignore[attr-defined]
        return change_own_order(order=mine, data=data, actor=actor_of(request), shown_version=form.version)  # type: ignore[attr-defined]

    return entry_page(
        request, form, save=save, template="portal/order_form.html", back=reverse("portal:order", args=[code, public_id]),
        done=_("注文を変更しました。"),
        context={"heading": f"{_('注文')} {mine.ref}", "partner": partner, "rules": order_rules(), "order": mine},
    )  # fmt: skip


@require_POST
@partner_required
def order_cancel(request: HttpRequest, code: str, public_id: uuid.UUID) -> HttpResponse:
    mine = _order(_partner(request, code), public_id).order
    return act(
        request, lambda: cancel_own_order(order=mine, actor=actor_of(request)), done=_("注文を取り消しました。"),
        back=reverse("portal:order", args=[code, public_id]),
    )  # fmt: skip


@partner_required
def delivery(request: HttpRequest, code: str, public_id: uuid.UUID) -> HttpResponse:
    """What this delivery brings; once it has come, the word that it did."""
    partner = _partner(request, code)
    row = get_object_or_404(deliveries_of(partner.pk), public_id=public_id)
    own: OwnDelivery = own_deliveries([row])[0]
    form = bound(request, ReceiptForm, own=own)

    def save(values: dict[str, Any]) -> object:
        units = form.units()  # type: ignore[attr-defined]
        return confirm_units(delivery=row, actor=actor_of(request), units=units, note=values["note"])

    return entry_page(
        request, form, save=save, template="portal/delivery.html", back=reverse("portal:delivery", args=[code, public_id]),
        done=_("受け取りを確認しました。ありがとうございます。"), once=True,
        context={"partner": partner, "own": own, "rows": form.rows()},  # type: ignore[attr-defined]
    )  # fmt: skip


@partner_required
def keys(request: HttpRequest, code: str) -> HttpResponse:
    return keys_page(request, _partner(request, code), space="portal")


@require_POST
@partner_required
def key_rotate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return rotate_page(request, _partner(request, code), pk, space="portal")


@require_POST
@partner_required
def key_revoke(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return revoke_page(request, _partner(request, code), pk, space="portal")


def _own_partners(request: HttpRequest) -> Any:
    sites = access_of(request).only_sites(Role.PARTNER) or frozenset()
    return Partner.objects.select_related("site").filter(site__in=sites)


def _partner(request: HttpRequest, code: str) -> Partner:
    """The partner of that code if the reader works for it; else it does not exist (P13)."""
    partner = _own_partners(request).filter(site__code=code).first()
    if partner is None:
        raise Http404
    return partner


def _order(partner: Partner, public_id: uuid.UUID) -> OwnOrder:
    return own_orders([get_object_or_404(orders_of(partner.pk), public_id=public_id)], now=timezone.now())[0]


def _coming(partner: Partner) -> dict[str, Any]:
    """Deliveries of today and later, and earlier ones that wait for the partner's word; soonest first."""
    rows = deliveries_of(partner.pk)
    soon = rows.filter(order__delivery_date__gte=today()).exclude(state=DeliveryState.DELIVERED, receipt__isnull=False)
    open_ = rows.filter(order__delivery_date__lt=today(), state=DeliveryState.DELIVERED, receipt__isnull=True)
    found = sorted([*open_[:_SHOWN_COMING], *soon.order_by("eta", "pk")[:_SHOWN_COMING]], key=lambda one: (one.eta, one.pk))
    return {"deliveries": own_deliveries(found), "now": timezone.now()}


def _page(request: HttpRequest, partner: Partner, name: str, context: dict[str, Any]) -> HttpResponse:
    several = len(access_of(request).only_sites(Role.PARTNER) or ()) > 1
    return render(request, f"portal/{name}.html", {"partner": partner, "several": several, **context})
