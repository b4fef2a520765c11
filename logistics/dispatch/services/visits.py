"""Kitchen-car visits of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Text
from foodbank.core.limits import MAX_PEOPLE
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import MobileVisit


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitData:
    """A kitchen car stands at ``site``, open to visitors between two times."""

    site: Site
    open_from: dt.time
    open_until: dt.time
    expected_households: int


def create_visits(*, day: dt.date, visits: Sequence[VisitData], actor: User) -> list[MobileVisit]:
    """New visits on ``day``, all or none. Refuses ``visit.refused`` (by field, of the first that is wrong)."""
    for data in visits:
        faults: dict[str, Text] = {}
        if data.site.kind != SiteKind.MOBILE:
            faults["site"] = Text("移動パントリー会場を選んでください。", "Choose a mobile pantry site.")
        if data.open_until <= data.open_from:
            faults["open_until"] = Text("終了は開始より後にしてください。", "A visit must end after it starts.")
        if not 1 <= data.expected_households <= MAX_PEOPLE:
            faults["expected_households"] = Text(
                f"見込み世帯数は1から{MAX_PEOPLE:,}の間で入力してください。", f"Expected households are 1 to {MAX_PEOPLE:,}."
            )
        if faults:
            raise FieldsRefused("visit.refused", faults)
    return MobileVisit.objects.bulk_create(
        [
            MobileVisit(
                day=day,
                site=data.site,
                open_from=data.open_from,
                open_until=data.open_until,
                expected_households=data.expected_households,
            )
            for data in visits
        ]
    )
