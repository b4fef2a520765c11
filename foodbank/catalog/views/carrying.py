"""Goods that do not ride together, and how long food may ride: see, add, end."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.catalog.forms import KeptApartForm, RideLimitForm
from foodbank.catalog.models import KeptApart, RideLimit
from foodbank.catalog.services.carrying import end_carrying_rule, keep_apart, limit_ride
from foodbank.core.dates import today
from foodbank.core.pages import act, entry_page


@coordinator_required
def carrying(request: HttpRequest) -> HttpResponse:
    """Rules that hold today or will: those that are over are kept for the days that they held for, and not shown."""
    now = today()
    not_over = Q(effective_until__isnull=True) | Q(effective_until__gte=now)
    context = {
        "apart": KeptApart.objects.filter(not_over).select_related("first", "second"),
        "rides": RideLimit.objects.filter(not_over).select_related("category"),
        "apart_form": KeptApartForm(initial={"effective_from": now}),
        "ride_form": RideLimitForm(initial={"effective_from": now}),
        "today": now,
    }
    return render(request, "catalog/carrying.html", context)


@require_POST
@coordinator_required
def apart_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return keep_apart(actor=actor_of(request), **values)

    return entry_page(
        request, KeptApartForm(request.POST), save=save, template="components/entry.html", back=reverse("catalog:carrying"),
        done=_("いっしょに積まない分類を登録しました。次に作る計画から使います。"), context={"heading": _("いっしょに積まない分類")},
    )  # fmt: skip


@require_POST
@coordinator_required
def ride_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return limit_ride(actor=actor_of(request), **values)

    return entry_page(
        request, RideLimitForm(request.POST), save=save, template="components/entry.html", back=reverse("catalog:carrying"),
        done=_("車両に積んでおける時間を登録しました。次に作る計画から使います。"),
        context={"heading": _("車両に積んでおける時間")},
    )  # fmt: skip


@require_POST
@coordinator_required
def apart_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, get_object_or_404(KeptApart, pk=pk))


@require_POST
@coordinator_required
def ride_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, get_object_or_404(RideLimit, pk=pk))


def _end(request: HttpRequest, rule: KeptApart | RideLimit) -> HttpResponse:
    return act(
        request, lambda: end_carrying_rule(rule=rule, actor=actor_of(request)),
        done=_("決まりをやめました。今日から使いません。"), back=reverse("catalog:carrying"),
    )  # fmt: skip
