"""Keeping what was refused at a scan, and ticking it off."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import RefusedScan, ScanMode
from foodbank.labels.codes import CodeRefused, read_code
from foodbank.sites.models import Site

_KEPT = 200
_SECRET = re.compile(r"[0-9A-Za-z_\-]{16,}")


def keep_refused_scan(*, mode: ScanMode, text: str, refusal: Refusal, actor: User, site: Site | None) -> RefusedScan:
    """A row for the coordinator's list. Call it outside the transaction that the refusal takes back."""
    return RefusedScan.objects.create(
        mode=mode,
        text=without_secrets(text)[:_KEPT],
        code=refusal.code[:60],
        params=refusal.params,
        text_ja=refusal.text.ja[:400],
        text_en=refusal.text.en[:400],
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


def without_secrets(text: str) -> str:
    """A ticket or a personal link held before the camera by mistake is a key to somebody's booking: of addresses other than our
    labels' only the site stays, and long random-looking parts of anything but a product code go."""
    try:
        return read_code(text).text
    except CodeRefused:
        pass
    if "://" in text:
        parts = urlsplit(text)
        return f"{parts.scheme}://{parts.hostname or ''}/…"
    return _SECRET.sub(lambda found: found[0] if found[0].isdigit() or text.startswith(("(", "]")) else "…", text)
