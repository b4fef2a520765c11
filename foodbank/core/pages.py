"""What entry pages do: show a form, ask the service, say what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from foodbank.core.errors import Refusal
from foodbank.core.forms import EntryForm, own_language


def entry_page(
    request: HttpRequest,
    form: EntryForm,
    *,
    save: Callable[[dict[str, Any]], object],
    template: str,
    back: str,
    done: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """``save`` gets the cleaned values and may refuse; then the form comes back with the reasons at their fields, status 422.

    ``form`` is bound by the caller when the request is a POST. Done: the message ``done`` and on to ``back``."""
    if form.is_bound and form.is_valid():
        try:
            save(form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, template, {"form": form, "back": back, **(context or {})}, status=422 if form.is_bound else 200)


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
