"""Vehicles with their permits and shifts: list, enter, correct."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound, entry_page
from logistics.fleet.forms import PermitForm, ShiftForm, VehicleForm
from logistics.fleet.models import Permit, Shift, Vehicle
from logistics.fleet.services.vehicles import change_vehicle, create_vehicle, record_permit, remove_shift, set_shift

_SHIFTS_SHOWN = 14


@coordinator_required
def vehicle_list(request: HttpRequest) -> HttpResponse:
    permitted = Permit.objects.valid_on(today()).filter(vehicle=OuterRef("pk"))
    rows = Vehicle.objects.select_related("depot").annotate(permitted=Exists(permitted))
    if not request.GET.get("all"):
        rows = rows.filter(active=True)
    columns = (
        Column("code", _("コード"), ("code",)),
        Column("name", _("名称"), ("name",)),
        Column("kind", _("種類"), ("kind", "code")),
        Column("ambient", _("常温"), ("ambient_g",), number=True),
        Column("chilled", _("冷蔵"), ("chilled_g",), number=True),
        Column("frozen", _("冷凍"), ("frozen_g",), number=True),
        Column("permit", _("許可"), ("permitted", "code")),
    )
    found = listing(request, rows, columns=columns, search=("code", "name", "depot__name"), filters=("all",))
    return render(request, "fleet/vehicles.html", {"listing": found, "all": bool(request.GET.get("all"))})


@coordinator_required
def vehicle_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return create_vehicle(data=VehicleForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, VehicleForm), save=save, template="components/entry.html", back=reverse("fleet:vehicle_list"),
        done=_("車両を登録しました。続けて、許可と勤務を登録してください。"), context={"heading": _("車両を登録する")},
    )  # fmt: skip


@coordinator_required
def vehicle_edit(request: HttpRequest, code: str) -> HttpResponse:
    vehicle = _vehicle(code)

    def save(values: dict[str, Any]) -> object:
        return change_vehicle(vehicle=vehicle, data=VehicleForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, VehicleForm, vehicle=vehicle), save=save, template="fleet/vehicle.html",
        back=reverse("fleet:vehicle_list"), done=_("車両を直しました。"), context=_about(vehicle),
    )  # fmt: skip


@require_POST
@coordinator_required
def permit_new(request: HttpRequest, code: str) -> HttpResponse:
    vehicle = _vehicle(code)
    form = PermitForm(request.POST)

    def save(values: dict[str, Any]) -> object:
        return record_permit(vehicle=vehicle, actor=actor_of(request), **values)

    return entry_page(
        request, form, save=save, template="components/entry.html", back=reverse("fleet:vehicle_edit", args=[code]),
        done=_("許可を登録しました。"), context={"heading": _("%(code)s の許可") % {"code": code}},
    )  # fmt: skip


@require_POST
@coordinator_required
def shift_set(request: HttpRequest, code: str) -> HttpResponse:
    vehicle = _vehicle(code)
    form = ShiftForm(request.POST)

    def save(values: dict[str, Any]) -> object:
        return set_shift(vehicle=vehicle, actor=actor_of(request), **values)

    return entry_page(
        request, form, save=save, template="components/entry.html", back=reverse("fleet:vehicle_edit", args=[code]),
        done=_("勤務を登録しました。"), context={"heading": _("%(code)s の勤務") % {"code": code}},
    )  # fmt: skip


@require_POST
@coordinator_required
def shift_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    shift = get_object_or_404(Shift, pk=pk, vehicle__code=code)
    return act(
        request, lambda: remove_shift(shift=shift, actor=actor_of(request)), done=_("勤務を取り消しました。"),
        back=reverse("fleet:vehicle_edit", args=[code]),
    )  # fmt: skip


def _vehicle(code: str) -> Vehicle:
    return get_object_or_404(Vehicle.objects.select_related("depot"), code=code)


def _about(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "heading": f"{vehicle.code} {vehicle.name}",
        "vehicle": vehicle,
        "permits": vehicle.permits.order_by("-valid_from")[:_SHIFTS_SHOWN],
        "shifts": vehicle.shifts.select_related("driver", "begins_at", "ends_at").order_by("-day")[:_SHIFTS_SHOWN],
        "permit_form": PermitForm(initial={"valid_from": today()}),
        "shift_form": ShiftForm(initial={"day": today()}),
        "today": today(),
    }
