"""The registrar's side: households by code; contact data only with a reason, which is kept (P7)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, role_required
from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound, entry_page
from foodbank.labels.qr import svg
from foodbank.pantry.forms.staff import (
    ContactForm,
    EligibilityForm,
    HouseholdForm,
    LookUpForm,
    NewHouseholdForm,
    ReadForm,
    RegistrarForm,
    RegistrationLinkForm,
    number_of,
)
from foodbank.pantry.models import CheckKind, EligibilityCheck, Household, ReadReason, RegistrationLink
from foodbank.pantry.services.households import change_contact, change_household, check_eligibility, forget, register_household
from foodbank.pantry.services.links import end_links, end_registration_link, new_link, new_registration_link
from foodbank.pantry.services.reads import look_up, read_contact

registrar = role_required(Role.REGISTRAR)


@registrar
def households(request: HttpRequest) -> HttpResponse:
    """By code; a household that gave an address or number is found by it without opening anything."""
    found: list[Household] | None = None
    form = LookUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = look_up(contact=form.cleaned_data["contact"], actor=actor_of(request))
    valid = EligibilityCheck.objects.valid_on(today()).filter(household=OuterRef("pk"))
    rows = Household.objects.known().annotate(checked=Exists(valid))
    columns = (
        Column("code", _("世帯番号"), ("code",)),
        Column("size", _("人数"), ("size", "code"), number=True),
        Column("checked", _("利用の確認"), ("checked", "code")),
        Column("protected", _("配慮"), ("-protected", "code")),
        Column("registered", _("登録"), ("-registered_at",)),
    )
    shown = listing(request, rows, columns=columns, search=("code",))
    return render(request, "pantry/desk/households.html", {"listing": shown, "look_up": form, "found": found})


@registrar
def household_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return register_household(
            data=HouseholdForm.data_of(values), contact=ContactForm.contact_of(values), protected=values["protected"],
            actor=actor_of(request), request_id=number_of(request.POST.get("once")),
        )  # fmt: skip

    return entry_page(
        request, bound(request, NewHouseholdForm), save=save, template="components/entry.html", back=reverse("pantry:households"),
        done=_("世帯を登録しました。"), context={"heading": _("世帯を登録する")}, once=True,
    )  # fmt: skip


@registrar
def household(request: HttpRequest, pk: int) -> HttpResponse:
    row = _household(pk)
    context = {
        "household": row,
        "checks": row.checks.select_related("checked_by"),
        "reads": row.reads.select_related("actor")[:20],
        "bookings": row.bookings.select_related("slot__pickup_day__site").order_by("-day", "-pk")[:20],
        "eligibility": EligibilityForm(),
        "read": ReadForm(),
        "links": row.links.filter(revoked_at__isnull=True).exists(),
    }
    return render(request, "pantry/desk/household.html", context)


@registrar
def household_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _household(pk)

    def save(values: dict[str, Any]) -> object:
        data = HouseholdForm.data_of(values)
        return change_household(household=row, data=data, protected=values["protected"], actor=actor_of(request))

    return entry_page(
        request, bound(request, RegistrarForm, household=row), save=save, template="components/entry.html", back=_page(pk),
        done=_("直しました。"), context={"heading": row.code},
    )  # fmt: skip


@require_POST
@registrar
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Contact data, in the answer to a reason; there is no address that shows them. The reading is on record (P7)."""
    row = _household(pk)
    form = ReadForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("見る理由を選んでください。"))
        return redirect(_page(pk))
    opened = read_contact(household=row, reason=ReadReason(form.cleaned_data["reason"]), actor=actor_of(request))
    context = {"household": row, "contact": opened, "form": ContactForm(contact=opened)}
    return render(request, "pantry/desk/contact.html", context)


@require_POST
@registrar
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _household(pk), ContactForm(request.POST)
    if form.is_valid():
        try:
            change_contact(household=row, contact=ContactForm.contact_of(form.cleaned_data), actor=actor_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("連絡先を直しました。"))
            return redirect(_page(pk))
    return render(request, "pantry/desk/contact.html", {"household": row, "form": form}, status=422)


@require_POST
@registrar
def eligibility(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _household(pk), EligibilityForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("確認のしかたと有効期限を入力してください。"))
        return redirect(_page(pk))
    kind, until = CheckKind(form.cleaned_data["kind"]), form.cleaned_data["valid_until"]
    return act(
        request, lambda: check_eligibility(household=row, kind=kind, valid_until=until, actor=actor_of(request)),
        done=_("利用の確認を記録しました。"), back=_page(pk),
    )  # fmt: skip


@require_POST
@registrar
def link_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A personal link, shown this once, as text and as QR to be read from the screen."""
    row = _household(pk)
    try:
        secret = new_link(household=row, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect(_page(pk))
    address = f"{settings.BASE_URL}{reverse('pantry:enter', args=[secret])}"
    context = {"household": row, "address": address, "qr": svg(address, title=_("個人用リンクのQRコード"))}
    return render(request, "pantry/desk/link.html", context)


@require_POST
@registrar
def links_end(request: HttpRequest, pk: int) -> HttpResponse:
    row = _household(pk)
    return act(
        request,
        lambda: end_links(household=row, actor=actor_of(request)),
        done=_("個人用リンクを使えなくしました。"),
        back=_page(pk),
    )


@registrar
def household_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then destroys the key."""
    row = _household(pk)
    if request.method == "POST":
        return act(
            request, lambda: forget(household=row, actor=actor_of(request)), done=_("消去しました。番号と合計だけが残ります。"),
            back=reverse("pantry:households"),
        )  # fmt: skip
    return render(request, "pantry/desk/forget.html", {"household": row})


@registrar
def registration_links(request: HttpRequest) -> HttpResponse:
    """Open links: who gives them out, how many used them; a new one is shown this once."""
    form = RegistrationLinkForm(request.POST or None)
    address = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _link, secret = new_registration_link(
                title=values["title"], expires_at=RegistrationLinkForm.expires_at(values), most=values["most"],
                check_kind=CheckKind(values["check_kind"]) if values["check_kind"] else None, actor=actor_of(request),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            address = f"{settings.BASE_URL}{reverse('pantry:register', args=[secret])}"
            form = RegistrationLinkForm()
    context = {
        "form": form,
        "links": RegistrationLink.objects.filter(revoked_at__isnull=True)[:50],
        "address": address,
        "qr": svg(address, title=_("登録用リンクのQRコード")) if address else "",
    }
    return render(request, "pantry/desk/registration_links.html", context, status=422 if form.errors else 200)


@require_POST
@registrar
def registration_link_end(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(RegistrationLink, pk=pk)
    return act(
        request, lambda: end_registration_link(link=link, actor=actor_of(request)), done=_("登録用リンクを終わらせました。"),
        back=reverse("pantry:registration_links"),
    )  # fmt: skip


def _household(pk: int) -> Household:
    return get_object_or_404(Household.objects.known(), pk=pk)


def _page(pk: int) -> str:
    return reverse("pantry:household", args=[pk])
