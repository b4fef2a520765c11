"""What somebody may be here."""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    COORDINATOR = "coordinator", "コーディネーター"
    WAREHOUSE = "warehouse", "倉庫"
    DRIVER = "driver", "運転"
    RECEPTION = "reception", "受付"
    REGISTRAR = "registrar", "登録（連絡先）"
    PARTNER = "partner", "提供先"
