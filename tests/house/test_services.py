"""The servers of the suite are really there, and the tests run on the one they name."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
import redis
from django.db import connection

from foodbank.catalog.models import Category


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_postgres_part_runs_on_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        assert cursor.fetchone()[0].startswith("PostgreSQL ")


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_runs_in_wal_mode_in_a_file_as_in_production() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"
    assert str(connection.settings_dict["NAME"]).endswith("test.sqlite3")


@pytest.mark.redis
def test_redis_keeps_what_it_is_given(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    client.set("house:test", "ここ")
    assert client.get("house:test").decode() == "ここ"


@pytest.mark.browser
def test_the_browser_reads_a_page_of_the_live_server(page: Any) -> None:
    page.goto("/admin/login/")
    assert page.locator("html").get_attribute("lang") == "ja"
    assert page.locator("input[name=username]").is_visible()


@pytest.mark.postgres
def test_the_http_server_answers_from_other_processes(http_server: str) -> None:
    with urllib.request.urlopen(f"{http_server}/admin/login/", timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_migrations_put_there_survives_the_emptying_between_tests(turn: int) -> None:
    assert Category.objects.filter(code="bread").count() == 1
