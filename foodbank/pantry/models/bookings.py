"""Bookings (予約) of a slot, places in the exchange session and in childcare. Each has its own capacity and its own waiting list; food
never depends on the others (P6)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from foodbank.pantry.models.households import Household
from foodbank.pantry.models.pickup_days import ExchangeSession, PickupDay, Slot


class BookingState(models.TextChoices):
    BOOKED = "booked", "予約済み"
    WAITING = "waiting", "キャンセル待ち"
    CHECKED_IN = "checked_in", "受付済み"
    HANDED_OVER = "handed_over", "お渡し済み"
    NO_SHOW = "no_show", "来られなかった"
    CANCELLED = "cancelled", "取り消し"
    CALLED_OFF = "called_off", "中止"


TAKING = (BookingState.BOOKED, BookingState.CHECKED_IN, BookingState.HANDED_OVER, BookingState.NO_SHOW)
"""States that take one of the slot's places; ``Slot.taken`` counts them."""
LIVE = (BookingState.BOOKED, BookingState.WAITING, BookingState.CHECKED_IN, BookingState.HANDED_OVER)
"""A household has one of these a day, at whatever venue."""


class Via(models.TextChoices):
    PAGE = "page", "本人"
    STAFF = "staff", "職員"


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> BookingQuerySet:
        return self.filter(state__in=LIVE)

    def in_line(self) -> BookingQuerySet:
        """Those who wait, in the order in which they came."""
        return self.filter(state=BookingState.WAITING).order_by("pk")


class Booking(models.Model):
    """A household's place in a slot, or in the line for it. ``token`` is what the ticket's QR holds, ``code`` what is said aloud (P3);
    both mean something on ``day`` only. That a feedback was given is remembered here, what it said is not."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="bookings", verbose_name="世帯")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings", verbose_name="受取枠")
    day = models.DateField("日")
    state = models.CharField("状態", max_length=11, choices=BookingState)
    token = models.CharField(max_length=32, unique=True, editable=False)
    code = models.CharField("受取券の番号", max_length=6)
    via = models.CharField("受付方法", max_length=5, choices=Via)
    feedback_given = models.BooleanField("アンケート済み", default=False)
    created_at = models.DateTimeField("予約", auto_now_add=True)
    checked_in_at = models.DateTimeField("受付", null=True, blank=True)
    closed_at = models.DateTimeField("終了", null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "予約"
        verbose_name_plural = "予約"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("day", "code"), name="booking_code_once_a_day"),
            models.UniqueConstraint(
                fields=("household", "day"), condition=models.Q(state__in=LIVE), name="booking_one_per_household_a_day"
            ),
        )
        indexes = (models.Index(fields=("slot", "state"), name="booking_slot_state"),)

    def __str__(self) -> str:
        return f"{self.day} {self.code} {self.state}"


class PlaceState(models.TextChoices):
    IN = "in", "参加"
    WAITING = "waiting", "キャンセル待ち"
    CANCELLED = "cancelled", "取り消し"
    CALLED_OFF = "called_off", "中止"


OPEN_PLACE = (PlaceState.IN, PlaceState.WAITING)


class SessionPlace(models.Model):
    """One adult of the household in the exchange session, or in the line for it."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="session_places", verbose_name="世帯")
    session = models.ForeignKey(ExchangeSession, on_delete=models.PROTECT, related_name="places", verbose_name="交流会")
    state = models.CharField("状態", max_length=10, choices=PlaceState)
    created_at = models.DateTimeField("申込", auto_now_add=True)

    class Meta:
        verbose_name = "交流会の参加"
        verbose_name_plural = "交流会の参加"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("household", "session"), condition=models.Q(state__in=OPEN_PLACE), name="session_place_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"


class ChildcarePlace(models.Model):
    """``children`` of the household in childcare during the session, or in the line for it."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="childcare_places", verbose_name="世帯")
    session = models.ForeignKey(ExchangeSession, on_delete=models.PROTECT, related_name="childcare", verbose_name="交流会")
    children = models.PositiveSmallIntegerField("人数")
    state = models.CharField("状態", max_length=10, choices=PlaceState)
    created_at = models.DateTimeField("申込", auto_now_add=True)

    class Meta:
        verbose_name = "託児の申込"
        verbose_name_plural = "託児の申込"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("household", "session"), condition=models.Q(state__in=OPEN_PLACE), name="childcare_place_once"
            ),
            models.CheckConstraint(condition=models.Q(children__gte=1), name="childcare_children_counted"),
        )

    def __str__(self) -> str:
        return f"{self.session_id} {self.children} {self.state}"


class NextWish(models.TextChoices):
    COME_AGAIN = "come_again", "また来たい"
    TALK = "talk", "交流会で話したい"
    HELP = "help", "手伝ってみたい"
    ASK = "ask", "だれかに聞きたいことがある"


class Feedback(models.Model):
    """Two answers about a pickup day. Nothing leads from here to a household: no time, and a number that follows no order."""

    id = models.UUIDField(primary_key=True, editable=False)
    pickup_day = models.ForeignKey(PickupDay, on_delete=models.CASCADE, related_name="feedback", verbose_name="受取日")
    connected = models.PositiveSmallIntegerField("つながりを感じたか")
    wish = models.CharField("次は", max_length=10, choices=NextWish)

    class Meta:
        verbose_name = "アンケート"
        verbose_name_plural = "アンケート"
        constraints = (
            models.CheckConstraint(condition=models.Q(connected__gte=1, connected__lte=5), name="feedback_one_to_five"),
        )

    def __str__(self) -> str:
        return f"{self.pickup_day_id}: {self.connected}"


class PickupCallOff(models.Model):
    """A pickup day that does not take place: when, by whom and why."""

    pickup_day = models.OneToOneField(PickupDay, on_delete=models.CASCADE, related_name="call_off", verbose_name="受取日")
    reason = models.CharField("理由", max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    at = models.DateTimeField("時刻", auto_now_add=True)

    class Meta:
        verbose_name = "受取日の中止"
        verbose_name_plural = "受取日の中止"

    def __str__(self) -> str:
        return f"{self.pickup_day_id} {self.at}"
