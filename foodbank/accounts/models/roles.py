"""Who may do what, where and until when (P7), and how people come to it: by invitation, or by the code of a day."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.accounts.roles import Role


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, day: dt.date) -> RoleGrantQuerySet:
        return self.filter(valid_from__lte=day, valid_until__gte=day, revoked_at__isnull=True)


class RoleGrant(models.Model):
    """``user`` has ``role`` from ``valid_from`` to ``valid_until``, both days included, at ``site`` (none: at every place). It ends by
    itself. A partner's role is always that of one site."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants", verbose_name="利用者"
    )
    role = models.CharField("役割", max_length=12, choices=Role)
    site = models.ForeignKey(
        "sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="role_grants", verbose_name="場所"
    )
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="与えた人")
    granted_at = models.DateTimeField("登録", auto_now_add=True)
    revoked_at = models.DateTimeField("取り消した時刻", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="取り消した人"
    )

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = "役割"
        verbose_name_plural = "役割"
        ordering = ("user", "role", "valid_from")
        constraints = (
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("valid_from")), name="role_ends_after_start"),
            models.CheckConstraint(
                condition=~models.Q(role=Role.PARTNER) | models.Q(site__isnull=False), name="role_partner_has_site"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.valid_from}–{self.valid_until}"


class Invitation(models.Model):
    """A link that makes an account, or gives an existing one a further role, once and until ``expires_at``. Only the hash of the
    link's secret is kept."""

    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField("だれに", max_length=80)
    role = models.CharField("役割", max_length=12, choices=Role)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="場所")
    valid_from = models.DateField("役割の開始日")
    valid_until = models.DateField("役割の終了日")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="招いた人")
    created_at = models.DateTimeField("登録", auto_now_add=True)
    expires_at = models.DateTimeField("リンクの期限")
    used_at = models.DateTimeField("使った時刻", null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="使った人"
    )
    revoked_at = models.DateTimeField("取り消した時刻", null=True, blank=True)

    class Meta:
        verbose_name = "招待"
        verbose_name_plural = "招待"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(role=Role.PARTNER) | models.Q(site__isnull=False), name="invitation_partner_has_site"
            ),
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("valid_from")), name="invitation_role_forwards"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.role}"


class DayCode(models.Model):
    """What volunteers type, or read from the poster, to work as ``role`` at ``site`` on ``day``: with a name and nothing else."""

    code = models.CharField("当日コード", max_length=12)
    day = models.DateField("日")
    role = models.CharField("役割", max_length=12, choices=Role)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="day_codes", verbose_name="場所")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作った人")
    created_at = models.DateTimeField("登録", auto_now_add=True)
    revoked_at = models.DateTimeField("取り消した時刻", null=True, blank=True)

    class Meta:
        verbose_name = "当日コード"
        verbose_name_plural = "当日コード"
        ordering = ("day", "site", "role")
        constraints = (
            models.UniqueConstraint(fields=("day", "code"), name="day_code_once_per_day"),
            models.UniqueConstraint(
                fields=("day", "site", "role"), condition=models.Q(revoked_at__isnull=True), name="day_code_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=("warehouse", "driver", "reception")), name="day_code_for_day_roles"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.role}"
