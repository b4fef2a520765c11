"""Files sent to the page: kept until they are confirmed, then applied as they were shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.donations.services.imports import PreparedOffers, import_offers, prepare_offers
from logistics.dayfiles.models import Upload, UploadedFile
from logistics.dayfiles.parse import FILES
from logistics.dayfiles.services.days import Prepared, import_day, prepare_day

_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an upload would change: a whole day's files, or one file of offers."""

    upload: Upload
    day_files: Prepared | None
    offers: PreparedOffers | None

    @property
    def fingerprint(self) -> str:
        """Of the changes as they are now; empty when there is nothing that could be applied."""
        if self.offers is not None:
            return "" if self.offers.problems or not self.offers.new else self.offers.fingerprint()
        if self.day_files is None or self.day_files.changes is None or self.day_files.changes.same_day:
            return ""
        return self.day_files.changes.fingerprint()


@transaction.atomic
def keep_upload(*, day: dt.date, files: Mapping[str, bytes], actor: User) -> Upload:
    """Keep these files, by name, until ``actor`` confirms them. Older ones that nobody confirmed go."""
    Upload.objects.filter(created_at__lt=timezone.now() - _KEPT).delete()
    upload = Upload.objects.create(day=day, actor=actor)
    UploadedFile.objects.bulk_create([UploadedFile(upload=upload, name=name, content=data) for name, data in files.items()])
    return upload


def preview_upload(*, upload: Upload) -> Preview:
    """Read and check what was sent. One file that is not called like another file of the day holds offers."""
    files = {one.name: bytes(one.content) for one in upload.files.order_by("pk")}
    name = next(iter(files))
    if len(files) == 1 and (name == "donations.csv" or name not in FILES):
        return Preview(upload, None, prepare_offers(data=files[name], file=name, day=upload.day))
    return Preview(upload, prepare_day(files=files, day=upload.day), None)


@transaction.atomic
def confirm_upload(*, upload: Upload, fingerprint: str, replace: bool, actor: User) -> None:
    """Apply what was shown under ``fingerprint``, and forget the files.

    Refuses ``dayfiles.changed_meanwhile`` when something else would be changed now, and whatever the import refuses.
    """
    preview = preview_upload(upload=upload)
    if not fingerprint or preview.fingerprint != fingerprint:
        raise Refusal(
            "dayfiles.changed_meanwhile",
            Text(
                "確認の後でデータが変わりました。もう一度内容を確かめてください。",
                "The data changed after you looked at it; please check again.",
            ),
        )
    if preview.offers is not None:
        import_offers(prepared=preview.offers, actor=actor)
    elif preview.day_files is not None:
        import_day(prepared=preview.day_files, replace=replace, actor=actor)
    upload.delete()
