"""What was done to accounts, by whom: kept three years (P9)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from foodbank.accounts.roles import Role


class EventKind(models.TextChoices):
    CREATED = "created", "アカウントを作成"
    ROLE_GIVEN = "role_given", "役割を追加"
    ROLE_RENEWED = "role_renewed", "役割の期間を変更"
    ROLE_ENDED = "role_ended", "役割を終了"
    RESET_LINK = "reset_link", "パスワードの再設定リンクを発行"
    PASSWORD_SET = "password_set", "パスワードを設定"
    SIGNED_OUT = "signed_out", "すべての端末からログアウト"
    PAUSE_LIFTED = "pause_lifted", "ログインの一時停止を解除"
    CLOSED = "closed", "アカウントを停止"
    OPENED = "opened", "アカウントを再開"


class AccountEvent(models.Model):
    """One act on an account. It says that, when and by whom; never a password, a link or an address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account_events", verbose_name="利用者"
    )
    kind = models.CharField("内容", max_length=16, choices=EventKind)
    role = models.CharField("役割", max_length=12, choices=Role, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="行った人")
    at = models.DateTimeField("時刻", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "アカウントの記録"
        verbose_name_plural = "アカウントの記録"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
