"""Papers as page, PDF and CSV. All are read-only; the words come from ``papers``, the figures from ``selectors``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _

from foodbank.accounts.access import coordinator_required
from foodbank.core.converters import day_asked
from foodbank.core.listing import Column, listing
from foodbank.donations.models import Donor
from foodbank.inventory.models import Lot
from foodbank.reports.forms import PeriodForm, UsePeriodForm
from foodbank.reports.paper import Paper
from foodbank.reports.papers.kilograms import kilograms_paper
from foodbank.reports.papers.receipt import receipt_paper
from foodbank.reports.papers.use import use_paper
from foodbank.reports.pdf import pdf_bytes
from foodbank.reports.selectors.kilograms import kilograms
from foodbank.reports.selectors.receipts import Receipt, intakes, receipt
from foodbank.reports.selectors.use import use_report
from foodbank.reports.spreadsheet import csv_bytes
from foodbank.sites.models import Site

FORMS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "pdf": ("application/pdf", pdf_bytes),
    "csv": ("text/csv; charset=utf-8", lambda paper: csv_bytes(paper.sheet)),
}


@coordinator_required
def receipt_list(request: HttpRequest) -> HttpResponse:
    """One line for each donation that came in."""
    day = day_asked(request.GET.get("day"))
    donor = request.GET.get("donor", "")
    rows = intakes().select_related("lot__item", "lot__donor_site")
    if day:
        rows = rows.filter(lot__received_on=day)
    if donor:
        rows = rows.filter(lot__donor_site__code=donor)
    columns = (
        Column("day", _("受領日"), ("-lot__received_on", "lot__donor_site__code")),
        Column("donor", _("寄付者"), ("lot__donor_site__code", "-lot__received_on")),
        Column("item", _("品目"), ("lot__item__name",)),
        Column("units", _("点数"), ("net_units",), number=True),
        Column("weight", _("重さ"), ("net_g",), number=True),
        Column("paper", _("受領書")),
    )
    found = listing(
        request, rows, columns=columns, search=("lot__donor_site__code", "lot__donor_site__name", "lot__item__name", "lot__code"),
        filters=("day", "donor"),
    )  # fmt: skip
    context = {"listing": found, "day": day, "donor": donor, "donors": _donors()}
    return render(request, "reports/receipts.html", context)


@coordinator_required
def receipt_page(request: HttpRequest, day: dt.date, code: str) -> HttpResponse:
    """What a donor gave on a day, or one lot of it (``?lot=``), in the newest revision or another (``?revision=``)."""
    found = _receipt(request, day, code)
    address = reverse("reports:receipt", args=[day, code])
    lot = f"&lot={found.one_lot.code}" if found.one_lot else ""
    revisions = [
        {"number": number, "url": f"{address}?revision={number}{lot}", "current": number == found.revision}
        for number in range(1, found.revisions + 1)
    ]
    back = f"{reverse('reports:receipts')}?day={day.isoformat()}"
    context = {
        "back": back,
        "files": _files("reports:receipt_file", [day, code], f"revision={found.revision}{lot}"),
        "revisions": revisions if found.revisions > 1 else [],
        "newer": found.revision < found.revisions,
        "whole_day": address if found.one_lot else "",
    }
    return render(request, "reports/receipt.html", {"paper": receipt_paper(found), **context})


@coordinator_required
def receipt_file(request: HttpRequest, day: dt.date, code: str, form: str) -> HttpResponse:
    return _file(form, lambda: receipt_paper(_receipt(request, day, code)))


@coordinator_required
def use_list(request: HttpRequest) -> HttpResponse:
    """Whose goods, and for which days."""
    chosen = request.GET.get("donor", "")
    if chosen:
        days = urlencode({name: request.GET[name] for name in UsePeriodForm.labels() if name in request.GET})
        return redirect(f"{reverse('reports:use', args=[chosen])}?{days}")
    return render(request, "reports/use.html", {"form": UsePeriodForm(request.GET), "donors": _donors(), "chosen": ""})


@coordinator_required
def use_page(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, donor__isnull=False, code=code)
    form = UsePeriodForm(request.GET)
    context: dict[str, Any] = {"form": form, "donors": _donors(), "chosen": site.code}
    if form.is_valid():
        context |= {"paper": use_paper(_use(site, form)), "files": _files("reports:use_file", [code], _query(form))}
    return render(request, "reports/use.html", context, status=200 if form.is_valid() else 422)


@coordinator_required
def use_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    site = get_object_or_404(Site, donor__isnull=False, code=code)
    period = _valid(UsePeriodForm(request.GET))
    return _file(form, lambda: use_paper(_use(site, period)))


@coordinator_required
def kilograms_page(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        paper = kilograms_paper(kilograms(form.cleaned_data["from"], form.cleaned_data["until"]))
        context |= {"paper": paper, "files": _files("reports:kilograms_file", [], _query(form))}
    return render(request, "reports/kilograms.html", context, status=200 if form.is_valid() else 422)


@coordinator_required
def kilograms_file(request: HttpRequest, form: str) -> HttpResponse:
    period = _valid(PeriodForm(request.GET)).cleaned_data
    return _file(form, lambda: kilograms_paper(kilograms(period["from"], period["until"])))


def _receipt(request: HttpRequest, day: dt.date, code: str) -> Receipt:
    donor = get_object_or_404(Site, code=code)
    asked, lot = request.GET.get("revision", ""), None
    if asked and not asked.isdecimal():
        raise Http404
    if request.GET.get("lot"):
        lot = get_object_or_404(Lot, code=request.GET["lot"], donor_site=donor, received_on=day)
    found = receipt(donor=donor, day=day, lot=lot, revision=int(asked) if asked else None)
    if found is None:
        raise Http404
    return found


def _use(site: Site, form: PeriodForm) -> Any:
    days = form.cleaned_data
    return use_report(donor=site, first=days["from"], last=days["until"], as_of=days["as_of"])


def _valid(form: PeriodForm) -> PeriodForm:
    """A file of days that make no sense does not exist."""
    if not form.is_valid():
        raise Http404
    return form


def _query(form: PeriodForm) -> str:
    return "&".join(f"{name}={day.isoformat()}" for name, day in form.cleaned_data.items())


def _files(route: str, args: list[Any], query: str) -> dict[str, str]:
    return {form: f"{reverse(route, args=[*args, form])}?{query}" for form in FORMS}


def _file(form: str, make: Callable[[], Paper]) -> HttpResponse:
    """A paper to keep or to send: always in Japanese, whoever asks, so that it is always the same."""
    if form not in FORMS:
        raise Http404
    content_type, render_file = FORMS[form]
    with translation.override("ja"):
        paper = make()
        body = render_file(paper)
    name = content_disposition_header(as_attachment=form == "csv", filename=f"{paper.file_name}.{form}")
    return HttpResponse(body, content_type=content_type, headers={"Content-Disposition": name or ""})


def _donors() -> list[tuple[str, str]]:
    return list(Donor.objects.order_by("site__code").values_list("site__code", "site__name"))
