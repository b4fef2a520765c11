"""The hidden number of a form that may come twice (R4)."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foodbank.core.device import FIELD, uuid7

register = template.Library()


@register.simple_tag
def client_id() -> SafeString:
    """``<input type="hidden" name="client_id" …>``, a new number for each rendering."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid7())
