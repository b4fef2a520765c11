"""Pictures of pages for the README: two widths, light and dark, small."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PIL import Image

from deploy.tools.demo.day import Day
from tests.e2e.walk import come_in

_LOOKS = ((390, 844, "light"), (1280, 900, "light"), (390, 844, "dark"))


def take(browser: Any, day: Day, folder: Path, wanted: dict[str, tuple[str, str]]) -> None:
    """``wanted``: by the picture's name, who looks and at which address. Kept where ``TEST_SCREENSHOTS`` says (``make screenshots``)."""
    folder = Path(os.environ.get("TEST_SCREENSHOTS") or folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (who, address) in wanted.items():
        for width, height, look in _LOOKS:
            context = browser.new_context(
                base_url=day.site.address, locale="ja-JP", timezone_id="Asia/Tokyo",
                viewport={"width": width, "height": height}, color_scheme=look,
            )  # fmt: skip
            come_in(context, day.visitor(who), day.site.address)
            page = context.new_page()
            page.goto(address)
            page.wait_for_load_state("networkidle")
            path = folder / f"{name}-{width}-{look}.png"
            page.screenshot(path=path)
            context.close()
            with Image.open(path) as picture:
                small = picture.convert("RGB").quantize(64)
            small.save(path, optimize=True)
            assert path.stat().st_size > 5_000, f"{name} is empty"
