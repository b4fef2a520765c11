"""Agreements: who may give and receive, and until when (D1)."""

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
from foodbank.sites.forms import AgreementForm
from foodbank.sites.models import Agreement, SiteKind
from foodbank.sites.services.agreements import change_agreement, record_agreement


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
