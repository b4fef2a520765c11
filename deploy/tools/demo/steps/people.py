"""Getting started: the first administrator, people invited by link, and volunteers who join with the code of the day."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import Account, Day, Step
from deploy.tools.demo.site import password

_LINK = re.compile(r"http://[^\s\"'<>]+/(?:invited|password|join)/[^\s\"'<>]+")

_CODE = re.compile(r"\b([0-9A-Z]{3}) ([0-9A-Z]{3})\b")


def _link(text: str) -> str:
    found = _LINK.search(text)
    if found is None:
        raise PageFault(f"no link in: {text[:300]}")
    return found.group()


def _administrator(day: Day) -> str:
    said = day.site.manage("create_admin", "mihon-kanri", "--email", "kanri@example.invalid")
    day.accounts["administrator"] = Account("mihon-kanri", link=_link(said))
    return "mihon-kanri"


def _first_password(day: Day) -> str:
    account, visitor = day.accounts["administrator"], day.visitor("administrator")
    account.password = password()
    visitor.open(account.link)
    visitor.press("このパスワードにする", {"新しいパスワード": account.password, "again": account.password})
    visitor.open("/people/")
    return account.username


@dataclass(frozen=True)
class Newcomer:
    """Made up, like everybody in the demo."""

    who: str
    last: str
    first: str
    username: str
    role: str
    place: str = ""


COORDINATOR = Newcomer("coordinator", "見本", "幸子", "mihon-sachiko", "コーディネーター")
REGISTRAR = Newcomer("registrar", "見本", "みのり", "mihon-minori", "登録")
STAFF = (
    Newcomer("driver", "見本", "健", "mihon-ken", "運転", "みほんフードバンク倉庫"),
    Newcomer("partner", "見本", "みどり", "mihon-midori", "提供先", "みどり食堂"),
)
VOLUNTEERS = (
    ("warehouse", "見本 たろう", "倉庫", "みほんフードバンク倉庫"),
    ("second driver", "見本 じろう", "運転", "みほんフードバンク倉庫"),
    ("third driver", "見本 さぶろう", "運転", "みほんフードバンク倉庫"),
    ("reception", "見本 はなこ", "受付", "みほん市民交流センター"),
)


def _invite(day: Day, new: Newcomer, *, by: str) -> None:
    host, guest = day.visitor(by), day.visitor(new.who)
    host.open("/people/invite/")
    asked = {"だれに": f"{new.last} {new.first}", "役割": new.role} | ({"場所": new.place} if new.place else {})
    account = Account(new.username, password(), _link(host.press("招待リンクを作る", asked).html))
    guest.open(account.link)
    guest.press(
        "アカウントを作って始める",
        {"姓": new.last, "名": new.first, "利用者名": new.username, "password": account.password, "again": account.password},
    )
    day.accounts[new.who] = account


def _coordinator(day: Day) -> str:
    _invite(day, COORDINATOR, by="administrator")
    day.visitor("coordinator").open(day.page)
    return COORDINATOR.username


def _staff(day: Day) -> str:
    for new in STAFF:
        _invite(day, new, by="coordinator")
    _invite(day, REGISTRAR, by="administrator")
    return ", ".join(new.username for new in (*STAFF, REGISTRAR))


def _day_codes(day: Day) -> str:
    visitor = day.visitor("coordinator")
    for who, _, role, place in VOLUNTEERS:
        visitor.open("/day-codes/")
        page = visitor.press("コードを作る", {"日": day.date.isoformat(), "役割": role, "場所": place})
        found = _CODE.search(page.text)
        if found is None:
            raise PageFault(f"{page.url}: no code of the day")
        if not visitor.download(visitor.link("ポスター")).startswith(b"%PDF"):
            raise PageFault(f"{page.url}: the poster is not a PDF")
        code = "".join(found.groups())
        day.accounts[who] = Account(link=f"{day.site.address}/join/{code}", code=code)
    return f"{len(VOLUNTEERS)} 枚 / posters"


def _volunteers(day: Day) -> str:
    for who, name, *_ in VOLUNTEERS:
        visitor = day.visitor(who)
        visitor.open(day.accounts[who].link)
        visitor.press("参加する", {"お名前": name})
    return ", ".join(name for _, name, *_ in VOLUNTEERS)


PREPARE = (Step("最初の管理者をコマンドで作る", "the first administrator, by command", _administrator),)
START = (
    Step("管理者がリンクからパスワードを決める", "the administrator sets a password by the link", _first_password),
    Step("コーディネーターをリンクで招待する", "a coordinator is invited by link", _coordinator),
)
HANDS = (
    Step("運転・提供先・登録の担当をリンクで招待する", "driver, partner and registrar are invited", _staff),
    Step("当日コードのポスターを作る", "posters with the codes of the day", _day_codes, "today"),
    Step("ボランティアがコードで参加する", "volunteers join with the code", _volunteers, "today"),
)
