"""Route sheets to print from the day page."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from foodbank.accounts.access import coordinator_required
from logistics.sheets.draw import draw_route_sheet
from logistics.sheets.selectors import route_sheets


@coordinator_required
def route(request: HttpRequest, day: dt.date, vehicle: str) -> HttpResponseBase:
    """One vehicle's sheet of the plan that counts on ``day``."""
    sheet = next((s for s in route_sheets(day, base_url=settings.BASE_URL) if s.vehicle_code == vehicle), None)
    if sheet is None:
        raise Http404
    out = BytesIO()
    draw_route_sheet(sheet, out)
    out.seek(0)
    return FileResponse(out, content_type="application/pdf", filename=f"{day.isoformat()}-{vehicle}.pdf")


@coordinator_required
def all_routes(request: HttpRequest, day: dt.date) -> HttpResponseBase:
    """Every vehicle's sheet, in one ZIP file."""
    sheets = route_sheets(day, base_url=settings.BASE_URL)
    if not sheets:
        raise Http404
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for sheet in sheets:
            pdf = BytesIO()
            draw_route_sheet(sheet, pdf)
            entry = ZipInfo(f"{sheet.vehicle_code}.pdf", (day.year, day.month, day.day, 0, 0, 0))
            archive.writestr(entry, pdf.getvalue())
    out.seek(0)
    return FileResponse(out, as_attachment=True, content_type="application/zip", filename=f"{day.isoformat()}-route-sheets.zip")
