"""The recipients' way from registering to the parcel: on their own phones without a script, and at the gate by six characters."""

from __future__ import annotations

import re

from deploy.tools.demo.browser import Page, PageFault
from deploy.tools.demo.day import Account, Day, Step

_ADDRESS = re.compile(r"http://[^\s\"'<>]+/my/(?:register|enter)/[^\s\"'<>]+")
_CODE = re.compile(r'class="code-big">([0-9A-Z]{3} [0-9A-Z]{3})<')
HOUSEHOLDS = (
    ("recipient 1", "?lang=ja", {"size": "3", "children_1": "1", "allergies": "none", "channel": "none"}),
    ("recipient 2", "?lang=easy", {"size": "4", "children_1": "1", "children_2": "1", "allergies": "none", "channel": "none"}),
    ("recipient 3", "?lang=en", {"size": "2", "children_3": "1", "allergies": "listed", "allergens": ["Walnut"], "channel": "none"}),
    ("recipient 4", "?lang=ja", {"size": "2", "children_0": "1", "allergies": "none", "channel": "email", "email": "mihon@example.invalid"}),
)  # fmt: skip
"""Who, in which language, and what they say. The last one waits for a place."""
SLOT, PLACES = ("17:00", "23:59"), 3
"""An evening slot, so that the demo can be started at any hour."""


def _evening(day: Day) -> str:
    """More places in the evening, and the exchange session then as well."""
    visitor = day.visitor("coordinator")
    visitor.open("/pickup-days/")
    page = visitor.follow(f"{day.date.month}月{day.date.day}日")
    visitor.press("加える", {"new-start": SLOT[0], "new-end": SLOT[1], "new-capacity": str(PLACES)})
    visitor.open(page.url)
    visitor.press("保存する", {"session-start": SLOT[0], "session-end": SLOT[1]}, near="テーマ")
    day.links["pickup day"] = page.url
    return f"{'–'.join(SLOT)}, {PLACES} 世帯 / households"


def _link(day: Day) -> str:
    """For whoever was looked at at the window already: registering is enough."""
    visitor = day.visitor("registrar")
    visitor.open("/households/links/")
    form, _ = visitor.here().with_button("リンクを作る")[0]
    check = form.choices("利用の確認")[0]
    page = visitor.press("リンクを作る", {"どこで配るか": "見本の窓口", "いつまで": day.date.isoformat(), "利用の確認": check})
    found = _ADDRESS.search(page.html)
    if found is None:
        raise PageFault(f"{page.url}: no link to register")
    day.links["register"] = found.group()
    return check


def _register(day: Day) -> str:
    for who, language, answers in HOUSEHOLDS:
        visitor = day.visitor(who)
        page = visitor.open(day.links["register"] + language)
        page = visitor.press(_last(page), answers)
        found = _ADDRESS.search(page.html)
        if found is None:
            raise PageFault(f"{page.url}: no personal link")
        day.accounts[who] = Account(link=found.group())
        visitor.press(page.forms[0].buttons[0].label)
    return f"{len(HOUSEHOLDS)} 世帯 / households"


def _book(day: Day) -> str:
    """Three have the evening's places, the fourth waits."""
    for who, *_ in HOUSEHOLDS:
        visitor = day.visitor(who)
        visitor.open("/my/")
        page = visitor.open(_first_link(visitor.open("/my/"), "/my/days/"))
        visitor.press(_last(page), {"slot": _slot(page)})
        day.links[who] = visitor.here().url
    waiting = day.visitor(HOUSEHOLDS[-1][0]).here()
    if "guest-state-waiting" not in waiting.html:
        raise PageFault(f"{waiting.url}: more were booked than there are places")
    return "3 + 1"


def _session(day: Day) -> str:
    """Apart from the food (P6): a place in the exchange session, and one for the child."""
    visitor = day.visitor("recipient 2")
    page = visitor.open(day.links["recipient 2"])
    page = visitor.open(_first_link(page, "/together/"))
    visitor.press(_last(page), {"children": "1"})
    day.counted["sessions"] += 1
    return "託児 1 / childcare 1"


