"""How a household can be reached: apart from operations, encrypted with a key of its own (P2). Without the key's row nothing here can be
read any more, whoever holds the installation's key and whatever old copies there are of the other rows."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.pantry.models.households import CheckKind, Household


class HouseholdKey(models.Model):
    """The household's key, wrapped with the installation's. Deleting this row is forgetting."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="key")
    wrapped = models.BinaryField()

    class Meta:
        verbose_name = "世帯の鍵"
        verbose_name_plural = "世帯の鍵"

    def __str__(self) -> str:
        return f"{self.household_id}"


class Channel(models.TextChoices):
    EMAIL = "email", "メール"
    PHONE = "phone", "電話"
    NONE = "none", "連絡は不要"


class HouseholdContact(models.Model):
    """Sealed with the household's key; the ``…_hash`` columns find a household by what somebody says, and give nothing away."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="contact")
    channel = models.CharField("連絡のしかた", max_length=5, choices=Channel, default=Channel.NONE)
    nickname = models.BinaryField("呼び名", default=b"")
    email = models.BinaryField("メール", default=b"")
    phone = models.BinaryField("電話", default=b"")
    email_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        verbose_name = "連絡先"
        verbose_name_plural = "連絡先"

    def __str__(self) -> str:
        return f"{self.household_id}"


class ReadReason(models.TextChoices):
    CALL = "call", "電話・メールで連絡する"
    IDENTIFY = "identify", "問い合わせの人を確かめる"
    CORRECT = "correct", "連絡先を直す"
    ASKED = "asked", "本人から求められた"


class ContactRead(models.Model):
    """Somebody looked at a household's contact data (P7). What they saw is not repeated here."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="reads", verbose_name="世帯")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="見た人")
    reason = models.CharField("理由", max_length=10, choices=ReadReason)
    at = models.DateTimeField("時刻", auto_now_add=True)

    class Meta:
        verbose_name = "連絡先を見た記録"
        verbose_name_plural = "連絡先を見た記録"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.household_id} {self.reason} {self.at}"


class HouseholdLink(models.Model):
    """A personal link: whoever opens it is the household. Only the hash of its 256-bit secret is kept."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="links", verbose_name="世帯")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="作った人"
    )
    created_at = models.DateTimeField("作成", auto_now_add=True)
    revoked_at = models.DateTimeField("取り消し", null=True, blank=True)

    class Meta:
        verbose_name = "個人用リンク"
        verbose_name_plural = "個人用リンク"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.household_id} {self.created_at}"


class RegistrationLink(models.Model):
    """An open link, printed or sent, through which households register themselves until ``expires_at``, at most ``most`` of them.
    ``check_kind``: who got it was looked at before (an office hands it out), so that it counts as their check."""

    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    title = models.CharField("どこで配るか", max_length=80)
    check_kind = models.CharField("利用の確認", max_length=16, choices=CheckKind, blank=True)
    most = models.PositiveIntegerField("何世帯まで", default=100)
    used = models.PositiveIntegerField("登録した世帯", default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作った人")
    created_at = models.DateTimeField("作成", auto_now_add=True)
    expires_at = models.DateTimeField("期限")
    revoked_at = models.DateTimeField("取り消し", null=True, blank=True)

    class Meta:
        verbose_name = "登録用リンク"
        verbose_name_plural = "登録用リンク"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(used__lte=models.F("most")), name="registration_link_not_overused"),
        )

    def __str__(self) -> str:
        return self.title

    def open_at(self, moment: dt.datetime) -> bool:
        return self.revoked_at is None and moment < self.expires_at and self.used < self.most
