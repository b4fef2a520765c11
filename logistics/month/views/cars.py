"""When the kitchen cars go out: their usual week, and the days on which they stay in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.pages import act, bound, entry_page
from logistics.fleet.models import Vehicle, VehicleKind
from logistics.month.forms import CarWeekForm, DayOffForm
from logistics.month.models import DayOff
from logistics.month.selectors.cars_page import cars_page
from logistics.month.services.cars import add_day_off, remove_day_off, set_week


@coordinator_required
def car_list(request: HttpRequest) -> HttpResponse:
    return render(request, "month/cars.html", {"page": cars_page(today()), "form": DayOffForm()})


@coordinator_required
def car_week(request: HttpRequest, code: str) -> HttpResponse:
    vehicle = get_object_or_404(Vehicle, code=code, kind=VehicleKind.KITCHEN_CAR)
    form = bound(request, CarWeekForm, rows=list(vehicle.month_hours.all()))

    def save(values: dict[str, Any]) -> object:
        return set_week(vehicle=vehicle, hours=CarWeekForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, form, save=save, template="month/week.html", back=reverse("month:car_list"), done=_("いつもの勤務を保存しました。"),
        context={"heading": _("%(car)s のいつもの勤務") % {"car": f"{vehicle.code} {vehicle.name}"}},
    )  # fmt: skip


@require_POST
@coordinator_required
def day_off_add(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return add_day_off(actor=actor_of(request), **values)

    return entry_page(
        request, DayOffForm(request.POST), save=save, template="components/entry.html", back=reverse("month:car_list"),
        done=_("車を出さない日に加えました。"), context={"heading": _("車を出さない日")},
    )  # fmt: skip


@require_POST
@coordinator_required
def day_off_remove(request: HttpRequest, pk: int) -> HttpResponse:
    day_off = get_object_or_404(DayOff, pk=pk)
    return act(
        request, lambda: remove_day_off(day_off=day_off, actor=actor_of(request)), done=_("車を出す日に戻しました。"),
        back=reverse("month:car_list"),
    )  # fmt: skip
