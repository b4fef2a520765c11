"""The codes of a day: the coordinator's posters, and the page that a poster opens."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import access_of_user, actor_of, coordinator_required
from foodbank.accounts.forms import DayCodeForm, JoinForm
from foodbank.accounts.models import DayCode, Role, User
from foodbank.accounts.policies import JOINING
from foodbank.accounts.poster import Poster, draw_poster
from foodbank.accounts.selectors import day_codes, is_paused
from foodbank.accounts.services.day_codes import make_day_code, renew_day_code, revoke_day_code
from foodbank.accounts.services.pauses import let_join_again
from foodbank.accounts.start import start_page
from foodbank.core.converters import day_asked
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.pages import act
from foodbank.labels import qr


@coordinator_required
def code_list(request: HttpRequest) -> HttpResponse:
    return _codes(request, day_asked(request.GET.get("day")) or today())


@require_POST
@coordinator_required
def code_new(request: HttpRequest) -> HttpResponse:
    form = DayCodeForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            made = make_day_code(day=values["day"], site_id=values["site"].pk, role=Role(values["role"]), actor=actor_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("accounts:day_code", pk=made.pk)
    return _codes(request, today(), form)


@coordinator_required
def code_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The poster on the screen."""
    found = _code(pk)
    address = _address(found)
    code = mark_safe(qr.svg(address, title=_("参加するページのQRコード")))  # noqa: S308 - our own drawing
    return render(request, "accounts/day_code.html", {"day_code": found, "code": code, "address": address})


@coordinator_required
def code_poster(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _code(pk)
    out = BytesIO()
    draw_poster(
        Poster(address=_address(found), code=found.code, day=found.day, role=Role(found.role), place=found.site.name), out=out
    )
    out.seek(0)
    return FileResponse(out, content_type="application/pdf", filename=f"poster-{found.day.isoformat()}-{found.role}.pdf")


@require_POST
@coordinator_required
def code_renew(request: HttpRequest, pk: int) -> HttpResponse:
    found = _code(pk)
    return act(
        request, lambda: renew_day_code(day_code=found, actor=actor_of(request)),
        done=_("新しいコードにしました。前のポスターは外して、新しいものを貼ってください。"), back=_back(found.day),
    )  # fmt: skip


@require_POST
@coordinator_required
def code_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = _code(pk)
    return act(
        request, lambda: revoke_day_code(day_code=found, actor=actor_of(request)),
        done=_("コードを取り消しました。このコードで参加した人の役割も終わりました。"), back=_back(found.day),
    )  # fmt: skip


@require_POST
@coordinator_required
def joining_lift(request: HttpRequest) -> HttpResponse:
    return act(
        request, lambda: let_join_again(actor=actor_of(request)), done=_("参加の受付を再開しました。"),
        back=reverse("accounts:day_codes"),
    )  # fmt: skip


def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """What a poster opens. The page is the same for a right and a wrong code until it is sent, so that looking tells nothing."""
    account = request.user if isinstance(request.user, User) else None
    form = JoinForm(request.POST or None, initial={"code": code[:20]}, signed_in=account is not None)
    if form.is_bound and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        try:
            user = authenticate(request, username=JOINING, day_code=values["code"], name=values.get("name", ""), account=account)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if isinstance(user, User):
                return _welcome(request, user, new=account is None)
            form.add_error("code", _("コードが違うか、今日のコードではありません。ポスターをもう一度確かめてください。"))
    return render(request, "accounts/join.html", {"form": form}, status=422 if form.is_bound else 200)


def _welcome(request: HttpRequest, user: User, *, new: bool) -> HttpResponse:
    if new:
        login(request, user)
        request.session.set_expiry(_midnight())
    messages.success(request, _("参加ありがとうございます。今日いっぱい使えます。"))
    return redirect(start_page(access_of_user(user)))


def _midnight() -> dt.datetime:
    """The end of today, in Japan."""
    return dt.datetime.combine(today() + dt.timedelta(days=1), dt.time.min, tzinfo=timezone.get_default_timezone())


def _code(pk: int) -> DayCode:
    return get_object_or_404(DayCode.objects.filter(revoked_at__isnull=True).select_related("site"), pk=pk)


def _codes(request: HttpRequest, day: dt.date, form: DayCodeForm | None = None) -> HttpResponse:
    context = {
        "day": day,
        "codes": day_codes(day),
        "form": form or DayCodeForm(initial={"day": day}),
        "paused": is_paused(JOINING),
    }
    return render(request, "accounts/day_codes.html", context, status=422 if form else 200)


def _address(day_code: DayCode) -> str:
    return f"{settings.BASE_URL}{reverse('accounts:join_code', args=[day_code.code])}"


def _back(day: dt.date) -> str:
    return f"{reverse('accounts:day_codes')}?day={day.isoformat()}"
