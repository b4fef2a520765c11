"""Whatever a server does, asking ends."""

import time

import pytest

from deploy.tools.process import free_port
from logistics.travel.http import ask
from logistics.travel.provider import ProviderDown
from tests.services import roads

ALLOWED_S = 0.3


def reason_and_seconds(url: str) -> tuple[str, float]:
    begin = time.monotonic()
    with pytest.raises(ProviderDown) as down:
        ask(f"{url}/status", until=begin + ALLOWED_S)
    return down.value.reason, time.monotonic() - begin


def test_nobody_there():
    assert reason_and_seconds(f"http://127.0.0.1:{free_port()}")[0] == "refused"


@pytest.mark.parametrize("server", [roads.silent, roads.dripping])
def test_silence_and_a_byte_now_and_then_end_in_time(server):
    with server() as url:
        reason, seconds = reason_and_seconds(url)
    assert reason == "timeout" and seconds < 10 * ALLOWED_S


def test_no_time_left_asks_nobody():
    with roads.answering(lambda path, said: (200, {})) as server:
        with pytest.raises(ProviderDown, match="timeout"):
            ask(f"{server.url}/status", until=time.monotonic() - 1)
        assert server.asked == []


def test_a_fault_of_the_server_is_one_and_its_refusal_an_answer():
    with roads.answering(lambda path, said: (int(path[1:]), {"code": "X"})) as server:
        until = time.monotonic() + 5
        assert ask(f"{server.url}/400", until=until).document == {"code": "X"}
        for status in (500, 502, 503):
            with pytest.raises(ProviderDown) as down:
                ask(f"{server.url}/{status}", until=until)
            assert down.value.reason == "fault"


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"\xff\xfe", b"[" * 100_000, b'{"code":'])
def test_what_is_no_json_is_no_document(body):
    with roads.answering(lambda path, said: (200, body)) as server:
        assert ask(f"{server.url}/", until=time.monotonic() + 5).document is None
