"""The desk's page of one lot: hold it, let it go, and use it past its 賞味期限 with two people's word (D6)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.core.forms import EntryForm
from foodbank.core.pages import act
from foodbank.inventory.forms import ReasonForm, ReleaseForm
from foodbank.inventory.models import Lot, LotStatus, ReleaseRequest
from foodbank.inventory.selectors.facts import releases_on
from foodbank.inventory.selectors.label_page import label_page
from foodbank.inventory.services.holds import hold_lot, unhold_lot
from foodbank.inventory.services.releases import grant_release, request_release


@coordinator_required
def lot_rules(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, _lot(code))


@require_POST
@coordinator_required
def lot_hold(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = _lot(code), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, lot, hold_form=form)
    return act(
        request, lambda: hold_lot(lot=lot, reason=form.cleaned_data["reason"], actor=actor_of(request)),
        done=_("保留にしました。分けた先のロットも出せません。"), back=_back(lot),
    )  # fmt: skip


@require_POST
@coordinator_required
def lot_unhold(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = _lot(code), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, lot, hold_form=form)
    return act(
        request, lambda: unhold_lot(lot=lot, note=form.cleaned_data["reason"], actor=actor_of(request)),
        done=_("保留を解きました。"), back=_back(lot),
    )  # fmt: skip


@require_POST
@coordinator_required
def release_request(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = _lot(code), ReleaseForm(request.POST)
    if form.is_valid():
        try:
            request_release(lot=lot, actor=actor_of(request), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return act(request, lambda: None, done=_("申請しました。別の人の許可を待ちます。"), back=_back(lot))
    return _page(request, lot, release_form=form)


@require_POST
@coordinator_required
def release_grant(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    lot = _lot(code)
    asked = get_object_or_404(ReleaseRequest.objects.select_related("lot"), pk=pk, lot=lot)
    return act(
        request, lambda: grant_release(request=asked, actor=actor_of(request)),
        done=_("許可しました。ラベルを印刷し直して、貼り替えてください。"), back=_back(lot),
    )  # fmt: skip


def _page(
    request: HttpRequest, lot: Lot, *, hold_form: EntryForm | None = None, release_form: EntryForm | None = None
) -> HttpResponse:
    page = label_page(lot.code, today())
    context = {
        "lot": lot,
        "page": page,
        "held": lot.status == LotStatus.HELD,
        "holds": lot.holds.select_related("actor", "lifted_by"),
        "requests": lot.release_requests.select_related("first", "second"),
        "releasable": lot.date_mark == DateMark.BEST_BEFORE and releases_on(),
        "hold_form": hold_form or ReasonForm(),
        "release_form": release_form or ReleaseForm(),
        "wrong": hold_form or release_form,
    }
    return render(request, "inventory/lot_rules.html", context, status=422 if context["wrong"] else 200)


def _lot(code: str) -> Lot:
    return get_object_or_404(Lot.objects.select_related("item", "release"), code=code)


def _back(lot: Lot) -> str:
    return reverse("inventory:lot_rules", args=[lot.code])
