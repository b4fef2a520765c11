"""What is said, by key, in Japanese and English."""

from __future__ import annotations

from foodbank.core.errors import Text
from foodbank.messaging.call_off_words import CALL_OFFS
from foodbank.messaging.plan_words import PLANS
from foodbank.messaging.template import NEUTRAL_SUBJECT, Template

TEMPLATES: dict[str, Template] = {
    **CALL_OFFS,
    **PLANS,
    # households: never a place, a theme or a word of food
    "booking_confirmed": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} {time} のご予約を承りました。当日は、予約のページの番号かQRコードをお見せください。"
            "都合が悪くなったときは、予約のページからいつでも取り消せます。",
            "Your booking for {day_en}, {time}, is made. On the day, show the number or the QR code on your booking page. "
            "If you cannot come, cancel there at any time.",
        ),
    ),
    "booking_waiting": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} {time} は、いまキャンセル待ちです。空きが出たら、順番にお知らせします。",
            "You are on the waiting list for {day_en}, {time}. We will tell you when it is your turn.",
        ),
    ),
    "booking_moved_up": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "お待ちいただいた {day_ja} {time} の予約が取れました。来られないときは、予約のページから取り消してください。次の方にお回しします。",
            "Your turn has come: you are booked for {day_en}, {time}. "
            "If you cannot come, please cancel on your booking page, so that the next one can.",
        ),
    ),
    "booking_new_time": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} のご予約の時間が {time} に変わりました。来られないときは、予約のページから取り消してください。",
            "The time of your booking on {day_en} is now {time}. If you cannot come, please cancel on your booking page.",
        ),
    ),
    "booking_called_off": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} {time} のご予約は、中止になりました。次の予定は、予約のページをご覧ください。",
            "Your booking for {day_en}, {time}, has been called off. See your booking page for what comes next.",
        ),
    ),
    "session_moved_up": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} {time} の会に参加いただけるようになりました。来られないときは、予約のページから取り消してください。",
            "There is a place for you on {day_en}, {time}. If you cannot come, please cancel on your booking page.",
        ),
    ),
    "childcare_place": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} {time} の託児の場所が取れました。不要なときは、予約のページから取り消してください。",
            "There is a childcare place for you on {day_en}, {time}. If you do not need it, please cancel on your booking page.",
        ),
    ),
    "session_called_off": Template(
        subject=NEUTRAL_SUBJECT,
        body=Text(
            "{day_ja} {time} の会は、中止になりました。",
            "What was planned for {day_en}, {time}, has been called off.",
        ),
    ),
}
