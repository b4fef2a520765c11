"""Shops and their offers: list, enter, correct."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.converters import day_asked
from foodbank.core.dates import today
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound, entry_page
from foodbank.donations.forms import DonorForm, OfferForm
from foodbank.donations.models import Donor, Offer, OfferStatus
from foodbank.donations.services.donors import enter_donor
from foodbank.donations.services.offers import add_offer, cancel_offer, change_offer
from foodbank.sites.forms import site_data
from foodbank.sites.models import Agreement, SiteKind


@coordinator_required
def donor_list(request: HttpRequest) -> HttpResponse:
    valid = Agreement.objects.valid_on(today()).filter(site=OuterRef("site"))
    rows = Donor.objects.select_related("site").annotate(agreed=Exists(valid), offer_count=Count("offers"))
    if not request.GET.get("all"):
        rows = rows.filter(site__active=True)
    columns = (
        Column("code", _("コード"), ("site__code",)),
        Column("name", _("名称"), ("site__name",)),
        Column("address", _("住所"), ("site__address",)),
        Column("hours", _("開いている時間"), ("site__opens", "site__closes")),
        Column("agreement", _("合意書"), ("agreed", "site__code")),
        Column("offers", _("これまでの提供"), ("offer_count",), number=True),
    )
    found = listing(
        request, rows, columns=columns, search=("site__code", "site__name", "site__address", "contact_name"), filters=("all",)
    )
    return render(request, "donations/donors.html", {"listing": found, "all": bool(request.GET.get("all"))})


@coordinator_required
def donor_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return enter_donor(site=None, agreement_from=values["agreement_from"], actor=actor_of(request), **_own_side(values))

    return entry_page(
        request, bound(request, DonorForm), save=save, template="sites/site.html", back=reverse("donations:donor_list"),
        done=_("寄付者を登録しました。"), context={"heading": _("寄付者を登録する")},
    )  # fmt: skip


@coordinator_required
def donor_edit(request: HttpRequest, code: str) -> HttpResponse:
    donor = get_object_or_404(Donor.objects.select_related("site"), site__code=code)

    def save(values: dict[str, Any]) -> object:
        return enter_donor(site=donor.site, actor=actor_of(request), **_own_side(values))

    return entry_page(
        request, bound(request, DonorForm, site=donor.site, donor=donor), save=save, template="sites/site.html",
        back=reverse("donations:donor_list"), done=_("寄付者を直しました。"),
        context={"heading": donor.site.name, "site": donor.site, "agreements": donor.site.agreements.all()},
    )  # fmt: skip


def _own_side(values: dict[str, Any]) -> dict[str, Any]:
    names = ("contact_name", "contact_email")
    return {"data": site_data(values, SiteKind.DONOR), **{name: values[name] for name in names}}


@coordinator_required
def offer_list(request: HttpRequest) -> HttpResponse:
    day = day_asked(request.GET.get("day"))
    status = request.GET.get("status", "")
    rows = Offer.objects.select_related("donor__site", "item")
    if day:
        rows = rows.filter(day=day)
    if status in OfferStatus.values:
        rows = rows.filter(status=status)
    columns = (
        Column("day", _("引取日"), ("-day", "donor__site__code")),
        Column("donor", _("寄付者"), ("donor__site__code",)),
        Column("item", _("品目"), ("item__name",)),
        Column("quantity", _("点数"), ("quantity",), number=True),
        Column("last", _("期限"), ("last_day",)),
        Column("ready", _("引取可能"), ("ready_from", "ready_until")),
        Column("status", _("状態"), ("status", "day")),
    )
    found = listing(
        request, rows, columns=columns, search=("donor__site__code", "donor__site__name", "item__name", "item__gtin"),
        filters=("day", "status"),
    )  # fmt: skip
    context = {"listing": found, "day": day, "statuses": OfferStatus.choices, "status": status}
    return render(request, "donations/offers.html", context)


@coordinator_required
def offer_new(request: HttpRequest) -> HttpResponse:
    day = day_asked(request.GET.get("day")) or today()

    def save(values: dict[str, Any]) -> object:
        return add_offer(data=OfferForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, OfferForm, initial={"day": day}), save=save, template="components/entry.html",
        back=f"{reverse('donations:offer_list')}?day={day.isoformat()}", done=_("提供情報を登録しました。"),
        context={"heading": _("提供情報を入力する")}, once=True,
    )  # fmt: skip


@coordinator_required
def offer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.select_related("donor__site", "item", "lot"), pk=pk)

    def save(values: dict[str, Any]) -> object:
        return change_offer(offer=offer, data=OfferForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, OfferForm, offer=offer), save=save, template="donations/offer.html",
        back=f"{reverse('donations:offer_list')}?day={offer.day.isoformat()}", done=_("提供情報を直しました。"),
        context={"heading": f"{offer.donor.site.name} – {offer.item.name}", "offer": offer},
    )  # fmt: skip


@require_POST
@coordinator_required
def offer_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(Offer, pk=pk)
    return act(
        request, lambda: cancel_offer(offer=offer, actor=actor_of(request)), done=_("提供情報を取り消しました。"),
        back=f"{reverse('donations:offer_list')}?day={offer.day.isoformat()}",
    )  # fmt: skip
