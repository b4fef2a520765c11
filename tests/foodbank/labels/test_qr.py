from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import zxingcpp
from PIL import Image

from foodbank.labels import qr

URL = "https://foodbank.example.jp/q/L4K7X2MC"


def test_runs_are_exactly_the_dark_modules():
    dark = {(x, y) for y, row in enumerate(qr.matrix(URL)) for x, cell in enumerate(row) if cell}
    drawn = [(x + i, y) for x, y, length in qr.runs(URL) for i in range(length)]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == dark


def test_a_label_address_stays_small():
    # Version 3 has 17 + 4 × 3 = 29 modules: 22 mm on paper is (29 + 8) modules of 0.6 mm.
    assert len(qr.matrix(URL)) == 29
    assert len(qr.matrix("http://x.jp/q/L4K7X2MC")) == 25


def test_the_png_is_read_by_another_decoder():
    image = Image.open(io.BytesIO(qr.png(URL, scale=4)))
    assert image.size == ((29 + 8) * 4, (29 + 8) * 4)
    assert [found.text for found in zxingcpp.read_barcodes(image.convert("L"))] == [URL]


def test_the_svg_is_well_formed_and_says_what_it_is():
    root = ET.fromstring(qr.svg(URL, title='ロット <L4K7> & "牛乳"'))  # noqa: S314
    assert root.attrib["aria-label"] == 'ロット <L4K7> & "牛乳"'
    assert root.attrib["viewBox"] == "0 0 37 37"
    assert len(root) == 2


def test_the_same_text_gives_the_same_picture():
    assert qr.svg(URL, title="a") == qr.svg(URL, title="a")
