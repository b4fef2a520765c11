from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused
from logistics.allocation.facts import Weights
from logistics.allocation.models import PlanWeights
from logistics.allocation.selectors.weights import weights_on
from logistics.allocation.services.weights import settle_weights
from logistics.allocation.weights import PRESETS, WeightsKm, weight_faults, weights_of
from logistics.dispatch.planner.outcome import cost_of
from tests.factories import UserFactory
from tests.factories.days import day, line, offer, visit

TOMORROW = dt.timedelta(days=1)


def test_what_a_person_enters_by_kilometre_is_what_the_planner_counts_by_metre():
    # 40 km a kilogram = 40,000 m / 1,000 g = 40 m a gram; an order left out 200 km = 200,000 m
    assert weights_of(WeightsKm()) == Weights()
    dearer = weights_of(WeightsKm(line_km_per_kg=50, line_left_out_km=300, vehicle_km=7))
    assert (dearer.line_per_g, dearer.line_left_out, dearer.vehicle) == (50, 300_000, 7_000)


def test_weights_change_what_a_plan_costs():
    """Nothing is driven: 1 kg each for a visit of one household (4 kg), an order, an offer that keeps 5 days."""
    facts = day(
        places={"M1": 1, "P1": 1, "D1": 1},
        goods=[offer("A", "D1", 1, days=5)],
        lines=[line("O1/rice", "P1", 1)],
        sites=[visit("M1", 1, "11:00-12:00")],
    )
    weights = weights_of(WeightsKm(300, 50, 200, 6, 4, 5, 30))
    assert cost_of(replace(facts, weights=weights), ()) == 4 * 300_000 + 50_000 + 10_000 + 30_000
    weights = weights_of(WeightsKm(300, 50, 200, 6, 4, 4, 30))  # soon is 4 days now
    assert cost_of(replace(facts, weights=weights), ()) == 4 * 300_000 + 50_000 + 6_000 + 30_000


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_presets_are_acceptable(name):
    assert weight_faults(PRESETS[name]) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"line_km_per_kg": 201}, "site_km_per_kg"),
        ({"offer_km_per_kg": 31}, "offer_soon_km_per_kg"),
        ({"line_left_out_km": 19}, "line_left_out_km"),
        ({"line_km_per_kg": 0}, "line_km_per_kg"),
        ({"offer_km_per_kg": 0}, "offer_km_per_kg"),
        ({"site_km_per_kg": 1_001}, "site_km_per_kg"),
        ({"driver_m_per_s": 21}, "driver_m_per_s"),
        ({"vehicle_km": -1}, "vehicle_km"),
        ({"km_yen": 0}, "km_yen"),
        ({"km_yen": 10_001}, "km_yen"),
    ],
)
def test_the_order_of_what_matters_is_kept(change, field):
    assert field in weight_faults(replace(WeightsKm(), **change))


@pytest.mark.django_db
def test_weights_hold_from_their_day_on():
    assert weights_on(today()) == Weights()
    settle_weights(valid_from=today() + TOMORROW, weights=WeightsKm(vehicle_km=9), actor=UserFactory.create())
    assert weights_on(today()) == Weights()
    assert weights_on(today() + 5 * TOMORROW).vehicle == 9_000
    settle_weights(valid_from=today() + TOMORROW, weights=WeightsKm(vehicle_km=8), actor=UserFactory.create())
    assert weights_on(today() + TOMORROW).vehicle == 8_000
    assert PlanWeights.objects.count() == 1


@pytest.mark.django_db
def test_a_day_that_has_passed_and_a_wrong_order_are_refused_together():
    with pytest.raises(FieldsRefused) as refused:
        settle_weights(valid_from=today() - TOMORROW, weights=WeightsKm(site_km_per_kg=1), actor=UserFactory.create())
    assert refused.value.code == "weights.refused"
    assert set(refused.value.fields) == {"valid_from", "site_km_per_kg"}
    assert not PlanWeights.objects.exists()


@pytest.mark.django_db
def test_the_database_keeps_the_order_too():
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanWeights.objects.create(valid_from=today(), actor=UserFactory.create(), **asdict(WeightsKm(site_km_per_kg=1)))


@pytest.mark.django_db
def test_the_page_fills_in_a_preset_and_keeps_what_is_entered(client: Client):
    client.force_login(UserFactory.create())
    url = reverse("allocation:weights")
    assert client.get(url).context["form"].initial["vehicle_km"] == 5
    assert client.get(url, {"preset": "drive_less"}).context["form"].initial["vehicle_km"] == 10
    data = {**asdict(WeightsKm(vehicle_km=6)), "valid_from": today().isoformat()}
    assert client.post(url, data | {"km_yen": 80}).status_code == 302
    assert (weights_on(today()).vehicle, weights_on(today()).km_yen) == (6_000, 80)
    page = client.post(url, data | {"site_km_per_kg": 30})
    assert page.status_code == 422
    assert "site_km_per_kg" in page.context["form"].errors
    assert weights_on(today()).site_per_g == 200
