"""Candidate sites: list, take over from the known sites, enter, correct."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound, entry_page
from foodbank.sites.models import Site, SiteKind
from logistics.month.forms import CandidateForm, ForbiddenDayForm
from logistics.month.models import Candidate
from logistics.month.services.candidates import allow_day, forbid_day, import_sites, save_candidate


@coordinator_required
def site_list(request: HttpRequest) -> HttpResponse:
    rows = Candidate.objects.select_related("site").prefetch_related("hours")
    if not request.GET.get("all"):
        rows = rows.filter(active=True, site__active=True)
    columns = (
        Column("code", _("コード"), ("site__code",)),
        Column("name", _("会場"), ("site__name",)),
        Column("households", _("世帯"), ("households", "site__code"), number=True),
        Column("least", _("月に"), ("least_visits", "site__code"), number=True),
        Column("gap", _("間隔"), ("days_between", "site__code"), number=True),
        Column("hours", _("曜日と時間")),
        Column("area", _("許可の区域"), ("site__area", "site__code")),
    )
    found = listing(request, rows, columns=columns, search=("site__code", "site__name", "site__area"), filters=("all",))
    others = list(Site.objects.filter(kind=SiteKind.MOBILE, active=True, candidate__isnull=True).order_by("code"))
    return render(request, "month/sites.html", {"listing": found, "all": bool(request.GET.get("all")), "others": others})


@require_POST
@coordinator_required
def site_import(request: HttpRequest) -> HttpResponse:
    return act(
        request, lambda: import_sites(actor=actor_of(request)), done=_("会場を候補に加えました。世帯数と曜日を確かめてください。"),
        back=reverse("month:site_list"),
    )  # fmt: skip


@coordinator_required
def site_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The candidate at this site; a site that is none yet becomes one."""
    site = get_object_or_404(Site, code=code, kind=SiteKind.MOBILE)
    candidate = Candidate.objects.filter(site=site).prefetch_related("hours").first()
    form = bound(request, CandidateForm, candidate=candidate, site=site)

    def save(values: dict[str, Any]) -> object:
        assert isinstance(form, CandidateForm)  # noqa: S101 - for the type checker
        return save_candidate(data=form.data_of(values), actor=actor_of(request))

    context = {"heading": f"{site.code} {site.name}", "site": site, "candidate": candidate, "day_form": ForbiddenDayForm()}
    if candidate is not None:
        context["forbidden"] = candidate.forbidden_days.filter(day__gte=today())
    return entry_page(
        request, form, save=save, template="month/site.html", back=reverse("month:site_list"),
        done=_("候補地を保存しました。"), context=context,
    )  # fmt: skip


@require_POST
@coordinator_required
def forbid(request: HttpRequest, code: str) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.select_related("site"), site__code=code)
    form = ForbiddenDayForm(request.POST)

    def save() -> None:
        if not form.is_valid():
            raise Refusal("candidate.day", Text("日付を入力してください。", "Please give a date."), status=422)
        forbid_day(candidate=candidate, day=form.cleaned_data["day"], actor=actor_of(request))

    return act(request, save, done=_("訪問できない日に加えました。"), back=reverse("month:site_edit", args=[code]))


@require_POST
@coordinator_required
def allow(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.select_related("site"), site__code=code)
    return act(
        request, lambda: allow_day(candidate=candidate, day=day, actor=actor_of(request)), done=_("訪問できる日に戻しました。"),
        back=reverse("month:site_edit", args=[code]),
    )  # fmt: skip
