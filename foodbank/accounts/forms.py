"""Signing in."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Django's own check (throttled by axes), in our words."""

    username = forms.CharField(
        label=_("利用者名"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
    )
    password = forms.CharField(
        label=_("パスワード"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {  # noqa: RUF012
        "invalid_login": _("利用者名かパスワードが違います。大文字と小文字も確かめて、もう一度入力してください。"),
        "inactive": _("このアカウントは使えません。コーディネーターに連絡してください。"),
    }
