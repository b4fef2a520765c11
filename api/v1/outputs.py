"""Parts of answers that several resources have in common."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark


class Out(serializers.Serializer[Any]):
    """Says what is there; decides nothing."""


class AllergensOut(Out):
    """Label names as on packages in Japan. What is on the list in force that day and in neither of these is stated not to be contained; treat
    ``unknown`` as contained."""

    contains = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.CharField())


class ProblemTextOut(Out):
    ja = serializers.CharField()
    en = serializers.CharField()


class ProblemOut(Out):
    """RFC 9457. ``code`` is stable; ``title`` is in the language of Accept-Language. ``errors`` says what is wrong by field
    (``lines.0.gtin``; ``body`` for the whole)."""

    type = serializers.CharField()
    title = serializers.CharField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    params = serializers.DictField()
    errors = serializers.DictField(child=serializers.ListField(child=ProblemTextOut()))  # type: ignore[assignment]


def zone_field(**kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[(zone.value, zone.value) for zone in Zone], **kwargs)


def date_mark_field(**kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(
        choices=[(mark.value, mark.value) for mark in DateMark],
        help_text="best_before 賞味期限, use_by 消費期限, none: no date in law (a date is then the food bank's own estimate)",
        **kwargs,
    )