def _cancel(day: Day) -> str:
    """One tap, and whoever waits longest has the place."""
    visitor = day.visitor("recipient 1")
    page = visitor.open(day.links["recipient 1"])
    visitor.press(_last(page))
    day.counted["moved up"] += 1
    page = day.visitor("recipient 4").open(day.links["recipient 4"])
    if "guest-state-booked" not in page.html:
        raise PageFault(f"{page.url}: nobody moved up")
    return "1 → 4"


def _check_in(day: Day) -> str:
    """The first ticket by its six characters; the parcel of named lots is on the screen."""
    return _at_the_gate(day, "recipient 2")


def _hand_over(day: Day) -> str:
    """The others come one after the other; for somebody without a booking the coordinator makes room."""
    visitor = day.visitor("reception")
    _give(day)
    for who in ("recipient 3", "recipient 4"):
        _at_the_gate(day, who)
        _give(day)
    desk = day.visitor("coordinator")
    desk.open(day.links["pickup day"])
    desk.press("保存する", {"世帯数": str(PLACES + 1)}, near="–".join(SLOT))
    visitor.open(day.links["gate"])
    visitor.follow("一覧から探す")
    visitor.follow("登録のない人を受け付ける")
    page = visitor.press("保存する", {"受取枠": SLOT[0], "人数": "2", "アレルギー": "なし"})
    [row] = [row for row in page.html.split("<tr>") if "予約済み" in row]  # everybody else has been there
    visitor.open(row.partition('href="')[2].partition('"')[0])
    visitor.press("受付する")
    _give(day)
    return f"{day.counted['handed over']} 世帯 / households"


def _at_the_gate(day: Day, who: str) -> str:
    ticket = day.visitor(who).open(day.links[who])
    found = _CODE.search(ticket.html)
    if found is None:
        raise PageFault(f"{ticket.url}: no ticket")
    visitor = day.visitor("reception")
    day.links["gate"] = visitor.open("/gate/").url
    visitor.press("受付する", {"code": found.group(1).lower()})
    return found.group(1)


def _give(day: Day) -> None:
    day.visitor("reception").press("お渡し済みにする")
    day.counted["handed over"] += 1


def _feedback(day: Day) -> str:
    """Two questions, and who answered is not kept."""
    visitor = day.visitor("recipient 2")
    page = visitor.open(_first_link(visitor.open("/my/"), "/answers/"))
    form = page.forms[-2] if page.forms[-1].action.endswith("/my/close/") else page.forms[-1]
    answers = {name: form.choices(name)[0] for name in ("connected", "wish")}
    visitor.press(form.buttons[0].label, answers)
    return "2"


def _last(page: Page) -> str:
    """What is written on the main button: the pages come in three languages."""
    own = [form for form in page.forms if form.method == "post" and not form.action.endswith("/my/close/")]
    return own[-1].buttons[0].label


def _slot(page: Page) -> str:
    """The evening's is the last one."""
    return [one.value for form in page.forms for one in form.fields if one.name == "slot"][-1]


def _first_link(page: Page, part: str) -> str:
    for _, address in page.markup.links:
        if part in address:
            return address
    raise PageFault(f"{page.url}: no link to {part}")


BOOK = (
    Step("受取日に夜の枠を足す", "an evening slot, so that it works at any hour", _evening, "coming"),
    Step("登録用リンクを作る", "a link to register with", _link, "coming"),
    Step("世帯: リンクから登録する（3つのことば）", "recipients: register, in three languages", _register, "coming"),
    Step("世帯: 受取枠を予約する（1世帯はキャンセル待ち）", "recipients: book, one waits", _book, "coming"),
    Step("世帯: 交流会と託児を予約する", "recipients: exchange session and childcare", _session, "coming"),
    Step("世帯: 1世帯が取り消し、待っていた世帯が繰り上がる", "recipients: one cancels, one moves up", _cancel, "coming"),
)
CHECK_IN = (Step("受付: 6文字で受け付ける", "gate: check in by six characters", _check_in, "today"),)
HAND_OVER = (
    Step("受付: 食品セットを渡す（予約なしの世帯も）", "gate: parcels, also without booking", _hand_over, "today"),
    Step("世帯: 2つの質問に答える", "recipients: two questions after", _feedback, "today"),
)
