"""Driving times: where they come from, and the hours at which driving takes longer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.forms import own_language
from foodbank.core.pages import act, bound, entry_page
from foodbank.sites.models import Site
from logistics.travel.forms import BandForm
from logistics.travel.models import PaceBand
from logistics.travel.selectors.paces import TravelPage, travel_page
from logistics.travel.services.paces import remove_band, set_band
from logistics.travel.services.roads import check_provider
from logistics.travel.table import point_of
from logistics.travel.words import PROVIDERS, REASONS, extract_day


@coordinator_required
def home(request: HttpRequest) -> HttpResponse:
    page = travel_page()
    return render(request, "travel/home.html", _said(page))


def _said(page: TravelPage) -> dict[str, Any]:
    date = extract_day(page.data.version) if page.data is not None and page.data.dated else ""
    return {"page": page, "source": own_language(PROVIDERS[page.provider]), "data_date": date}


@require_POST
@coordinator_required
def check(request: HttpRequest) -> HttpResponse:
    site = Site.objects.filter(active=True).order_by("code").first()
    reason = check_provider(near=point_of(site) if site is not None else (35.0, 135.0))
    if reason:
        messages.error(request, _("サーバーから答えがありません: %(why)s。") % {"why": own_language(REASONS[reason])})
    else:
        messages.success(request, _("サーバーが答えました。"))
    return redirect("travel:home")


@coordinator_required
def band_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return set_band(**BandForm.minutes_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, BandForm), save=save, template="components/entry.html", back=reverse("travel:home"),
        done=_("時間帯を登録しました。次に作る計画から使います。"), context={"heading": _("時間帯の補正を登録する")},
    )  # fmt: skip


@coordinator_required
def band_edit(request: HttpRequest, pk: int) -> HttpResponse:
    band = get_object_or_404(PaceBand, pk=pk)

    def save(values: dict[str, Any]) -> object:
        return set_band(**BandForm.minutes_of(values), actor=actor_of(request), band=band)

    return entry_page(
        request, bound(request, BandForm, band=band), save=save, template="travel/band.html", back=reverse("travel:home"),
        done=_("時間帯を直しました。次に作る計画から使います。"),
        context={"heading": _("%(start)s から %(end)s までの補正") % {"start": band.shown_start, "end": band.shown_end}, "band": band},
    )  # fmt: skip


@require_POST
@coordinator_required
def band_remove(request: HttpRequest, pk: int) -> HttpResponse:
    band = get_object_or_404(PaceBand, pk=pk)
    return act(
        request, lambda: remove_band(band=band, actor=actor_of(request)), done=_("時間帯の補正を消しました。"),
        back=reverse("travel:home"),
    )  # fmt: skip
