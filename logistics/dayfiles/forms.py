"""Choosing a day's files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import DayField
from foodbank.core.tabular import MAX_BYTES
from logistics.dayfiles.parse import FILES

_MOST_FILES = 20


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files; the cleaned value is a dict of bytes by name. A name of the day's files counts in any case."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> dict[str, bytes]:
        given = (data if isinstance(data, list | tuple) else [data]) or [None]
        if len(given) > _MOST_FILES:
            raise forms.ValidationError(_("ファイルが多すぎます。一日のファイルは8つです。"))
        files: dict[str, bytes] = {}
        for one in given:
            uploaded: UploadedFile = super().clean(one, initial)
            name = str(uploaded.name)[-200:]
            name = name.lower() if name.lower() in FILES else name
            if name in files:
                raise forms.ValidationError(_("同じ名前のファイルが2つあります: %(name)s"), params={"name": name})
            files[name] = uploaded.read(MAX_BYTES + 1)
        return files


class UploadForm(forms.Form):
    """Which day, and its files."""

    use_required_attribute = False

    day = DayField(label=_("日"), help_text=_("この日のデータとして取り込みます。"))
    chosen = ManyFilesField(
        label=_("CSVファイル"),
        allow_empty_file=True,
        help_text=_("提供情報のファイル1つ、または一日分の8つのファイルをまとめて選んでください。"),
        widget=_ManyFilesInput(attrs={"accept": ".csv,text/csv", "multiple": True}),
    )


class ConfirmForm(forms.Form):
    """That what was shown shall be applied. ``fingerprint`` is a signed value: the one that was shown, not another."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    replace = forms.BooleanField(required=False)
