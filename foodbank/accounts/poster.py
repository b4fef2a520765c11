"""The poster by which volunteers join: a QR to scan, a code to type, three steps. It holds nothing secret but the code, which is worth
nothing the day after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from foodbank.accounts.roles import Role
from foodbank.core.dates import format_day
from foodbank.labels import qr
from foodbank.labels.fonts import BOLD, REGULAR, register
from foodbank.labels.text import fit

_MARGIN = 18 * mm
_ENGLISH = {Role.WAREHOUSE: "Warehouse", Role.DRIVER: "Driving", Role.RECEPTION: "Reception"}
_STEPS = (
    ("スマートフォンのカメラで、QRコードを写します。", "Point your phone’s camera at the QR code."),
    ("お名前を書いて、「参加する」を押します。", "Enter your name and press “Join”."),
    ("今日の仕事のページが開きます。", "Today’s page opens. That is all."),
)


@dataclass(frozen=True, slots=True)
class Poster:
    address: str
    code: str
    day: dt.date
    role: Role
    place: str


def draw_poster(poster: Poster, *, out: BinaryIO) -> None:
    """One A4 page, readable from two metres, black on white. The same input gives the same bytes."""
    register()
    width, height = A4
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"参加ポスター {poster.day.isoformat()} {poster.role.label}")
    room = width - 2 * _MARGIN

    top = height - _MARGIN
    band = 30 * mm
    canvas.setFillColor(black)
    canvas.roundRect(_MARGIN, top - band, room, band, 4 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    _middle(canvas, f"{poster.role.label}のお手伝いの方へ", top - 15 * mm, room - 8 * mm, font=BOLD, size=34)
    _middle(canvas, f"{_ENGLISH[poster.role]} volunteers: join here", top - 25 * mm, room - 8 * mm, font=REGULAR, size=15)

    canvas.setFillColor(black)
    _middle(canvas, f"{format_day(poster.day)}　{poster.place}", top - 43 * mm, room, font=BOLD, size=22)

    side = 100 * mm
    base = top - 46 * mm - side
    qr.draw(canvas, poster.address, (width - side) / 2, base, side)
    _middle(canvas, "当日コード　Code", base - 3 * mm, room, font=REGULAR, size=14)
    _middle(canvas, f"{poster.code[:3]} {poster.code[3:]}", base - 25 * mm, room, font=BOLD, size=60)

    line = base - 42 * mm
    for number, (ja, en) in enumerate(_STEPS, start=1):
        canvas.circle(_MARGIN + 6 * mm, line + 2 * mm, 6 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont(BOLD, 20)
        canvas.drawCentredString(_MARGIN + 6 * mm, line - 0.5 * mm, str(number))
        canvas.setFillColor(black)
        canvas.setFont(BOLD, 18)
        canvas.drawString(_MARGIN + 17 * mm, line + 2 * mm, ja)
        canvas.setFont(REGULAR, 12)
        canvas.drawString(_MARGIN + 17 * mm, line - 4.5 * mm, en)
        line -= 17 * mm

    canvas.setFont(REGULAR, 11)
    canvas.drawString(_MARGIN, _MARGIN - 1 * mm, "写せないときは、このアドレスを開いてコードを入れてください / Or open")
    canvas.setFont(BOLD, 11)
    canvas.drawString(_MARGIN, _MARGIN - 6.5 * mm, poster.address.rpartition("/")[0] + "/")
    canvas.showPage()
    canvas.save()


def _middle(canvas: Canvas, text: str, y: float, room: float, *, font: str, size: float) -> None:
    """One line in the middle, smaller where it would be too long."""
    fitted = fit(text, font, max_width=room, max_height=2 * size, largest=size, smallest=8, max_lines=1)
    canvas.setFont(font, fitted.size)
    canvas.drawCentredString(canvas._pagesize[0] / 2, y, fitted.lines[0])
