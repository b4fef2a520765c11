"""Partners and their orders: list, enter, correct."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Sum, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.converters import day_asked
from foodbank.core.dates import today
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound, entry_page
from foodbank.partners.forms import ClosedDayForm, OrderForm, OrderRulesForm, PartnerForm
from foodbank.partners.key_pages import keys_page, revoke_page, rotate_page
from foodbank.partners.models import ClosedDay, Order, OrderStatus, Partner, PartnerKind
from foodbank.partners.selectors import last_order_of, order_rules, partners_in_use
from foodbank.partners.services.orders import cancel_order, change_order, create_order
from foodbank.partners.services.partners import enter_partner
from foodbank.partners.services.rules import change_order_rules, close_day, open_day
from foodbank.sites.forms import site_data
from foodbank.sites.models import Agreement, SiteKind


@coordinator_required
def partner_list(request: HttpRequest) -> HttpResponse:
    valid = Agreement.objects.valid_on(today()).filter(site=OuterRef("site"))
    rows = Partner.objects.select_related("site").annotate(agreed=Exists(valid), order_count=Count("orders"))
    if not request.GET.get("all"):
        rows = rows.filter(site__active=True)
    columns = (
        Column("code", _("コード"), ("site__code",)),
        Column("name", _("名称"), ("site__name",)),
        Column("kind", _("種類"), ("kind", "site__code")),
        Column("address", _("住所"), ("site__address",)),
        Column("agreement", _("合意書"), ("agreed", "site__code")),
        Column("orders", _("これまでの注文"), ("order_count",), number=True),
    )
    found = listing(
        request, rows, columns=columns, search=("site__code", "site__name", "site__address", "contact_name"), filters=("all",)
    )
    return render(request, "partners/partners.html", {"listing": found, "all": bool(request.GET.get("all"))})


@coordinator_required
def partner_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return enter_partner(site=None, agreement_from=values["agreement_from"], actor=actor_of(request), **_own_side(values))

    return entry_page(
        request, bound(request, PartnerForm), save=save, template="sites/site.html", back=reverse("partners:partner_list"),
        done=_("提供先を登録しました。"), context={"heading": _("提供先を登録する")},
    )  # fmt: skip


@coordinator_required
def partner_edit(request: HttpRequest, code: str) -> HttpResponse:
    partner = _partner(code)

    def save(values: dict[str, Any]) -> object:
        return enter_partner(site=partner.site, actor=actor_of(request), **_own_side(values))

    return entry_page(
        request, bound(request, PartnerForm, site=partner.site, partner=partner), save=save, template="sites/site.html",
        back=reverse("partners:partner_list"), done=_("提供先を直しました。"),
        context={"heading": partner.site.name, "site": partner.site, "agreements": partner.site.agreements.all(), "partner": partner},
    )  # fmt: skip


def _own_side(values: dict[str, Any]) -> dict[str, Any]:
    names = ("contact_name", "contact_email", "health_notified_on")
    own = {name: values[name] for name in names}
    return {"data": site_data(values, SiteKind.PARTNER), "kind": PartnerKind(values["kind"]), **own}


@coordinator_required
def order_list(request: HttpRequest) -> HttpResponse:
    day = day_asked(request.GET.get("day"))
    status = request.GET.get("status", "")
    asked = Sum(
        Case(
            When(lines__item__isnull=False, then=F("lines__quantity") * F("lines__item__unit_weight_g")),
            default=F("lines__quantity_g"),
        ),
        filter=Q(lines__withdrawn=False),
    )
    rows = Order.objects.select_related("partner__site").annotate(asked_g=asked)
    if day:
        rows = rows.filter(delivery_date=day)
    if status in OrderStatus.values:
        rows = rows.filter(status=status)
    columns = (
        Column("day", _("お届け日"), ("-delivery_date", "ref")),
        Column("ref", _("番号"), ("ref", "delivery_date")),
        Column("partner", _("提供先"), ("partner__site__code", "delivery_date")),
        Column("window", _("時間帯"), ("window_from", "window_until")),
        Column("children", _("子ども"), ("children",), number=True),
        Column("asked", _("注文の重さ"), ("asked_g",), number=True),
        Column("status", _("状態"), ("status", "delivery_date")),
    )
    found = listing(
        request, rows, columns=columns, search=("ref", "partner__site__code", "partner__site__name", "external_ref"),
        filters=("day", "status"),
    )  # fmt: skip
    context = {"listing": found, "day": day, "statuses": OrderStatus.choices, "status": status}
    return render(request, "partners/orders.html", context)


@coordinator_required
def order_new(request: HttpRequest) -> HttpResponse:
    """``?partner=`` fills in that partner's last order: on the telephone it is mostly "the same as last time"."""
    day = day_asked(request.GET.get("day")) or today()
    initial: dict[str, Any] = {"delivery_date": day}
    asked, like = request.GET.get("partner", ""), None
    partner = Partner.objects.filter(pk=asked).first() if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    if partner is not None:
        initial["partner"], like = partner, last_order_of(partner)
        if like is None:
            messages.info(request, _("この提供先の注文はまだありません。"))
    form = bound(request, OrderForm, initial=initial, like=like)

    def save(values: dict[str, Any]) -> object:
        return create_order(data=form.data_of(values), actor=actor_of(request))  # type: ignore[attr-defined]

    return entry_page(
        request, form, save=save, template="partners/order.html", back=f"{reverse('partners:order_list')}?day={day.isoformat()}",
        done=_("注文を登録しました。"),
        context={"heading": _("注文を入力する"), "partners": partners_in_use(), "like": like, "asked": partner}, once=True,
    )  # fmt: skip


