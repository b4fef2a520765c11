"""What entry pages do: show a form, ask the service, say what happened."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from foodbank.core.errors import Refusal
from foodbank.core.forms import EntryForm, own_language

_ONCE = "once"
_SENT = "pages_sent"
_SENT_KEPT = 50


def entry_page(
    request: HttpRequest,
    form: EntryForm,
    *,
    save: Callable[[dict[str, Any]], Any],
    template: str,
    back: str,
    done: str | Callable[[Any], str],
    context: Mapping[str, Any] | None = None,
    once: bool = False,
) -> HttpResponse:
    """``save`` gets the cleaned values and may refuse; then the form comes back with the reasons at their fields, status 422.

    ``form`` is bound by the caller when the request is a POST. Done: the message ``done``, or what it says of the saved object, and on
    to ``back``. ``once``, for what would be there twice: the same page sent again unchanged (the back button, a second press) saves
    nothing."""
    sent = _sent(request) if once else ""
    if sent and sent in request.session.get(_SENT, ()):
        messages.info(request, gettext("この内容はもう保存してあります。二重には登録していません。"))
        return redirect(back)
    if form.is_bound and form.is_valid():
        try:
            saved = save(form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if sent:
                request.session[_SENT] = [*request.session.get(_SENT, ()), sent][-_SENT_KEPT:]
            messages.success(request, done(saved) if callable(done) else done)
            return redirect(back)
    number = (request.POST.get(_ONCE) or uuid.uuid4().hex) if once else ""
    shown = {"form": form, "back": back, "once": number, **(context or {})}
    return render(request, template, shown, status=422 if form.is_bound else 200)


def _sent(request: HttpRequest) -> str:
    """What tells one filled-in page from every other: its number and its content; nothing when it has no number."""
    if not request.POST.get(_ONCE):
        return ""
    content = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return hashlib.sha256(repr((request.path, content)).encode()).hexdigest()


def act(request: HttpRequest, action: Callable[[], object], *, done: str, back: str) -> HttpResponse:
    """One press of a button: do it, or say why not; then on to ``back``."""
    try:
        action()
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
    else:
        messages.success(request, done)
    return redirect(back)


def bound(request: HttpRequest, form: Callable[..., EntryForm], **kwargs: Any) -> EntryForm:
    """``form`` with what was posted, or empty."""
    return form(request.POST, **kwargs) if request.method == "POST" else form(**kwargs)
