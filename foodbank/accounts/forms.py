"""Signing in, and what is entered about people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.accounts import policies
from foodbank.accounts.models import Role, User
from foodbank.accounts.selectors import sites_for
from foodbank.core.dates import today
from foodbank.core.forms import CodeField, DayField, EntryForm

_USERNAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class LoginForm(AuthenticationForm):
    """Django's own check (throttled by axes), in our words."""

    username = CodeField(label=_("利用者名"), max_length=150, widget=forms.TextInput(attrs=_USERNAME))
    password = forms.CharField(
        label=_("パスワード"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {  # noqa: RUF012
        "invalid_login": _("利用者名かパスワードが違います。大文字と小文字も確かめて、もう一度入力してください。"),
        "inactive": _("このアカウントは使えません。コーディネーターに連絡してください。"),
    }


class SiteField(forms.ModelChoiceField):
    def __init__(self, *roles: Role, **kwargs: Any) -> None:
        self._roles = roles
        super().__init__(queryset=sites_for(*roles), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{gettext(obj.get_kind_display())}）"


class GrantForm(EntryForm):
    """A role for somebody."""

    role = forms.ChoiceField(label=_("役割"))
    site: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label=_("場所"), required=False)
    valid_from = DayField(label=_("開始日"))
    valid_until = DayField(label=_("終了日"), help_text=_("この日で自然に終わります。長くて1年です。終わるころに延ばせます。"))

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": today(), "valid_until": today() + dt.timedelta(days=90), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        given = [role for role in Role if actor.is_superuser or role not in policies.BY_ADMINISTRATOR]
        self.fields["role"].choices = [(role.value, gettext(str(role.label))) for role in given]  # type: ignore[attr-defined]
        self.fields["site"] = SiteField(
            *policies.SITE_KINDS,
            label=_("場所"),
            required=False,
            empty_label=_("すべての場所"),
            help_text=_("倉庫・運転・受付は、場所を選ぶとそこだけで働きます。提供先は、その団体を選びます。"),
        )

    def role_data(self) -> dict[str, Any]:
        """What the services want."""
        values = self.cleaned_data
        return {
            "role": Role(values["role"]),
            "site_id": values["site"].pk if values["site"] else None,
            "valid_from": values["valid_from"],
            "valid_until": values["valid_until"],
        }


class InviteForm(GrantForm):
    name = forms.CharField(label=_("だれに"), max_length=80, help_text=_("一覧であなたが見分けるための名前です。"))
    field_order = ("name", "role", "site", "valid_from", "valid_until")


class RenewForm(EntryForm):
    valid_until = DayField(label=_("終了日"))


class PersonForm(EntryForm):
    """One's own name and address."""

    last_name = forms.CharField(label=_("姓"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    first_name = forms.CharField(
        label=_("名"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    email = forms.EmailField(
        label=_("メールアドレス"),
        required=False,
        help_text=_("パスワードを忘れたときに使います。なくても働けます。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PasswordForm(EntryForm):
    """A new password, twice, so that a slip of the thumb is noticed."""

    password = forms.CharField(
        label=_("新しいパスワード"),
        strip=False,
        help_text=_("10文字以上。よくある言葉や、名前に近いものは使えません。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("新しいパスワード（もう一度）"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password") and values.get("again") and values["password"] != values["again"]:
            self.add_error("again", gettext("2回の入力が違います。もう一度入力してください。"))
        return values


class ChangePasswordForm(PasswordForm):
    old = forms.CharField(
        label=_("いまのパスワード"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ("old", "password", "again")


class AcceptForm(PersonForm, PasswordForm):
    """A new account."""

    username = CodeField(
        label=_("利用者名"),
        max_length=150,
        validators=[User.username_validator],
        help_text=_("ログインに使う名前です。文字、数字、@ . + - _ が使えます。"),
        widget=forms.TextInput(attrs=_USERNAME),
    )
    field_order = ("last_name", "first_name", "username", "password", "again", "email")


class ResetForm(EntryForm):
    typed = CodeField(label=_("利用者名かメールアドレス"), max_length=254, widget=forms.TextInput(attrs=_USERNAME))


class DayCodeForm(EntryForm):
    day = DayField(label=_("日"))
    role = forms.ChoiceField(label=_("役割"))
    site: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label=_("場所"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, gettext(str(role.label))) for role in policies.BY_DAY]  # type: ignore[attr-defined]
        self.fields["site"] = SiteField(*policies.BY_DAY, label=_("場所"))


class JoinForm(EntryForm):
    """A name and a code and nothing else."""

    name = forms.CharField(
        label=_("お名前"),
        max_length=80,
        help_text=_("呼ばれたい名前でかまいません。"),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    code = CodeField(
        label=_("当日コード"),
        max_length=20,
        help_text=_("ポスターの大きな6文字です。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["name"]
