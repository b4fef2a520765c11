from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deploy.tools.process import free_port
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused
from logistics.travel.models import LearnedPair, PaceBand
from logistics.travel.services.paces import Seen, keep_learned, set_band
from tests.factories import SiteFactory, UserFactory
from tests.factories.roads import road
from tests.services import roads

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def posted(start: str = "7:00", end: str = "9:00", percent: str = "130", **more: str) -> dict[str, str]:
    return {"start": start, "end": end, "percent": percent, **more}


def band(start: int = 420, end: int = 540, percent: int = 130, *, learned: bool = False) -> PaceBand:
    return set_band(start_min=start, end_min=end, percent=percent, use_learned=learned, actor=system_user())


def test_a_band_is_entered_corrected_and_removed(staff: Client):
    assert staff.post(reverse("travel:band_new"), posted("７：００", "0:00", use_learned="on")).status_code == 302
    made = PaceBand.objects.get()
    assert (made.start_min, made.end_min, made.percent, made.use_learned) == (420, 1440, 130, True)
    form = staff.get(reverse("travel:band_edit", args=[made.pk])).content.decode()
    assert 'value="07:00"' in form and 'value="00:00"' in form  # as a time field shows them
    assert staff.post(reverse("travel:band_edit", args=[made.pk]), posted("7:00", "9:30")).status_code == 302
    made.refresh_from_db()
    assert (made.end_min, made.use_learned) == (570, False)
    assert "7:00–9:30" in staff.get(reverse("travel:home")).content.decode()
    assert staff.post(reverse("travel:band_remove", args=[made.pk])).status_code == 302
    assert not PaceBand.objects.exists()


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"start": "8:30", "end": "10:00"}, "start"), ({"start": "11:00", "end": "10:00"}, "end"), ({"percent": "20"}, "percent"),
        ({"start": "25:00"}, "start"), ({"percent": "abc"}, "percent"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(staff: Client, wrong: dict[str, str], field: str):
    band()
    answer = staff.post(reverse("travel:band_new"), posted("10:00", "11:00") | wrong)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert PaceBand.objects.count() == 1


def test_other_hours_have_not_been_learned_yet():
    made = band()
    keep_learned(bands={made.pk: Seen(140, 20)}, pairs=[])
    made.refresh_from_db()
    assert (made.learned_percent, made.learned_on) == (140, today())
    set_band(band=made, start_min=420, end_min=540, percent=120, use_learned=True, actor=system_user())
    made.refresh_from_db()
    assert (made.percent, made.counts) == (120, 140)
    set_band(band=made, start_min=420, end_min=600, percent=120, use_learned=True, actor=system_user())
    made.refresh_from_db()
    assert (made.learned_percent, made.learned_drives, made.counts) == (None, 0, 120)


def test_a_band_may_be_corrected_where_it_is():
    made = band()
    with pytest.raises(FieldsRefused):
        band(480, 600)
    assert set_band(band=made, start_min=430, end_min=550, percent=110, use_learned=False, actor=system_user()).pk == made.pk


def test_the_page_asks_equally_often_however_much_was_learned(staff: Client):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert staff.get(reverse("travel:home")).status_code == 200
        return len(queries)

    asked()
    few = asked()
    sites = [SiteFactory.create() for _ in range(9)]
    keep_learned(bands={}, pairs=[(a, b, Seen(120, 7)) for a in sites for b in sites if a != b])
    for hour in range(6):
        band(60 * hour, 60 * hour + 60)
    assert LearnedPair.objects.count() == 72
    assert asked() == few
    assert "全部で 72 区間のうち、よく走る 50 区間です。" in staff.get(reverse("travel:home")).content.decode()


def test_the_server_can_be_asked_whether_it_answers(staff: Client, roads_of):
    with roads.answering(roads.osrm_like(road, version=lambda: "2026-11-01")) as server:
        roads_of(server.url)
        page = staff.post(reverse("travel:check"), follow=True).content.decode()
        assert "サーバーが答えました。" in page and "2026-11-01" in page
    roads_of(f"http://127.0.0.1:{free_port()}")
    assert "つながりません" in staff.post(reverse("travel:check"), follow=True).content.decode()
