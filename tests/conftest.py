"""What every test may ask for. ``tests/run.py`` says which part runs on which server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import blocking_manager_key

from tests.services import chromium, osrm, redis

# A browser fixture keeps an event loop in the test's thread; Django would refuse each query there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PART = os.environ.get("TEST_PART", "")
_SEEDS: list[str] = []
_EMPTIED: set[str] = set()  # tests since which the tables lack what migrations put there
_DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "live_server",
    "client",
    "admin_client",
    "http_server",
}


def _uses_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & _DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None or _is_django_case(item)


def _is_django_case(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase  # noqa: PLC0415 - settings are configured by now

    cls = getattr(item, "cls", None)
    return isinstance(cls, type) and issubclass(cls, TransactionTestCase)


def _belongs(item: pytest.Item) -> bool:
    marks = {name for name in ("postgres", "redis", "browser", "sqlite", "osrm") if item.get_closest_marker(name)}
    if "osrm" in marks:
        return PART == "redis" and os.environ.get("TEST_OSRM") != "missing"
    if "browser" in marks or "redis" in marks:
        return PART in marks
    if PART == "postgres":
        return "postgres" in marks or ("sqlite" not in marks and _uses_database(item))
    return PART == "sqlite" and "postgres" not in marks


def _keep_seeds(item: pytest.Item) -> None:
    """A test with real transactions empties every table afterwards; what migrations put there must be back for the next such test."""
    if _empties_tables(item):
        marker = item.get_closest_marker("django_db")
        facts = (dict(marker.kwargs) if marker else {}) | {"transaction": True, "serialized_rollback": True}
        item.add_marker(pytest.mark.django_db(**facts), append=False)


def _empties_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("transaction")
    return bool(asked or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under ``tests/run.py`` keep this part's tests; a bare ``pytest`` keeps all."""
    for item in items:
        _keep_seeds(item)
    if not PART:
        return
    kept = [item for item in items if _belongs(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.fixture(autouse=True)
def _right_database(request: pytest.FixtureRequest) -> None:
    """A test about PostgreSQL that ran on SQLite would prove nothing, so it fails."""
    from django.db import connection  # noqa: PLC0415

    for marker, vendor in (("postgres", "postgresql"), ("sqlite", "sqlite")):
        if request.node.get_closest_marker(marker) and connection.vendor != vendor:
            pytest.fail(f"needs {vendor}, runs on {connection.vendor}: `make test-{marker}`", pytrace=False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite as in production: a file in WAL mode, which server and worker processes can open too."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Emptying the tables after a test is DELETE on SQLite, which the ledger's trigger refuses; the one about UPDATE stays."""
    from django.db import connection  # noqa: PLC0415

    _SEEDS.extend([connection._test_serialized_contents] if hasattr(connection, "_test_serialized_contents") else [])
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS movement_no_delete")


def _sow(item: pytest.Item) -> None:
    """Tests with real transactions come last, but a worker that takes work over from another may do some of the others after them."""
    from django.db import connection  # noqa: PLC0415

    with item.config.stash[blocking_manager_key].unblock():
        connection.creation.deserialize_db_from_string(_SEEDS[0])


def _know_seeds() -> None:
    """Once a browser's event loop runs in this thread, Django uses another connection object, which must know the seeds too."""
    from django.db import connection  # noqa: PLC0415

    if _SEEDS and not hasattr(connection, "_test_serialized_contents"):
        connection._test_serialized_contents = _SEEDS[0]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _know_seeds()
    if _EMPTIED and _uses_database(item) and not _empties_tables(item):
        _sow(item)
        _EMPTIED.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    _know_seeds()
    if _empties_tables(item):
        _EMPTIED.add(item.nodeid)


@pytest.fixture(scope="session", autouse=True)
def _set_up_once_in_a_process() -> None:
    """What is the same for each of some thousand tests: the list of static files, which every test client would make again, and
    quick sums for passwords. They are still Argon2's, and the servers that tests start are as in production."""
    from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: PLC0415
    from whitenoise.middleware import WhiteNoiseMiddleware  # noqa: PLC0415

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    listed: dict[str, Any] = {}
    list_files = WhiteNoiseMiddleware.add_files_from_finders

    def once(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            list_files(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    WhiteNoiseMiddleware.add_files_from_finders = once


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis: the one of this part of the suite, else one started here."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    with redis.running() as url:
        yield url


@pytest.fixture(scope="session")
def osrm_home() -> Path:
    """OSRM's programs with the roads of Helsinki's middle; ``tests.services.osrm.running`` starts it."""
    given = os.environ.get("TEST_OSRM")
    return Path(given) if given else osrm.provide()


@pytest.fixture
def roads_of(settings: Any) -> Iterator[Callable[..., None]]:
    """``roads_of(url)`` makes this installation ask a server there for driving times."""
    from django.core.cache import cache  # noqa: PLC0415 - settings are configured by now

    cache.clear()

    def use(url: str, provider: str = "osrm", profile: str = "driving", seconds: float = 5) -> None:
        settings.TRAVEL_PROVIDER, settings.TRAVEL_URL = provider, url
        settings.TRAVEL_PROFILE, settings.TRAVEL_SECONDS = profile, seconds

    yield use
    cache.clear()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return os.environ.get("TEST_CHROMIUM") or str(chromium.provide())


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only browser tests need it

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(_playwright: Any, chromium_path: str) -> Iterator[Any]:
    """One Chromium for all tests without a film; each test makes its own context."""
    opened = _playwright.chromium.launch(executable_path=chromium_path, args=chromium.arguments())
    yield opened
    opened.close()


@pytest.fixture
def page(browser: Any, transactional_db: None, live_server: Any) -> Iterator[Any]:
    """A new page in Japanese, phone-sized, that knows the server: ``page.goto("/")`` is enough."""
    context = browser.new_context(base_url=live_server.url, locale="ja-JP", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture
def camera(_playwright: Any, chromium_path: str, transactional_db: None, live_server: Any) -> Iterator[Callable[[Path], Any]]:
    """``camera(film)`` opens a page whose camera plays the ``.mjpeg`` film in a loop."""
    opened: list[Any] = []

    def start(film: Path) -> Any:
        arguments = [*chromium.arguments(), f"--use-file-for-fake-video-capture={film.resolve()}"]
        started = _playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        opened.append(started)
        context = started.new_context(base_url=live_server.url, permissions=["camera"], locale="ja-JP")
        return context.new_page()

    yield start
    for started in opened:
        started.close()


@pytest.fixture
def http_server(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """A real gunicorn on this test's database, for clients that run in parallel; yields its address."""
    from tests.services import http  # noqa: PLC0415 - needs configured settings

    with http.running(tmp_path) as address:
        yield address
