"""The plan of a day: routes, stops, shipments and what is left out."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.catalog.models import Item, Zone
from foodbank.donations.models import Offer
from foodbank.inventory.models import Lot, Place
from foodbank.pantry.models import PickupDay
from foodbank.partners.models import OrderLine
from foodbank.sites.models import Site
from logistics.dispatch.models.visits import MobileVisit
from logistics.fleet.models import Vehicle


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "案"
    PUBLISHED = "published", "確定"
    STARTED = "started", "運行中"
    REPLACED = "replaced", "差し替え済み"


class PlanQuerySet(models.QuerySet["Plan"]):
    def current(self, day: dt.date) -> Plan | None:
        """The plan that counts on ``day``: the started or published one if there is one, else the newest draft."""
        plans = {p.status: p for p in self.filter(day=day).exclude(status=PlanStatus.REPLACED).order_by("pk")}
        for status in (PlanStatus.STARTED, PlanStatus.PUBLISHED, PlanStatus.DRAFT):
            if status in plans:
                return plans[status]
        return None


class Plan(models.Model):
    """One answer of the planner, verified before it was stored. Sums are grams, metres and seconds."""

    day = models.DateField("日", db_index=True)
    status = models.CharField("状態", max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    seconds = models.FloatField("計算時間（秒）", null=True, blank=True)
    work = models.PositiveIntegerField("計算量", null=True, blank=True)
    seed = models.PositiveIntegerField("乱数の種", default=1)
    travel_provider = models.CharField("所要時間のもと", max_length=40)
    # Who should have given the times, from which road data, why not (empty: did), and how many pairs, and driven legs, are estimated.
    travel_asked = models.CharField("所要時間を聞いた先", max_length=20, blank=True, db_default="")
    travel_extract = models.CharField("道路データの日付", max_length=40, blank=True, db_default="")
    travel_fallback = models.CharField("聞けなかった理由", max_length=10, blank=True, db_default="")
    travel_flagged = models.PositiveIntegerField("見積もった区間", db_default=0)
    travel_flagged_legs = models.PositiveIntegerField("見積もって走る区間", db_default=0)
    detour = models.FloatField("迂回率")
    speed_kmh = models.FloatField("速度（km/h）")
    stop_s = models.PositiveIntegerField("立寄1回（秒）")
    per_kg_s = models.PositiveIntegerField("1kgあたり（秒）")
    ordered_g = models.PositiveBigIntegerField("注文（g）")
    delivered_g = models.PositiveBigIntegerField("配達（g）")
    donated_g = models.PositiveBigIntegerField("提供（g）")
    collected_g = models.PositiveBigIntegerField("引取（g）")
    distance_m = models.PositiveBigIntegerField("走行距離（m）")
    drive_s = models.PositiveBigIntegerField("走行時間（秒）")
    cost = models.BigIntegerField("評価値")
    # The plan that counted when this one was made, if any: what a draft changes is told against it.
    base = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="もとの計画"
    )
    # The JSON that was checked, byte for byte what others get; the tables below are what the day works with.
    document = models.JSONField("計画の文書", editable=False)
    created_at = models.DateTimeField("作成", auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="作成者")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "配送計画"
        verbose_name_plural = "配送計画"
        ordering = ("day", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("day",), condition=models.Q(status__in=("published", "started")), name="one_live_plan_per_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} #{self.pk}"


class Route(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="routes")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="routes", verbose_name="車両")
    depart = models.DateTimeField("出発")
    back = models.DateTimeField("帰着")
    distance_m = models.PositiveIntegerField("走行距離（m）")
    drive_s = models.PositiveIntegerField("走行時間（秒）")
    # Empty: the vehicle's depot.
    begins_at = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="出発する場所"
    )
    ends_at = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="終える場所"
    )

    class Meta:
        verbose_name = "ルート"
        verbose_name_plural = "ルート"
        ordering = ("plan", "vehicle")
        constraints = (models.UniqueConstraint(fields=("plan", "vehicle"), name="route_once_per_vehicle"),)

    def __str__(self) -> str:
        return f"{self.plan} {self.vehicle.code}"


class CarriedOver(models.Model):
    """``plan`` was made while ``route`` was on the road, and goes on with it. When the plan is published the route becomes its own,
    with its stops, shipments and all that happened to them."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="carried_over")
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="carried_by")

    class Meta:
        verbose_name = "引き継ぐルート"
        verbose_name_plural = "引き継ぐルート"
        constraints = (models.UniqueConstraint(fields=("plan", "route"), name="route_carried_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id} ← {self.route_id}"


class RouteBreak(models.Model):
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="breaks")
    start = models.DateTimeField("から")
    end = models.DateTimeField("まで")

    class Meta:
        verbose_name = "休憩"
        verbose_name_plural = "休憩"
        ordering = ("route", "start")

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


class Stop(models.Model):
    """``code`` is what the QR on the route sheet says; left by ``latest_leave``, everything after it is still in time. ``set_out``: where
    the day was planned again from here on, when the vehicle was then to set out for it; otherwise when the stop before is to be left."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="stops")
    sequence = models.PositiveIntegerField("順番")
    code = models.CharField("コード", max_length=20, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stops", verbose_name="場所")
    arrive = models.DateTimeField("到着")
    start = models.DateTimeField("開始")
    leave = models.DateTimeField("出発")
    latest_leave = models.DateTimeField("遅くとも出発", null=True, blank=True)
    set_out = models.DateTimeField("前の場所を出る", null=True, blank=True)
    visit = models.ForeignKey(MobileVisit, null=True, blank=True, on_delete=models.PROTECT, related_name="stops")

    class Meta:
        verbose_name = "立寄先"
        verbose_name_plural = "立寄先"
        ordering = ("route", "sequence")
        constraints = (
            models.UniqueConstraint(fields=("route", "sequence"), name="stop_sequence_once"),
            models.CheckConstraint(
                condition=models.Q(arrive__lte=models.F("start")) & models.Q(start__lte=models.F("leave")),
                name="stop_times_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.route} {self.sequence}: {self.site.code}"


class Shipment(models.Model):
    """A unit of the plan: so many pieces from one stop to a later one of the same route. From the shelf (``lot`` at ``place``) or
    straight from a shop (``offer``); to an order line, a visit, a pickup day, or (none of them) back to the depot."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="shipments")
    unit = models.CharField("単位", max_length=10)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="shipments", verbose_name="品目")
    quantity = models.PositiveIntegerField("点数")
    grams = models.PositiveIntegerField("重さ（g）")
    zone = models.CharField("温度帯", max_length=10, choices=Zone)
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments", verbose_name="ロット")
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments", verbose_name="保管場所"
    )
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments", verbose_name="提供情報"
    )
    order_line = models.ForeignKey(
        OrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments", verbose_name="注文の行"
    )
    visit = models.ForeignKey(MobileVisit, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments")
    pickup_day = models.ForeignKey(PickupDay, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments")
    pick_stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="pick_ups", verbose_name="引取")
    drop_stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="drop_offs", verbose_name="荷下ろし")

    class Meta:
        verbose_name = "荷"
        verbose_name_plural = "荷"
        ordering = ("plan", "pk")
        constraints = (
            models.UniqueConstraint(fields=("plan", "unit"), name="shipment_unit_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0, grams__gt=0), name="shipment_positive"),
            models.CheckConstraint(
                condition=models.Q(lot__isnull=False, place__isnull=False, offer__isnull=True)
                | models.Q(lot__isnull=True, place__isnull=True, offer__isnull=False),
                name="shipment_one_source",
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit}: {self.quantity} × {self.item_id}"


class UnservedKind(models.TextChoices):
    ORDER_LINE = "order_line", "注文"
    DONATION = "donation", "提供情報"
    VISIT = "visit", "移動パントリー"
    PICKUP_DAY = "pickup_day", "受取日"


class Unserved(models.Model):
    """``grams`` missing for ``ref``, why, and the smallest change that was tried and would make it possible (both languages).

    ``change`` is that change in short (``planner.changes``); ``tried`` is false where there was no time left to look for one.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="unserved")
    kind = models.CharField("種類", max_length=10, choices=UnservedKind)
    ref = models.CharField("番号", max_length=80)
    grams = models.PositiveIntegerField("足りない重さ（g）")
    reason = models.CharField("理由", max_length=40)
    reason_ja = models.CharField("理由（日本語）", max_length=300)
    reason_en = models.CharField("理由（英語）", max_length=300)
    fix_ja = models.CharField("対処（日本語）", max_length=500, blank=True)
    fix_en = models.CharField("対処（英語）", max_length=500, blank=True)
    change = models.CharField("変更", max_length=200, blank=True, default="", db_default="")
    tried = models.BooleanField("対処を調べた", default=True, db_default=True)

    class Meta:
        verbose_name = "できなかったこと"
        verbose_name_plural = "できなかったこと"
        ordering = ("plan", "kind", "ref")

    def __str__(self) -> str:
        return f"{self.ref}: {self.reason}"
