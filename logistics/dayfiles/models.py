"""Which days were brought in from files, and row by row what they said and what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from foodbank.donations.models import Offer
from foodbank.inventory.models import Lot
from foodbank.partners.models import Order


class ImportedDay(models.Model):
    """The files of one day. ``digest`` is over what the rows mean, not over the bytes: another encoding is the same day."""

    date = models.DateField("日", unique=True)
    digest = models.CharField("照合値", max_length=64)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    imported_at = models.DateTimeField("取込", auto_now=True)

    class Meta:
        verbose_name = "取り込んだ日"
        verbose_name_plural = "取り込んだ日"
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date}"


class ImportedRow(models.Model):
    """One row as it was read, and the offer, order or lot that it made or (``made`` false) found already there."""

    day = models.ForeignKey(ImportedDay, on_delete=models.CASCADE, related_name="rows")
    file = models.CharField("ファイル", max_length=40)
    line = models.PositiveIntegerField("行")
    content = models.TextField("内容")  # the row's values in one spelling, as a CSV record
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made = models.BooleanField("この行で登録", default=False)

    class Meta:
        verbose_name = "取り込んだ行"
        verbose_name_plural = "取り込んだ行"
        ordering = ("day", "file", "line")
        constraints = (models.UniqueConstraint(fields=("day", "file", "line"), name="imported_row_once"),)

    def __str__(self) -> str:
        return f"{self.day} {self.file}:{self.line}"


class Upload(models.Model):
    """Files that somebody sent and has not confirmed yet. Kept for a day, for that person alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField("日")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="担当")
    created_at = models.DateTimeField("受付", auto_now_add=True)

    class Meta:
        verbose_name = "確認前のファイル"
        verbose_name_plural = "確認前のファイル"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.day} {self.pk}"


class UploadedFile(models.Model):
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="files")
    name = models.CharField("ファイル名", max_length=200)
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = "送られたファイル"
        verbose_name_plural = "送られたファイル"
        constraints = (models.UniqueConstraint(fields=("upload", "name"), name="uploaded_file_once"),)

    def __str__(self) -> str:
        return self.name
