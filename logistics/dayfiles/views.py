"""Bringing in files by hand: choose, look, confirm."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from logistics.dayfiles.forms import ConfirmForm, UploadForm
from logistics.dayfiles.models import Upload
from logistics.dayfiles.preview import page_of
from logistics.dayfiles.services.uploads import confirm_upload, keep_upload, preview_upload

_SALT = "dayfiles.preview"


@coordinator_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a day and its files; what they would change is shown on the next page."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"day": request.GET.get("day") or today()})
    if request.method == "POST" and form.is_valid():
        kept = keep_upload(day=form.cleaned_data["day"], files=form.cleaned_data["chosen"], actor=actor_of(request))
        return redirect("dayfiles:preview", pk=kept.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "dayfiles/upload.html", {"form": form}, status=status)


@coordinator_required
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the files would change, or what is wrong with them; confirming applies exactly what was shown."""
    kept = get_object_or_404(Upload, pk=pk, actor=actor_of(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        form = ConfirmForm(request.POST)
        try:
            fingerprint = _fingerprint(form, kept)
            replace = bool(form.cleaned_data["replace"])
            confirm_upload(upload=kept, fingerprint=fingerprint, replace=replace, actor=actor_of(request))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("取り込みました。"))
            return redirect("dispatch:day", day=kept.day)
    shown = preview_upload(upload=kept)
    signed = signing.dumps([str(kept.pk), shown.fingerprint], salt=_SALT)
    context = {
        "upload": kept,
        "page": page_of(shown),
        "fingerprint": signed,
        "refused": own_language(refusal.text) if refusal else "",
    }
    return render(request, "dayfiles/preview.html", context, status=409 if refusal else 200)


def _fingerprint(form: ConfirmForm, kept: Upload) -> str:
    """The fingerprint that was shown for this very upload, or an empty text."""
    if not form.is_valid():
        form.cleaned_data = {"replace": False}
        return ""
    try:
        pk, fingerprint = signing.loads(form.cleaned_data["fingerprint"], salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(fingerprint) if pk == str(kept.pk) else ""
