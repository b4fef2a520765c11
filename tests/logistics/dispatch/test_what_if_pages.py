"""What would be if …, on a day in the database: the pages, the job, and that nothing of the day is touched."""

from __future__ import annotations

import pytest
from celery import current_app
from django.apps import apps
from django.core import serializers
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from logistics.dispatch.models import JobState, Plan, Unserved, WhatIf
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.what_if import MOST_CHANGES, ask, look_up, request_stop, run
from tests.factories import UserFactory
from tests.logistics.dispatch.conftest import DAY

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WORK = 20
PAGE = reverse("dispatch:what_if", args=[DAY])
# session, user, roles (4); the plan; the day's facts (28, roads, paces and fairness too), options and names (6); what was tried before
QUERIES = 45
RESULT_QUERIES = 12


@pytest.fixture
def plan(example_day, monkeypatch) -> Plan:
    monkeypatch.setattr(current_app, "send_task", lambda name, args: None)  # the broker is the edge of this process
    return make_plan(day=DAY, actor=system_user(), work=10)


@pytest.fixture
def staff(client, plan):
    client.force_login(UserFactory.create(roles=[Role.COORDINATOR]))
    return client


def every_row() -> str:
    """All tables of ours but the questions themselves."""
    models = (m for m in apps.get_models() if m is not WhatIf)
    return "\n".join(
        line for model in models for line in sorted(serializers.serialize("jsonl", model._default_manager.all()).splitlines())
    )


def vans(plan: Plan) -> list[str]:
    """Vehicles that drive and stand nowhere for a visit."""
    return [r["vehicle"] for r in plan.document["routes"] if all("visit" not in s for s in r["stops"])]


def test_the_answer_comes_and_nothing_of_the_day_is_touched(plan):
    before, out = every_row(), vans(plan)[0]
    stays = next(r["vehicle"] for r in plan.document["routes"] if r["vehicle"] != out)
    row = ask(plan=plan, changes=[f"out|{out}|no_driver", f"shift|{stays}|0|1800"], actor=system_user())
    assert row.changes[0]["ja"] == f"{out}を運転する人が来られなければ"
    found = run(what_if_id=row.pk, work=WORK)
    assert (found.state, found.percent, found.message_ja) == (JobState.DONE, 100, "計算が終わりました。")
    assert run(what_if_id=row.pk, work=WORK) is None  # a task may be delivered twice
    look = look_up(unserved=plan.unserved.first(), actor=system_user())
    assert run(what_if_id=look.pk, work=1).state == JobState.DONE
    assert every_row() == before
    totals = found.answer["totals"]
    assert totals["present"]["distance_m"] == plan.distance_m
    assert (totals["present"]["orders_g"], totals["present"]["collected_g"]) == (plan.delivered_g, plan.collected_g)
    assert next(r for r in found.answer["routes"] if r["vehicle"] == out)["now"] == [0, 0, 0]


def test_what_cannot_be_asked_is_refused_and_what_cannot_be_answered_says_why(plan):
    van = vans(plan)[0]
    code = f"out|{van}|broken"
    for codes, refusal in (
        ([], "dispatch.no_changes"),
        (["nonsense"], "dispatch.change_unreadable"),
        (["out|VAN99|broken"], "dispatch.change_gone"),
        ([code] * (MOST_CHANGES + 1), "dispatch.too_many_changes"),
    ):
        with pytest.raises(Refusal) as refused:
            ask(plan=plan, changes=codes, actor=system_user())
        assert refused.value.code == refusal
    assert not WhatIf.objects.exists()
    first = ask(plan=plan, changes=[code], actor=system_user(), seconds=600)
    with pytest.raises(Refusal) as refused:
        ask(plan=plan, changes=[code], actor=system_user())
    assert refused.value.code == "dispatch.what_if_running"
    others = ask(plan=plan, changes=[code], actor=UserFactory.create())
    request_stop(what_if=first, actor=system_user())
    assert run(what_if_id=first.pk).state == JobState.DONE  # long before its ten minutes
    WhatIf.objects.filter(pk=others.pk).update(changes=[{"code": "out|VAN99|broken", "ja": "…", "en": "…"}])
    failed = run(what_if_id=others.pk, work=1)
    assert (failed.state, failed.answer) == (JobState.FAILED, None)
    assert "VAN99" in failed.message_ja
    last = ask(plan=plan, changes=[code], actor=system_user())
    plan.delete()
    assert run(what_if_id=last.pk) is None


