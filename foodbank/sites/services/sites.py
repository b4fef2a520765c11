"""Entering and correcting places that somebody drives to."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.sites.models import PermitClass, Site, SiteKind
from foodbank.sites.policies import pause_faults, site_faults, size_faults

_BATCH = 500
_GROUPS = ("access", "pause")  # fields of SiteData that hold several values


@dataclass(frozen=True, slots=True)
class Access:
    """How high (cm) and how heavy (kg, loaded) a vehicle may be to get there; ``None``: no limit."""

    max_height_cm: int | None = None
    max_weight_kg: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """When a shop or partner is closed in between; ``None``: it opens once a day."""

    pause_from: dt.time | None = None
    pause_until: dt.time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteData:
    """What is entered of a site; ``None`` leaves what is stored as it is."""

    code: str
    name: str
    kind: SiteKind
    latitude: float
    longitude: float
    opens: dt.time
    closes: dt.time
    address: str | None = None
    access_note: str | None = None
    phone: str | None = None
    active: bool | None = None
    access: Access | None = None
    pause: Pause | None = None
    area: str | None = None
    permit_class: PermitClass | str | None = None

    def values(self) -> dict[str, Any]:
        """What of it is to be stored, by the name of the field."""
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in _GROUPS}
        said = {name: value for name, value in own.items() if value is not None}
        for group in (self.access, self.pause):
            said |= dataclasses.asdict(group) if group is not None else {}
        return said


_FIELDS = tuple(
    field.name for kind in (SiteData, Access, Pause) for field in dataclasses.fields(kind) if field.name not in _GROUPS
)


def create_site(*, data: SiteData, actor: User) -> Site:
    """A new site. Refuses ``site.code_taken`` and ``site.refused`` with what is wrong by field."""
    if Site.objects.filter(code=data.code).exists():
        raise FieldsRefused("site.code_taken", {"code": Text("このコードは使われています。", "This code is already in use.")})
    return put_sites(sites=[data], actor=actor)[data.code]


def change_site(*, site: Site, data: SiteData, actor: User) -> Site:
    """Correct a site; its code and kind stay. Refuses ``site.code_changes``, ``site.kind_changes`` and ``site.refused``."""
    if data.code != site.code:
        raise FieldsRefused(
            "site.code_changes",
            {"code": Text("コードは変えられません（ラベルや書類に使われています）。", "A code cannot change.")},
        )
    return put_sites(sites=[data], actor=actor)[data.code]


@transaction.atomic
def put_sites(*, sites: Sequence[SiteData], actor: User) -> dict[str, Site]:
    """Create these sites, or correct those whose code is known; all or none. Returns them by code.

    Refuses ``site.refused`` (by field, of the first site that is wrong) and ``site.kind_changes``.
    """
    for data in sites:
        faults = site_faults(
            code=data.code,
            name=data.name,
            latitude=data.latitude,
            longitude=data.longitude,
            opens=data.opens,
            closes=data.closes,
        )
        if data.access is not None:
            faults |= size_faults(
                height_cm=data.access.max_height_cm,
                weight_kg=data.access.max_weight_kg,
                height_field="max_height_cm",
                weight_field="max_weight_kg",
            )
        if data.pause is not None:
            hands_over = data.kind in (SiteKind.DONOR, SiteKind.PARTNER)
            faults |= pause_faults(**dataclasses.asdict(data.pause), opens=data.opens, closes=data.closes, hands_over=hands_over)
        if faults:
            raise FieldsRefused("site.refused", faults)
    known = {site.code: site for site in Site.objects.filter(code__in=[data.code for data in sites])}
    new: dict[str, Site] = {}
    changed: list[Site] = []
    for data in sites:
        values = data.values()
        site = known.get(data.code)
        if site is None:
            new[data.code] = Site(**values)
            continue
        if site.kind != data.kind:
            raise Refusal(
                "site.kind_changes",
                Text(
                    f"「{data.code}」は{site.get_kind_display()}として登録済みです。種類は変えられません。",
                    f"{data.code} is a {site.kind}; the kind of a site never changes.",
                ),
                params={"code": data.code, "kind": site.kind},
            )
        if any(getattr(site, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(site, name, value)
            changed.append(site)
    Site.objects.bulk_create(new.values(), batch_size=_BATCH)
    Site.objects.bulk_update(changed, [name for name in _FIELDS if name != "code"], batch_size=_BATCH)
    return known | new


def require_kind(site: Site, kind: SiteKind) -> None:
    """Refuses ``site.wrong_kind``."""
    if site.kind != kind:
        raise Refusal(
            "site.wrong_kind",
            Text(f"「{site.code}」の種類は「{kind.label}」ではありません。", f"{site.code} is not a {kind.value} site."),
            params={"code": site.code, "kind": site.kind},
            status=400,
        )
