"""Forms that are sent back. Every page as it stands: ``test_every_page``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import serious, sign_in

pytestmark = pytest.mark.browser


def test_a_form_sent_back_is_sound_too(planned_day: Any, opened: Callable[..., Any]) -> None:
    page = opened(width=390)
    sign_in(page)
    found = []
    for address in ("/orders/new/", "/items/new/", "/donors/new/", "/vehicles/new/"):
        page.goto(address)
        page.get_by_role("button", name="保存する").click()
        alert = page.get_by_role("alert")
        assert alert.is_visible()
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"  # read out first
        alert.get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.matches('input, select, textarea, div')")
        found += [f"{address}: {line}" for line in serious(page)]
    assert found == []
