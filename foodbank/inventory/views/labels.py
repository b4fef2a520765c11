"""What a label's QR opens, from any phone's camera, and the labels of a day as a PDF."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.accounts.access import access_of, coordinator_required
from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.core.errors import Text
from foodbank.core.forms import own_language
from foodbank.inventory.selectors.label_page import label_page, own_address
from foodbank.inventory.selectors.labels import lot_labels
from foodbank.labels.codes import CodeKind, CodeRefused, read_code, spoken
from foodbank.labels.draw import draw_labels
from foodbank.labels.layouts import A4_24, LAYOUTS

NO_SUCH_CODE = Text(
    "このコードのラベルは見つかりません。文字をもう一度お確かめください。",
    "There is no label with this code. Please check the characters.",
)


def code_page(request: HttpRequest, code: str) -> HttpResponse:
    """Anybody may open it; only staff see what it stands for."""
    try:
        read = read_code(code)
    except CodeRefused as refusal:
        return _not_found(request, code, refusal.text)
    if not access_of(request).has(Role.COORDINATOR, Role.WAREHOUSE, Role.DRIVER):
        return render(request, "inventory/label_public.html", {"code": spoken(read.text), "site": own_address()})
    if read.kind == CodeKind.STOP:
        return redirect("dispatch:stop", code=read.text)
    if read.kind == CodeKind.PLACE and access_of(request).has(Role.WAREHOUSE):
        return redirect("warehouse:place", code=read.text)
    page = label_page(read.text, today()) if read.kind == CodeKind.LOT else None
    if page is None:
        return _not_found(request, code, NO_SUCH_CODE)
    access = access_of(request)
    context = {
        "code": spoken(read.text),
        "page": page,
        "today": today(),
        "at_warehouse": any(access.at(Role.WAREHOUSE, one.place.site_id) for one in page.places),
        "at_desk": access.has(Role.COORDINATOR),
    }
    return render(request, "inventory/label.html", context)


@coordinator_required
def find(request: HttpRequest) -> HttpResponse:
    """Typing a code that the camera does not read."""
    code = request.GET.get("code", "").strip()
    if not code:
        return render(request, "inventory/find.html")
    try:
        return redirect("inventory:code", code=read_code(code).text)
    except CodeRefused as refusal:
        return render(request, "inventory/find.html", {"typed": code, "error": own_language(refusal.text)}, status=404)


@coordinator_required
def labels_pdf(request: HttpRequest, day: dt.date) -> HttpResponseBase:
    layout = LAYOUTS.get(request.GET.get("layout", A4_24.key), A4_24)
    labels = lot_labels(day, base_url=settings.BASE_URL)
    if not labels:
        messages.warning(request, _("この日に在庫のあるロットがないため、印刷するラベルはありません。"))
        return redirect("dispatch:day", day=day)
    out = BytesIO()
    draw_labels(labels, layout=layout, out=out)
    out.seek(0)
    return FileResponse(out, content_type="application/pdf", filename=f"labels-{day.isoformat()}-{layout.key}.pdf")


def _not_found(request: HttpRequest, code: str, why: Text) -> HttpResponse:
    context = {"typed": code[:40], "why": why, "retry": reverse("inventory:find")}
    return render(request, "inventory/label_unknown.html", context, status=404)
