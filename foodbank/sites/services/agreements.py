"""Signed agreements (D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from foodbank.accounts.models import User
from foodbank.core.dates import format_day
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.sites.models import Agreement, Site


def record_agreement(
    *, site: Site, valid_from: dt.date, actor: User, valid_until: dt.date | None = None, note: str = ""
) -> Agreement:
    """``site`` has signed. Refuses ``site.agreement_backwards``."""
    _check(valid_from, valid_until)
    return Agreement.objects.create(site=site, valid_from=valid_from, valid_until=valid_until, note=note)


def change_agreement(
    *, agreement: Agreement, valid_from: dt.date, actor: User, valid_until: dt.date | None = None, note: str = ""
) -> Agreement:
    """Correct or end an agreement. Refuses ``site.agreement_backwards``."""
    _check(valid_from, valid_until)
    agreement.valid_from, agreement.valid_until, agreement.note = valid_from, valid_until, note
    agreement.save()
    return agreement


def ensure_agreements(
    *, sites: Sequence[Site], day: dt.date, actor: User, valid_until: dt.date | None = None, note: str = ""
) -> int:
    """Record an agreement from ``day`` on for each of ``sites`` that has none valid on that day. Returns how many."""
    covered = set(Agreement.objects.valid_on(day).filter(site__in=sites).values_list("site_id", flat=True))
    new = [Agreement(site=site, valid_from=day, valid_until=valid_until, note=note) for site in sites if site.pk not in covered]
    Agreement.objects.bulk_create(new, batch_size=500)
    return len(new)


def need_agreement(*, site: Site, day: dt.date) -> None:
    """Raises ``site.no_agreement`` unless ``site`` has one that is valid on ``day`` (D1)."""
    need_agreements(sites=[site], day=day)


def need_agreements(*, sites: Sequence[Site], day: dt.date) -> None:
    """Raises ``site.no_agreement``, naming every one of ``sites`` without an agreement on ``day``."""
    covered = set(Agreement.objects.valid_on(day).filter(site__in=sites).values_list("site_id", flat=True))
    missing = {site.code: site.name for site in sites if site.pk not in covered}
    if missing:
        named = [f"{name}（{code}）" for code, name in sorted(missing.items())]
        raise Refusal(
            "site.no_agreement",
            Text(
                f"{day.year}年{format_day(day)}に有効な合意書がありません: {'、'.join(named)}。先に合意書を登録してください。",
                f"No agreement valid on {day}: {', '.join(sorted(missing))}. Record the agreement first.",
            ),
            params={"sites": sorted(missing), "day": day.isoformat()},
        )


def _check(valid_from: dt.date, valid_until: dt.date | None) -> None:
    if valid_until is not None and valid_until < valid_from:
        raise FieldsRefused(
            "site.agreement_backwards",
            {"valid_until": Text("終了日は開始日以降にしてください。", "The end must not be before the start.")},
        )
