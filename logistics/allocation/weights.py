"""What a plan weighs things by, as a person enters it: kilometres driven that one kilogram, one order or one vehicle is worth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from foodbank.core.errors import Text
from logistics.allocation.facts import Weights

MOST_KM = 1_000
MOST_DRIVER_M_PER_S = 20
MOST_KM_YEN = 10_000
_RANGES = {"driver_m_per_s": (0, MOST_DRIVER_M_PER_S), "km_yen": (1, MOST_KM_YEN)}


@dataclass(frozen=True, slots=True)
class WeightsKm:
    """What somebody enters, in kilometres driven (``soon_days``: days; ``driver_m_per_s``: metres a second; ``km_yen``: yen that weigh as
    much as one kilometre)."""

    site_km_per_kg: int = 200
    line_km_per_kg: int = 40
    line_left_out_km: int = 200
    offer_km_per_kg: int = 10
    offer_soon_km_per_kg: int = 10
    soon_days: int = 7
    offer_left_km: int = 20
    vehicle_km: int = 5
    driver_m_per_s: int = 1
    km_yen: int = 50
    move_km: int = 3

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(f.name for f in dataclasses.fields(cls))


def weights_of(entered: WeightsKm) -> Weights:
    """The same in the planner's unit: a kilometre a kilogram is a metre a gram."""
    return Weights(
        site_per_g=entered.site_km_per_kg,
        line_per_g=entered.line_km_per_kg,
        line_left_out=entered.line_left_out_km * 1_000,
        offer_per_g=entered.offer_km_per_kg,
        offer_soon_per_g=entered.offer_soon_km_per_kg,
        soon_days=entered.soon_days,
        offer_left=entered.offer_left_km * 1_000,
        vehicle=entered.vehicle_km * 1_000,
        per_s=entered.driver_m_per_s,
        km_yen=entered.km_yen,
        move=entered.move_km * 1_000,
    )


def weight_faults(entered: WeightsKm) -> dict[str, Text]:
    """By field: visits and pickup days count at least as much as orders, orders at least as much as offers, and food always more than
    nothing; else a plan could leave somebody hungry to save a drive."""
    faults: dict[str, Text] = {}
    for name in ("line_km_per_kg", "offer_km_per_kg"):
        if getattr(entered, name) < 1:
            faults[name] = Text("1以上にしてください。", "Enter 1 or more.")
    if entered.offer_km_per_kg + entered.offer_soon_km_per_kg > entered.line_km_per_kg:
        faults["offer_soon_km_per_kg"] = Text(
            f"提供品の重さ（{entered.offer_km_per_kg}）と合わせて、注文の重さ（{entered.line_km_per_kg}）までにしてください。",
            f"Together with the weight of offers ({entered.offer_km_per_kg}) at most that of orders ({entered.line_km_per_kg}).",
        )
    if entered.line_km_per_kg > entered.site_km_per_kg:
        faults["site_km_per_kg"] = Text(
            f"注文の重さ（{entered.line_km_per_kg}）以上にしてください。",
            f"At least the weight of orders ({entered.line_km_per_kg}).",
        )
    if entered.offer_left_km > entered.line_left_out_km:
        faults["line_left_out_km"] = Text(
            f"提供品1件の重さ（{entered.offer_left_km}）以上にしてください。",
            f"At least the weight of an offer ({entered.offer_left_km}).",
        )
    for name in WeightsKm.names():
        least, most = _RANGES.get(name, (0, MOST_KM))
        if not least <= getattr(entered, name) <= most:
            faults[name] = Text(f"{least}から{most}までにしてください。", f"Enter {least} to {most}.")
    return faults


PRESETS: dict[str, WeightsKm] = {
    "usual": WeightsKm(),
    "rescue": WeightsKm(offer_km_per_kg=20, offer_soon_km_per_kg=20, offer_left_km=100),
    "drive_less": WeightsKm(
        line_km_per_kg=20, line_left_out_km=100, offer_km_per_kg=5, offer_soon_km_per_kg=5, offer_left_km=5, vehicle_km=10,
        driver_m_per_s=2,
    ),
}  # fmt: skip
"""Weights to begin with: as built in; more of what shops offer; less driving."""
