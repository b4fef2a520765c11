"""Planning again with few changes, and what that would change before anybody is told."""

from __future__ import annotations

import datetime as dt
import logging

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from logistics.dispatch.models import Plan
from logistics.dispatch.selectors.changes import changes_page
from logistics.dispatch.services.planning import PlanRejected
from logistics.dispatch.services.replanning import replan as plan_again

logger = logging.getLogger(__name__)


@require_POST
@coordinator_required
def replan(request: HttpRequest, day: dt.date) -> HttpResponse:
    """About two seconds; the answer is a draft and what it would change."""
    try:
        plan = plan_again(day=day, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
    except PlanRejected:
        logger.exception("plan rejected by the check on %s", day)
        messages.error(request, _("計画の検査で誤りが見つかったため、保存していません。"))
    else:
        return redirect("dispatch:changes", pk=plan.pk)
    return redirect(f"{reverse('dispatch:day', args=[day])}#planner")


@coordinator_required
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What a plan changes of the one that it was made from."""
    page = changes_page(get_object_or_404(Plan.objects.select_related("base"), pk=pk))
    if page is None:
        raise Http404
    return render(request, "dispatch/changes.html", {"day": page.plan.day, "page": page})
