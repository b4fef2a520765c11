"""Households (世帯): who receives together, known by a code. What is not needed for a pickup is not here (P1): no name, no address,
no free text. How to reach them lives apart (``contacts``)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.catalog.models import Allergen


class Allergies(models.TextChoices):
    """What is known about a household's allergies. ``UNKNOWN`` is asked before anything is handed over (D13)."""

    NONE = "none", "なし"
    LISTED = "listed", "あり"
    UNKNOWN = "unknown", "未確認"


class Language(models.TextChoices):
    JA = "ja", "日本語"
    EASY = "easy", "やさしい日本語"
    EN = "en", "English"


class AgeBand(models.TextChoices):
    """Children by age, as far as food asks for it."""

    BABY = "0", "0歳"
    TODDLER = "1-5", "1～5歳"
    PRIMARY = "6-11", "6～11歳"
    TEEN = "12-17", "12～17歳"


class HouseholdQuerySet(models.QuerySet["Household"]):
    def known(self) -> HouseholdQuerySet:
        """Those that have not been forgotten."""
        return self.filter(forgotten_at__isnull=True)


class Household(models.Model):
    """``size`` people. ``protected``: neutral words, no theme, no place (P4). ``account`` is what their personal link signs in to; it
    has no password, and may hold roles besides (来る人から関わる人へ)."""

    code = models.CharField("世帯番号", max_length=7, unique=True)
    size = models.PositiveSmallIntegerField("人数")
    allergies = models.CharField("アレルギー", max_length=8, choices=Allergies, default=Allergies.UNKNOWN)
    allergens = models.ManyToManyField(Allergen, blank=True, related_name="households", verbose_name="避けるアレルゲン")
    language = models.CharField("ことば", max_length=4, choices=Language, default=Language.JA)
    protected = models.BooleanField("配慮が必要", default=False)
    shared_phone = models.BooleanField("電話を共用", default=False)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="household",
        verbose_name="利用者",
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="登録した人"
    )
    registered_at = models.DateTimeField("登録", auto_now_add=True)
    request_id = models.UUIDField("登録の操作番号", null=True, blank=True, unique=True, editable=False)
    forgotten_at = models.DateTimeField("消去", null=True, blank=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "世帯"
        verbose_name_plural = "世帯"
        ordering = ("code",)
        constraints = (models.CheckConstraint(condition=models.Q(size__gte=1, size__lte=30), name="household_size_sensible"),)

    def __str__(self) -> str:
        return self.code


class HouseholdChildren(models.Model):
    """``count`` of the household's people are children of this age."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="children", verbose_name="世帯")
    band = models.CharField("年齢", max_length=5, choices=AgeBand)
    count = models.PositiveSmallIntegerField("人数")

    class Meta:
        verbose_name = "子ども"
        verbose_name_plural = "子ども"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("household", "band"), name="children_band_once"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="children_counted"),
        )

    def __str__(self) -> str:
        return f"{self.band}: {self.count}"


class CheckKind(models.TextChoices):
    """How it was seen that a household may come (D21). Neither a picture of a certificate nor 個人番号 is kept."""

    CHILD_ALLOWANCE = "child_allowance", "児童扶養手当の証書を見た"
    SCHOOL_AID = "school_aid", "就学援助の通知を見た"
    MEDICAL_CARD = "medical_card", "医療費受給者証を見た"
    REFERRAL = "referral", "相談窓口からの紹介"
    STATED = "stated", "本人の申告"


class EligibilityCheckQuerySet(models.QuerySet["EligibilityCheck"]):
    def valid_on(self, day: dt.date) -> EligibilityCheckQuerySet:
        return self.filter(valid_until__gte=day)


class EligibilityCheck(models.Model):
    """The result of looking at what somebody showed: ``kind``, by whom, and until when it holds."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="checks", verbose_name="世帯")
    kind = models.CharField("確認のしかた", max_length=16, choices=CheckKind)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確認した人"
    )
    checked_at = models.DateTimeField("確認", auto_now_add=True)
    valid_until = models.DateField("有効期限")

    objects = EligibilityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "利用の確認"
        verbose_name_plural = "利用の確認"
        ordering = ("-valid_until", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} – {self.valid_until}"
