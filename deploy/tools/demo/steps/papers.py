"""What the food bank owes others at the end of the day: receipts, what became of a shop's goods, and kilograms."""

from __future__ import annotations

import csv
import io
import re

from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import Day, Step

_HOUSEHOLDS = re.compile(r"受け取った世帯 (\d+) (\d+)")


def _receipts(day: Day) -> str:
    visitor = day.visitor("coordinator")
    page = visitor.open(f"/reports/receipts/?day={day.date.isoformat()}")
    papers = sorted({address.partition("?")[0] for _, address in page.markup.links if "/reports/receipts/20" in address})
    if not papers:
        raise PageFault(f"{page.url}: no receipts")
    for address in papers:
        _keep(day, f"{address}pdf/", f"receipt-{address.rstrip('/').rpartition('/')[2]}.pdf")
    return f"{len(papers)} 店 / shops"


def _use(day: Day) -> str:
    """One shop is told what became of its goods."""
    first = next(stop["site"] for route in day.plan["routes"] for stop in route["stops"] if stop["site"].startswith("D"))
    span = f"?from={day.date.isoformat()}&until={day.date.isoformat()}"
    _keep(day, f"/reports/use/{first}/pdf/{span}", f"use-{first}.pdf")
    return first


def _kilograms(day: Day) -> str:
    span = f"?from={day.date.isoformat()}&until={day.date.isoformat()}"
    _keep(day, f"/reports/kilograms/pdf/{span}", "kilograms.pdf")
    said = day.visitor("coordinator").download(f"/reports/kilograms/csv/{span}").decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(said)):
        day.grams[(row["区分"], row["コード"])] = int(row["重さ（g）"])
    return f"{day.grams[('受入', '')] / 1000:.1f} → {day.grams[('お渡し', '')] / 1000:.1f} kg"


def _people(day: Day) -> str:
    """Total and distinct, as the city asks for."""
    span = f"?since={day.date.isoformat()}&until={day.date.isoformat()}"
    page = day.visitor("coordinator").open(f"/pickup-days/figures/{span}")
    found = _HOUSEHOLDS.search(page.text)
    if found is None:
        raise PageFault(f"{page.url}: no figures")
    day.counted["pickups"], day.counted["households"] = (int(number) for number in found.groups())
    return f"のべ {found.group(1)}・実 {found.group(2)} / total, distinct"


def _keep(day: Day, address: str, name: str) -> None:
    paper = day.visitor("coordinator").download(address)
    if not paper.startswith(b"%PDF"):
        raise PageFault(f"{address}: not a PDF")
    day.papers.mkdir(exist_ok=True)
    (day.papers / name).write_bytes(paper)


PAPERS = (
    Step("受領書を寄付者ごとに作る", "a receipt for each shop", _receipts, "today"),
    Step("お店への使途報告を作る", "what became of a shop's goods", _use, "today"),
    Step("世帯の数（のべと実数）", "households, total and distinct", _people, "today"),
    Step("この日の重さを集計する", "the day in kilograms", _kilograms, "today"),
)