@coordinator_required
def order_edit(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.select_related("partner__site"), pk=pk)
    form = bound(request, OrderForm, order=order)

    def save(values: dict[str, Any]) -> object:
        data = form.data_of(values, external_ref=order.external_ref)  # type: ignore[attr-defined]
        return change_order(order=order, data=data, actor=actor_of(request), expected_version=form.version)  # type: ignore[attr-defined]

    return entry_page(
        request, form, save=save, template="partners/order.html",
        back=f"{reverse('partners:order_list')}?day={order.delivery_date.isoformat()}", done=_("注文を直しました。"),
        context={"heading": f"{order.ref} {order.partner.site.name}", "order": order},
    )  # fmt: skip


@require_POST
@coordinator_required
def order_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk)
    return act(
        request, lambda: cancel_order(order=order, actor=actor_of(request)), done=_("注文を取り消しました。"),
        back=f"{reverse('partners:order_list')}?day={order.delivery_date.isoformat()}",
    )  # fmt: skip


@coordinator_required
def rules(request: HttpRequest) -> HttpResponse:
    """Until when partners may order, and the days off."""
    now = order_rules()
    form = bound(request, OrderRulesForm, initial={name: getattr(now, name) for name in ("cut_off", "days_before", "days_ahead")})

    def save(values: dict[str, Any]) -> object:
        return change_order_rules(**values, actor=actor_of(request))

    return entry_page(
        request, form, save=save, template="partners/rules.html", back=reverse("partners:rules"), done=_("注文の決まりを変えました。"),
        context={
            "heading": _("注文の決まり"), "closed": ClosedDay.objects.filter(day__gte=today()), "closed_form": ClosedDayForm(),
        },
    )  # fmt: skip


@require_POST
@coordinator_required
def day_close(request: HttpRequest) -> HttpResponse:
    form = ClosedDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("お休みの日を入力してください。"))
        return redirect("partners:rules")
    return act(
        request, lambda: close_day(**form.cleaned_data, actor=actor_of(request)), done=_("お休みの日を登録しました。"),
        back=reverse("partners:rules"),
    )  # fmt: skip


@require_POST
@coordinator_required
def day_open(request: HttpRequest, pk: int) -> HttpResponse:
    closed = get_object_or_404(ClosedDay, pk=pk)
    return act(
        request, lambda: open_day(closed=closed, actor=actor_of(request)), done=_("お休みを取り消しました。"),
        back=reverse("partners:rules"),
    )  # fmt: skip


@coordinator_required
def keys(request: HttpRequest, code: str) -> HttpResponse:
    return keys_page(request, _partner(code), space="partners")


@require_POST
@coordinator_required
def key_rotate(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return rotate_page(request, _partner(code), pk, space="partners")


@require_POST
@coordinator_required
def key_revoke(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return revoke_page(request, _partner(code), pk, space="partners")


def _partner(code: str) -> Partner:
    return get_object_or_404(Partner.objects.select_related("site"), site__code=code)
