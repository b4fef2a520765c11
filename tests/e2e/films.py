"""Films of real labels for Chromium's camera: JPEG frames end to end, which it plays in a loop."""

from __future__ import annotations

from pathlib import Path

import numpy
import pypdfium2
import zxingcpp
from PIL import Image

_SIZE = (640, 480)


def film(path: Path, *scenes: Image.Image, frames_each: int = 20) -> Path:
    with path.open("wb") as out:
        for scene in scenes:
            for _ in range(frames_each):
                scene.save(out, "JPEG", quality=90, subsampling="4:2:0")
    return path


def before_camera(picture: Image.Image, *, turned: float = 0) -> Image.Image:
    """The picture as large as the frame allows, on a desk."""
    fitted = picture.convert("RGB")
    scale = min(0.8 * _SIZE[0] / fitted.width, 0.8 * _SIZE[1] / fitted.height)
    fitted = fitted.resize((round(fitted.width * scale), round(fitted.height * scale)))
    fitted = fitted.rotate(turned, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    desk = Image.new("RGB", _SIZE, "white")
    desk.paste(fitted, ((_SIZE[0] - fitted.width) // 2, (_SIZE[1] - fitted.height) // 2))
    return desk


def ean13(digits: str) -> Image.Image:
    """The bar code on a package."""
    code = zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.EAN13)
    return before_camera(Image.fromarray(numpy.array(code.to_image(scale=3, add_quiet_zones=True))))


def label(pdf: bytes, *, turned: float = 6) -> Image.Image:
    """The first page of a label PDF as a 203 dpi printer makes it, held a little askew."""
    page = pypdfium2.PdfDocument(pdf)[0]
    return before_camera(page.render(scale=203 / 72).to_pil(), turned=turned)
