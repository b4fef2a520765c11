"""Whatever a page says in Japanese it also says in English."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Any

import pytest

from deploy.tools import messages

PO = messages.FOLDER / "django.po"
MO = messages.FOLDER / "django.mo"


@pytest.fixture(scope="module")
def collected() -> dict[str, Any]:
    """It takes some seconds, which only the process that needs it should spend."""
    return messages.collect()


def test_strings_are_found_in_code_templates_and_models(collected):
    assert {"利用者名", "配送計画", "キッチンカー", "乳製品"} <= set(collected)
    assert len(collected) > 300


def test_each_string_has_its_english(collected):
    known = messages.read_po(PO)
    forms = {key: 2 if message.plural else 1 for key, message in collected.items()}
    missing = [key for key, count in forms.items() if len([text for text in known.get(key, []) if text]) != count]
    assert missing == [], "run `make messages` and fill in foodbank/locale/en/LC_MESSAGES/django.po"


def test_nothing_is_fuzzy_or_left_over(collected):
    assert "fuzzy" not in PO.read_text(encoding="utf-8")
    assert set(messages.read_po(PO)) == set(collected)


def test_values_in_a_string_are_in_its_english_too():
    for key, forms in messages.read_po(PO).items():
        for text in forms:
            assert sorted(set(_values(text))) == sorted(set(_values(key))), key


def _values(text: str) -> list[str]:
    import re  # noqa: PLC0415

    return re.findall(r"%\(\w+\)[sd]", text)


def test_the_compiled_file_says_what_the_readable_one_says():
    with Path(MO).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for key, forms in messages.read_po(PO).items():
        if len(forms) == 2:
            assert [compiled.ngettext(key, key, n) for n in (1, 2)] == forms
        else:
            assert compiled.gettext(key) == forms[0]
