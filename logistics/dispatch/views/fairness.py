"""How fairly food went to partners in the four weeks before a day: what the day's plan shares food by."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from foodbank.accounts.access import coordinator_required
from logistics.allocation.fairness import DAYS
from logistics.dispatch.selectors.fairness import Fairness
from logistics.dispatch.selectors.fairness import fairness as read_fairness


@coordinator_required
def fairness(request: HttpRequest, day: dt.date) -> HttpResponse:
    found = read_fairness(day - dt.timedelta(days=DAYS), day - dt.timedelta(days=1))
    return render(request, "dispatch/fairness.html", {"day": day, "found": found, "figures": _figures(found)})


def _figures(found: Fairness) -> list[dict[str, str]]:
    if not found.partners:
        return []
    km = found.km_per_tonne
    return [
        {
            "label": _("いちばん低い提供先"),
            "value": _percent(found.minimum),
            "note": _("頼んだ量のうち、届いた割合"),
        },
        {
            "label": _("低いほうから20分の1"),
            "value": _percent(found.fifth),
            "note": _("20か所に1か所は、これ以下です"),
        },
        {
            "label": _("1人あたりのかたより"),
            "value": number_format(found.gini, 2),
            "note": _("0はみな同じ、1に近いほどかたよっています（ジニ係数）"),
        },
        {
            "label": _("1 tを届けるための走行"),
            "value": "–" if km is None else number_format(km, 0, force_grouping=True),
            "unit": "" if km is None else "km",
            "note": _("計画した距離と、提供先に渡した重さから"),
        },
    ]


def _percent(part: float) -> str:
    return f"{number_format(100 * part, 0)}%"
