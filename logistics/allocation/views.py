"""What plans weigh things by: read it, change it from a day on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.pages import bound, entry_page
from logistics.allocation.forms import WeightsForm
from logistics.allocation.models import PlanWeights
from logistics.allocation.selectors.weights import settled_on
from logistics.allocation.services.weights import settle_weights
from logistics.allocation.weights import PRESETS, WeightsKm

_SHOWN = 10


@coordinator_required
def weights(request: HttpRequest) -> HttpResponse:
    """``?preset=`` fills the form with ready-made weights."""
    day = today()
    chosen = request.GET.get("preset", "")

    def save(values: dict[str, Any]) -> object:
        entered = WeightsKm(**{name: values[name] for name in WeightsKm.names()})
        return settle_weights(valid_from=values["valid_from"], weights=entered, actor=actor_of(request))

    labels = {"usual": _("標準"), "rescue": _("引き取りを優先"), "drive_less": _("走る距離と時間をへらす")}
    context = {
        "heading": _("計画の重みづけ"),
        "presets": [{"name": name, "label": labels[name], "current": name == chosen} for name in PRESETS],
        "rows": PlanWeights.objects.select_related("actor")[:_SHOWN],
        "today": day,
    }
    return entry_page(
        request, bound(request, WeightsForm, weights=PRESETS.get(chosen) or settled_on(day), valid_from=day), save=save,
        template="allocation/weights.html", back=reverse("allocation:weights"),
        done=_("重みづけを保存しました。これから作る計画に使います。"), context=context,
    )  # fmt: skip
