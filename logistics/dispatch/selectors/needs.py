"""いま見てほしいこと: what wants a person now, each with the place where to act. What is dealt with is no longer there.

A fixed number of queries, whatever the day holds (a test pins it).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foodbank.core.models import OutboxMessage
from foodbank.core.templatetags.words import clock, word
from foodbank.donations.models import Offer, OfferStatus
from foodbank.inventory.selectors.refused_scans import refused_scans
from foodbank.messaging.models import CallState, CallToMake
from foodbank.partners.models import Order, OrderStatus
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    FailReason,
    Plan,
    PlanStatus,
    ReceiptLine,
    Settled,
    Shipment,
    StopProgress,
    StopState,
)
from logistics.dispatch.selectors.late import late_vehicles
from logistics.dispatch.selectors.slots import PickupFigures
from logistics.fleet.models import Shift

OURS = (FailReason.CALLED_OFF, FailReason.VEHICLE)
"""Stops that failed because we called something off are dealt with by planning again, not one by one."""


def _what_to_do(reason: str) -> str:
    match reason:
        case FailReason.CLOSED | FailReason.ABSENT:
            return _("電話をして、別の時間に届けるか決めてください。計画を作り直すと、もう一度入ります。")
        case FailReason.REFUSED:
            return _("いらないときは注文か提供を取り消してください。取り消すまでは、次の計画にもう一度入ります。")
        case FailReason.NO_ACCESS:
            return _("入り方を確かめて、場所の「入り方・駐車」を直してください。")
        case FailReason.TOO_LATE:
            return _("時間を延ばせるか電話で確かめ、注文の時間帯を直してから計画を作り直してください。")
        case _:
            return _("運転する人に様子を聞いてください。")


@dataclass(frozen=True, slots=True)
class Need:
    """``what`` is its number for "dealt with" (empty: it goes away by itself once the cause has gone); ``label`` is the button to
    ``url``, where to act."""

    kind: str
    text: str
    url: str
    label: str
    what: str = ""
    detail: str = ""

    @property
    def anchor(self) -> str:
        """Stays the same while the list changes around it, so that the focus stays where it is."""
        return hashlib.sha256(f"{self.what or self.url}{self.label}".encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Needs:
    day: dt.date
    found: list[Need]

    @property
    def seen(self) -> str:
        """Changes when the list does."""
        return hashlib.sha256(repr(self.found).encode()).hexdigest()[:12]


def read_needs(day: dt.date, plan: Plan | None, slots: Sequence[PickupFigures]) -> Needs:
    """``plan`` is the one that counts on ``day``, ``slots`` are the bookings of its pickup days."""
    settled = set(Settled.objects.filter(day=day).values_list("what", flat=True))
    found = [
        *_on_the_road(plan),
        *_receipts(day),
        *_scans(day),
        *_messages(),
        *_calls(),
        *_planning(day, plan),
        *_shifts(day),
        *_waiting(slots),
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return Needs(day, sorted((need for need in found if need.what not in settled), key=lambda need: order[need.kind]))


def _on_the_road(plan: Plan | None) -> list[Need]:
    if plan is None or plan.status not in (PlanStatus.PUBLISHED, PlanStatus.STARTED):
        return []
    failed = StopProgress.objects.filter(stop__route__plan=plan, state=StopState.FAILED).exclude(fail_reason__in=OURS)
    needs = []
    for row in failed.select_related("stop__site", "stop__route__vehicle").order_by("-closed_at"):
        stop = row.stop
        needs.append(
            Need(
                "error",
                _("%(site)s：できませんでした（%(reason)s）")
                % {"site": stop.site.name, "reason": word(row.get_fail_reason_display())},
                f"{reverse('dispatch:day', args=[plan.day])}?vehicle={stop.route.vehicle.code}#route-{stop.route.vehicle.code}",
                _("ルートを見る"),
                f"stop/{stop.pk}",
                " ".join(filter(None, [stop.route.vehicle.code, clock(row.closed_at), row.note, _what_to_do(row.fail_reason)])),
            )
        )
    return [*_late(plan), *needs, *_left_aboard(plan)]


def _late(plan: Plan) -> list[Need]:
    """Vehicles that will be too late for somebody, with the way to plan the rest again; and what other drivers say of being late."""
    needs = []
    for one in late_vehicles(plan):
        facts = {"vehicle": one.code, "minutes": one.minutes, "n": len(one.places), "site": one.next, "time": clock(one.said)}
        said = _("運転者の知らせ：%(site)sには %(time)sごろ着きます。") % facts if one.said else ""
        if not one.places:
            text = _("%(vehicle)s：%(minutes)d 分おくれます。いまのところ、どの立寄先にも間に合います。") % facts
            address = f"{reverse('dispatch:day', args=[plan.day])}?vehicle={one.code}#route-{one.code}"
            needs.append(Need("info", text, address, _("ルートを見る"), detail=said))
            continue
        text = _("%(vehicle)s：%(minutes)d 分遅れています。%(n)d か所が間に合いません。") % facts
        address = f"{reverse('dispatch:day', args=[plan.day])}#replan"
        places = _("間に合わない立寄先：%(places)s") % {"places": "、".join(one.places)}
        needs.append(Need("error", text, address, _("計画し直す"), detail=f"{said} {places}".strip()))
    return needs


def _left_aboard(plan: Plan) -> list[Need]:
    """Goods on a vehicle that nobody will hand over any more."""
    rows = (
        Shipment.objects.filter(plan=plan, progress__loaded__gt=F("progress__dropped") + F("progress__returned"))
        .filter(Q(progress__called_off=True) | Q(drop_stop__progress__state=StopState.FAILED))
        .values("pick_stop__route", "pick_stop__route__vehicle__code")
        .annotate(units=Sum(F("progress__loaded") - F("progress__dropped") - F("progress__returned")))
        .order_by("pick_stop__route__vehicle__code")
    )
    return [
        Need(
            "warning",
            _("%(vehicle)s に、渡せなかった品が %(n)d 点積んだままです。拠点に戻してください。")
            % {"vehicle": row["pick_stop__route__vehicle__code"], "n": row["units"]},
            reverse("driving:route", args=[row["pick_stop__route"]]),
            _("運転のページで戻す"),
        )
        for row in rows
    ]


def _receipts(day: dt.date) -> list[Need]:
    """One for each delivery about which the partner says that something was missing or damaged."""
    lines = ReceiptLine.objects.filter(receipt__delivery__plan__day=day).select_related(
        "receipt__delivery__order__partner__site", "shipment__item"
    )
    by_receipt: dict[int, list[ReceiptLine]] = defaultdict(list)
    for line in lines.order_by("receipt", "pk"):
        by_receipt[line.receipt_id].append(line)
    needs = []
    for pk, rows in by_receipt.items():
        order = rows[0].receipt.delivery.order
        told = "、".join(_told(row) for row in rows)
        needs.append(
            Need(
                "warning",
                _("%(site)s：届いた品に問題がありました。%(told)s") % {"site": order.partner.site.name, "told": told},
                reverse("partners:order_edit", args=[order.pk]),
                _("注文を開く"),
                f"receipt/{pk}",
                rows[0].receipt.note,
            )
        )
    return needs


def _told(row: ReceiptLine) -> str:
    parts = []
    if row.missing:
        parts.append(_("足りない %(n)d 点") % {"n": row.missing})
    if row.damaged:
        parts.append(_("傷んでいた %(n)d 点") % {"n": row.damaged})
    return f"{row.shipment.item.name} {'・'.join(parts)}"


def _scans(day: dt.date) -> list[Need]:
    number = refused_scans(day).order_by().count()
    if not number:
        return []
    text = _("断られた読み取りが %(n)d 件あります。品がいまどこにあるか確かめてください。") % {"n": number}
    return [Need("warning", text, reverse("dispatch:refused_scans", args=[day]), _("一覧を開く"))]


def _messages() -> list[Need]:
    dead, trying = (
        OutboxMessage.objects.unsent()
        .aggregate(dead=Count("pk", filter=Q(state="dead")), trying=Count("pk", filter=Q(state="waiting")))
        .values()
    )
    needs = []
    address = reverse("dispatch:notices")
    if dead:
        needs.append(
            Need("error", _("送れなかったお知らせが %(n)d 件あります。") % {"n": dead}, f"{address}#letters", _("もう一度送る"))
        )
    if trying:
        text = _("お知らせ %(n)d 件の送信に手間取っています。メールの設定を確かめてください。") % {"n": trying}
        needs.append(Need("warning", text, f"{address}#letters", _("一覧を見る")))
    return needs


def _calls() -> list[Need]:
    number = CallToMake.objects.filter(state=CallState.OPEN).count()
    if not number:
        return []
    text = _("電話で伝えることが %(n)d 件あります。") % {"n": number}
    return [Need("warning", text, f"{reverse('dispatch:notices')}#calls", _("電話をかける"))]


def _planning(day: dt.date, plan: Plan | None) -> list[Need]:
    address = f"{reverse('dispatch:day', args=[day])}#planner"
    offs = list(CallOff.objects.standing(day).select_related("site", "vehicle"))
    if any(off.kind == CallOffKind.DAY for off in offs):
        return [Need("info", _("この日は中止になっています。"), reverse("dispatch:call_offs", args=[day]), _("中止を取り消す"))]
    if plan is None:
        return []
    if plan.status == PlanStatus.DRAFT:
        text = _("計画はまだ案です。確定すると、運転する人と提供先に見えます。")
        return [Need("warning", text, f"{reverse('dispatch:day', args=[day])}#plan", _("計画を見て確定する"))]
    changes = _changed_since(day, plan)
    fallen_out = [off for off in offs if off.created_at > plan.created_at and off.kind != CallOffKind.DRIVER]
    if fallen_out:
        names = "、".join(off.site.name if off.site else off.vehicle.code if off.vehicle else "" for off in fallen_out)
        changes.insert(0, _("中止：%(names)s") % {"names": names})
    if not changes:
        return []
    text = _("計画のあとで変わったことがあります（%(changes)s）。") % {"changes": "、".join(changes)}
    return [Need("error" if fallen_out else "warning", text, address, _("計画を作り直す"))]


def _changed_since(day: dt.date, plan: Plan) -> list[str]:
    """What the plan does not know of, in words."""
    made = plan.created_at
    orders = Order.objects.filter(delivery_date=day).aggregate(
        new=Count("pk", filter=Q(status=OrderStatus.PLACED, created_at__gt=made)),
        changed=Count("pk", filter=Q(status=OrderStatus.PLACED, created_at__lte=made, changed_at__gt=made)),
        cancelled=Count("pk", filter=Q(status=OrderStatus.CANCELLED, changed_at__gt=made, created_at__lte=made)),
    )
    new_offers = Offer.objects.filter(day=day, status=OfferStatus.OPEN, created_at__gt=made).count()
    words = (
        (orders["new"], _("新しい注文 %(n)d 件")),
        (orders["changed"], _("変わった注文 %(n)d 件")),
        (orders["cancelled"], _("取り消された注文 %(n)d 件")),
        (new_offers, _("新しい提供 %(n)d 件")),
    )
    return [text % {"n": number} for number, text in words if number]


def _shifts(day: dt.date) -> list[Need]:
    """Days that are over want no driver."""
    if day < timezone.localdate():
        return []
    vehicles = list(
        Shift.objects.filter(day=day, driver__isnull=True).order_by("vehicle__code").values_list("vehicle__code", flat=True)
    )
    if not vehicles:
        return []
    text = _("運転する人が決まっていない車両があります：%(codes)s") % {"codes": "、".join(vehicles)}
    return [Need("warning", text, reverse("dispatch:drivers", args=[day]), _("運転する人を決める"))]


def _waiting(slots: Sequence[PickupFigures]) -> list[Need]:
    """Households wait for one slot while another of the same pickup day has places."""
    return [
        Need(
            "info",
            _("%(site)s：%(waiting)d 世帯がキャンセル待ちですが、ほかの枠に %(free)d 世帯分の空きがあります。")
            % {"site": one.site, "waiting": one.waiting, "free": one.free},
            reverse("pantry:pickup_day", args=[one.pk]),
            _("予約の枠を見る"),
        )
        for one in slots
        if one.waiting and one.free
    ]
