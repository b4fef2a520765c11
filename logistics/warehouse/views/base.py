"""What all pages of the warehouse share: who may, where they work, and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render

from foodbank.accounts.access import access_of, actor_of, role_required
from foodbank.accounts.models import Role
from foodbank.core.device import repeatable, wants_json
from foodbank.core.errors import Refusal, Text
from foodbank.core.forms import EntryForm, own_language
from foodbank.inventory.models import ScanMode
from foodbank.inventory.services.refused_scans import keep_refused_scan
from foodbank.sites.models import Site
from logistics.warehouse.selectors.sites import workplaces

P = ParamSpec("P")
SITE = "warehouse_site"
View = Callable[Concatenate[HttpRequest, Site, P], HttpResponse]


def hand(mode: ScanMode) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A page of the warehouse: for its role, at its site, each POST once, each refusal kept for the coordinator.

    A refusal that the view lets out is answered as problem JSON to our script, and to a plain form by the same page with the reason.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @repeatable
        def once(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            site = site_of(request)
            try:
                return view(request, site, *args, **kwargs)
            except Refusal as refusal:
                refuse(request, site, refusal)
                if wants_json(request):
                    raise
                messages.error(request, own_language(refusal.text))
                return redirect(request.path)

        @role_required(Role.WAREHOUSE)
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                answer = once(request, *args, **kwargs)
            except NoPlaceYet:
                if args or kwargs or not access_of(request).has(Role.COORDINATOR):
                    raise  # what the address names is not there
                return render(request, "warehouse/no_place.html")
            # Out here the transaction that the refusal took back is over, and a repeat of the request does not come by.
            kept = getattr(request, "_refused", None)
            if kept is not None:
                site, refusal, text = kept
                keep_refused_scan(mode=mode, text=text, refusal=refusal, actor=actor_of(request), site=site)
            return answer

        return guarded

    return decorate


def refuse(request: HttpRequest, site: Site, refusal: Refusal) -> None:
    """Have the refusal kept once the answer is made; for views that show it themselves."""
    text = request.POST.get("code") or request.GET.get("code") or ""
    request._refused = (site, refusal, text)  # type: ignore[attr-defined]


class NoPlaceYet(Http404):
    """There is no depot or venue where the person could work; a coordinator is told how to enter one."""


def site_of(request: HttpRequest) -> Site:
    """Where the person works: as ``?site=`` says, as before, or at the first place. Raises 404 where there is none of theirs."""
    places = {site.code: site for site in workplaces(access_of(request))}
    asked = request.GET.get("site")
    if asked is not None:
        if asked not in places:
            raise Http404
        request.session[SITE] = asked
        return places[asked]
    known = places.get(request.session.get(SITE, ""))
    if known is None and not places:
        raise NoPlaceYet
    return known or next(iter(places.values()))


def done(request: HttpRequest, text: str, *, go: str = "", **more: Any) -> HttpResponse:
    """It is done: our script tells it and goes on to ``go``; a plain form is sent there."""
    if wants_json(request):
        return JsonResponse({"tell": "ok", "text": text, "go": go, **more})
    messages.success(request, text)
    return redirect(go)


def incomplete(form: EntryForm) -> Refusal:
    """What is wrong with a form that our script sent, as one refusal."""
    said = " ".join(
        f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items() if name in form.fields
    )
    return Refusal("warehouse.form", Text(said, said), params={"fields": sorted(form.errors)}, status=422)


def scanned(
    request: HttpRequest, site: Site, *, template: str, onward: Callable[[str], HttpResponse], context: dict[str, Any]
) -> HttpResponse:
    """A page that begins with a scan: ``onward`` goes on with what was read, or refuses; then the page says why."""
    text = request.GET.get("code", "").replace("\0", "").strip()
    if not text:
        return render(request, template, {"site": site, **context})
    try:
        return onward(text)
    except Refusal as refusal:
        refuse(request, site, refusal)
        shown = {"site": site, "typed": text, "refusal": refusal, **context}
        return render(request, template, shown, status=refusal.status)
