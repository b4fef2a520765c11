"""Who came by the code of a day."""

from __future__ import annotations

from django.db import models


class DayJoin(models.Model):
    """Somebody got a role for a day by its code. ``name_key`` tells apart those who typed a name; it is empty for those who were
    signed in, whose account nobody else reaches by a name."""

    code = models.ForeignKey("accounts.DayCode", on_delete=models.CASCADE, related_name="joins", verbose_name="当日コード")
    grant = models.OneToOneField("accounts.RoleGrant", on_delete=models.CASCADE, related_name="join", verbose_name="役割")
    name_key = models.CharField("名前の見分け", max_length=80, blank=True, editable=False)
    joined_at = models.DateTimeField("参加", auto_now_add=True)

    class Meta:
        verbose_name = "当日の参加"
        verbose_name_plural = "当日の参加"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("code", "name_key"), condition=~models.Q(name_key=""), name="day_join_name_once"),
        )

    def __str__(self) -> str:
        return f"{self.code_id} {self.grant_id}"
