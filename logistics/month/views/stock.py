"""What each visit of a month takes along, and what is missing."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foodbank.accounts.access import coordinator_required
from foodbank.reports.spreadsheet import csv_bytes
from logistics.month.policies import first_of
from logistics.month.selectors.planned import calendar_on
from logistics.month.selectors.stock_page import stock_page, stock_table


@coordinator_required
def stock(request: HttpRequest, month: dt.date) -> HttpResponse:
    return render(request, "month/stock.html", {"page": stock_page(calendar_on(month))})


@coordinator_required
def stock_csv(request: HttpRequest, month: dt.date) -> HttpResponse:
    body = csv_bytes(stock_table(stock_page(calendar_on(month))))
    name = f"month-{first_of(month):%Y-%m}.csv"
    return HttpResponse(
        body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
