"""Depots and venues; agreements: who may give and receive, and until when (D1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.listing import Column, listing
from foodbank.core.pages import bound, entry_page
from foodbank.sites.forms import AgreementForm, PlaceForm, site_data
from foodbank.sites.models import Agreement, Site, SiteKind
from foodbank.sites.services.agreements import change_agreement, record_agreement
from foodbank.sites.services.entry import enter_site


@coordinator_required
def place_list(request: HttpRequest) -> HttpResponse:
    """Places without another side: shops and partners have lists of their own."""
    rows = Site.objects.filter(kind__in=PlaceForm.KINDS)
    kind = request.GET.get("kind", "")
    if kind in PlaceForm.KINDS:
        rows = rows.filter(kind=kind)
    if not request.GET.get("all"):
        rows = rows.filter(active=True)
    columns = (
        Column("code", _("コード"), ("code",)),
        Column("name", _("名称"), ("name",)),
        Column("kind", _("種類"), ("kind", "code")),
        Column("address", _("住所"), ("address",)),
        Column("hours", _("開いている時間"), ("opens", "closes")),
        Column("limits", _("入れる車両")),
    )
    found = listing(request, rows, columns=columns, search=("code", "name", "address", "area"), filters=("kind", "all"))
    kinds = [(one.value, one.label) for one in PlaceForm.KINDS]
    context = {"listing": found, "kind": kind, "kinds": kinds, "all": bool(request.GET.get("all"))}
    return render(request, "sites/places.html", context)


@coordinator_required
def place_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return enter_site(site=None, data=site_data(values, SiteKind(values["kind"])), actor=actor_of(request))

    return entry_page(
        request, bound(request, PlaceForm), save=save, template="components/entry.html", back=reverse("sites:place_list"),
        done=_("場所を登録しました。"), context={"heading": _("拠点・会場を登録する")},
    )  # fmt: skip


@coordinator_required
def place_edit(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code, kind__in=PlaceForm.KINDS)

    def save(values: dict[str, Any]) -> object:
        return enter_site(site=site, data=site_data(values, SiteKind(site.kind)), actor=actor_of(request))

    return entry_page(
        request, bound(request, PlaceForm, site=site), save=save, template="components/entry.html",
        back=reverse("sites:place_list"), done=_("場所を直しました。"), context={"heading": site.name},
    )  # fmt: skip


@coordinator_required
def agreement_list(request: HttpRequest) -> HttpResponse:
    rows = Agreement.objects.select_related("site")
    kind = request.GET.get("kind", "")
    if kind in SiteKind.values:
        rows = rows.filter(site__kind=kind)
    if request.GET.get("valid"):
        rows = rows.valid_on(today())
    columns = (
        Column("code", _("コード"), ("site__code", "valid_from")),
        Column("name", _("相手"), ("site__name",)),
        Column("kind", _("種類"), ("site__kind", "site__code")),
        Column("from", _("開始日"), ("valid_from",)),
        Column("until", _("終了日"), ("valid_until",)),
    )
    found = listing(request, rows, columns=columns, search=("site__code", "site__name", "note"), filters=("kind", "valid"))
    kinds = ((SiteKind.DONOR.value, SiteKind.DONOR.label), (SiteKind.PARTNER.value, SiteKind.PARTNER.label))
    context = {"listing": found, "kind": kind, "kinds": kinds, "only_valid": bool(request.GET.get("valid")), "today": today()}
    return render(request, "sites/agreements.html", context)


@coordinator_required
def agreement_new(request: HttpRequest) -> HttpResponse:
    form = bound(request, AgreementForm, initial={"site": request.GET.get("site"), "valid_from": today()})

    def save(values: dict[str, Any]) -> object:
        return record_agreement(actor=actor_of(request), **values)

    return entry_page(
        request, form, save=save, template="components/entry.html", back=reverse("sites:agreement_list"),
        done=_("合意書を登録しました。"), context={"heading": _("合意書を登録する")}, once=True,
    )  # fmt: skip


@coordinator_required
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = get_object_or_404(Agreement.objects.select_related("site"), pk=pk)
    form = bound(request, AgreementForm, agreement=agreement)

    def save(values: dict[str, Any]) -> object:
        values.pop("site")
        return change_agreement(agreement=agreement, actor=actor_of(request), **values)

    return entry_page(
        request, form, save=save, template="components/entry.html", back=reverse("sites:agreement_list"),
        done=_("合意書を直しました。"), context={"heading": _("%(name)s の合意書") % {"name": agreement.site.name}},
    )  # fmt: skip