def test_from_the_offered_fix_to_the_answer(staff, plan, django_assert_max_num_queries):
    left = plan.unserved.exclude(change="").first()
    assert f"{PAGE}?change=" in staff.get(reverse("dispatch:day", args=[DAY])).content.decode()
    with django_assert_max_num_queries(QUERIES):
        page = staff.get(PAGE, {"change": left.change})
    assert f'name="change" value="{left.change}"' in page.content.decode()
    one_more = staff.get(PAGE, {"change": left.change, "add": "out", "what": vans(plan)[0], "because": "broken"})
    both = staff.get(one_more.headers["Location"]).context["codes"]
    assert both == [left.change, f"out|{vans(plan)[0]}|broken"]
    start = staff.post(reverse("dispatch:what_if_start", args=[DAY]), {"change": both, "seconds": "1"})
    row = WhatIf.objects.get()
    result = reverse("dispatch:what_if_result", args=[row.pk])
    assert start.headers["Location"] == result
    assert f'hx-get="{result}"' in staff.get(result).content.decode()
    assert "順番を待っています。" in staff.get(result, headers={"HX-Request": "true"}).content.decode()
    run(what_if_id=row.pk, work=WORK)
    assert staff.get(result, headers={"HX-Request": "true"}).headers["HX-Redirect"] == result
    with django_assert_max_num_queries(RESULT_QUERIES):
        shown = staff.get(result).content.decode()
    assert "変更による差" in shown
    assert reverse("dispatch:call_off", args=[DAY, "vehicle", vans(plan)[0]]) in shown
    assert row.changes[0]["ja"] in staff.get(PAGE).content.decode()  # what was tried before


def test_a_wrong_link_or_entry_leaves_a_page_that_helps(staff, plan):
    wrong = staff.get(PAGE, {"change": "order|x"})
    assert wrong.status_code == 409
    assert "変更を選ぶ" in wrong.content.decode()
    empty = staff.get(PAGE, {"add": "shift", "what": vans(plan)[0]})
    assert empty.status_code == 422
    assert "変えるほうの時刻を入力してください。" in empty.content.decode()
    start = reverse("dispatch:what_if_start", args=[DAY])
    assert "計算時間は1〜600秒" in staff.post(start, {"change": f"out|{vans(plan)[0]}|broken"}, follow=True).content.decode()
    Plan.objects.all().delete()
    assert "先に計画を作ると" in staff.get(PAGE).content.decode()
    assert staff.post(start, {"change": "out|VAN1|broken", "seconds": "5"}).status_code == 302
    assert not WhatIf.objects.exists()


def test_looking_further_finds_what_there_was_no_time_for(staff, plan):
    left = plan.unserved.exclude(change="").first()
    offered = left.change
    Unserved.objects.filter(pk=left.pk).update(change="", fix_ja="", fix_en="", tried=False, reason="not_looked_into")
    day_page, look = reverse("dispatch:day", args=[DAY]), reverse("dispatch:look_further", args=[left.pk])
    assert look in staff.get(day_page).content.decode()
    answer = staff.post(look)
    row = WhatIf.objects.get()
    assert answer.headers["Location"] == reverse("dispatch:what_if_result", args=[row.pk])
    assert "調べています" in staff.get(day_page).content.decode()
    found = run(what_if_id=row.pk, work=1).answer
    assert (found["served"], found["tried"]) == (False, True)
    assert found["change"].partition("|")[0] == offered.partition("|")[0]
    for page in (answer.headers["Location"], day_page):
        assert found["fix_ja"] in staff.get(page).content.decode()
