"""Keeping what was refused at a scan, and ticking it off."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import RefusedScan, ScanMode
from foodbank.labels.codes import CodeRefused, read_code
from foodbank.sites.models import Site

_KEPT = 200
_SITE = re.compile(r"[0-9A-Za-z.\-]{1,80}(:[0-9]{1,5})?")
_SECRET = re.compile(r"[0-9A-Za-z_\-]{16,}")


def keep_refused_scan(*, mode: ScanMode, text: str, refusal: Refusal, actor: User, site: Site | None) -> RefusedScan:
    """A row for the coordinator's list. Call it outside the transaction that the refusal takes back."""
    return RefusedScan.objects.create(
        mode=mode,
        text=_storable(without_secrets(text))[:_KEPT],
        code=refusal.code[:60],
        params={name: _storable(value) if isinstance(value, str) else value for name, value in refusal.params.items()},
        text_ja=_storable(refusal.text.ja)[:400],
        text_en=_storable(refusal.text.en)[:400],
        site=site,
        actor=actor,
    )


@transaction.atomic
def resolve_refused_scan(*, scan: RefusedScan, actor: User) -> RefusedScan:
    """Somebody has seen to it; a second time changes nothing."""
    locked = lock_rows(RefusedScan.objects.all(), [scan.pk])[scan.pk]
    if locked.resolved_at is None:
        locked.resolved_at, locked.resolved_by = timezone.now(), actor
        locked.save(update_fields=["resolved_at", "resolved_by"])
    return locked


def _storable(text: str) -> str:
    """PostgreSQL stores no NUL; a damaged code may be read as anything."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def without_secrets(text: str) -> str:
    """A ticket or a personal link held before the camera by mistake is a key to somebody's booking: of addresses other than our
    labels' only the site stays, and long random-looking parts of anything but a product code go."""
    try:
        return read_code(text).text
    except CodeRefused:
        pass
    if "://" in text:
        scheme, _, rest = text.partition("://")
        site = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
        return f"{scheme}://{site.lower()}/…" if _SITE.fullmatch(site) else "…"
    return _SECRET.sub(lambda found: found[0] if found[0].isdigit() or text.startswith(("(", "]")) else "…", text)
