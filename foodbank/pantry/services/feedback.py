"""Two questions afterwards. The answers are kept without the household."""

from __future__ import annotations

import uuid

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.pantry.models import Booking, BookingState, Feedback, NextWish
from foodbank.pantry.services.rows import locked_booking


@transaction.atomic
def give_feedback(*, booking: Booking, connected: int, wish: NextWish, actor: User) -> None:
    """Did you feel connected (1 to 5), and what next. Once a booking; a second time changes nothing. Refuses ``feedback.refused`` and
    ``feedback.not_yet`` before the hand-over."""
    if not 1 <= connected <= 5:
        raise FieldsRefused("feedback.refused", {"connected": Text("1～5から選んでください。", "Choose 1 to 5.")})
    row = locked_booking(booking.pk)
    if row.state != BookingState.HANDED_OVER:
        raise Refusal("feedback.not_yet", Text("受け取りのあとに答えてください。", "Please answer after the pickup."))
    if row.feedback_given:
        return
    row.feedback_given = True
    row.save(update_fields=["feedback_given"])
    Feedback.objects.create(id=uuid.uuid4(), pickup_day=row.slot.pickup_day, connected=connected, wish=wish)
