"""Posts of phones: a double tap, or a reply that got lost, leaves one row and gives the same answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.test import RequestFactory

from foodbank.catalog.models import Category
from foodbank.core.device import FIELD, repeatable
from foodbank.core.errors import Refusal, Text
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@repeatable
def make(request: HttpRequest) -> HttpResponse:
    """Makes a category of the posted code, which can be there once only."""
    if request.method != "POST":
        return HttpResponse("form")
    code = request.POST.get("code") or json.loads(request.body)["code"]
    Category.objects.create(code=code, name=code, name_en=code)
    if code == "no":
        raise Refusal("test.no", Text("だめです。", "No."), params={"code": code}, status=422)
    return HttpResponse("done", status=201, headers={"Location": f"/{code}/", "X-Other": "1"})


@pytest.fixture
def person() -> Any:
    return UserFactory.create()


def post(person: Any, data: dict[str, Any], *, key: str = "", path: str = "/make/") -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    request = RequestFactory().post(path, data, headers=headers)
    request.user = person
    return make(request)  # type: ignore[return-value]


def test_a_lost_reply_and_a_second_tap_leave_one_row_and_give_the_same_answer(person: Any):
    first = post(person, {"code": "a"}, key="k1")
    again = post(person, {"code": "a"}, key="k1")
    assert (first.status_code, first.content, first["Location"]) == (201, b"done", "/a/")
    assert (again.status_code, again.content, again["Location"]) == (201, b"done", "/a/")
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert "X-Other" not in again
    assert Category.objects.filter(code="a").count() == 1


def test_an_answer_that_sends_on_can_be_followed_each_time(person: Any):
    @repeatable
    def move_on(request: HttpRequest) -> HttpResponse:
        return redirect("/there/")

    request = RequestFactory().post("/make/", {FIELD: "k1"})
    request.user = person
    for _ in range(2):
        answer = move_on(request)
        assert isinstance(answer, HttpResponseRedirect)
        assert (answer.status_code, answer.url) == (302, "/there/")
    assert answer["Idempotency-Replayed"] == "true"


def test_a_form_without_a_script_carries_its_number_in_a_field(person: Any):
    data = {"code": "a", FIELD: "k1", "csrfmiddlewaretoken": "one"}
    assert post(person, data).status_code == 201
    again = post(person, {**data, "csrfmiddlewaretoken": "another rendering of the page"})
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")


def test_without_a_number_nothing_is_done(person: Any):
    answer = post(person, {"code": "a"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(answer.content)["code"] == "idempotency.key"
    assert not Category.objects.filter(code="a").exists()


@pytest.mark.parametrize("other", [{"data": {"code": "b"}}, {"data": {"code": "a"}, "path": "/elsewhere/"}])
def test_the_number_of_something_else_is_refused(person: Any, other: dict[str, Any]):
    post(person, {"code": "a"}, key="k1")
    answer = post(person, other["data"], key="k1", path=other.get("path", "/make/"))
    assert answer.status_code == 422
    assert json.loads(answer.content)["code"] == "idempotency.other_body"
    assert not Category.objects.filter(code="b").exists()


def test_another_photo_is_another_request(person: Any):
    def photo(content: bytes) -> dict[str, Any]:
        return {"code": "a", "photo": SimpleUploadedFile("p.jpg", content)}

    assert post(person, photo(b"1"), key="k1").status_code == 201
    assert post(person, photo(b"1"), key="k1")["Idempotency-Replayed"] == "true"
    assert post(person, photo(b"2"), key="k1").status_code == 422


def test_a_refusal_takes_back_what_was_done_and_is_repeated(person: Any):
    first = post(person, {"code": "no"}, key="k1")
    again = post(person, {"code": "no"}, key="k1")
    problem = json.loads(first.content)
    assert (first.status_code, problem["code"], problem["title_ja"], problem["title_en"]) == (422, "test.no", "だめです。", "No.")
    assert again.content == first.content
    assert not Category.objects.filter(code="no").exists()


def test_two_phones_of_two_people_do_not_meet(person: Any):
    assert post(person, {"code": "a"}, key="k1").status_code == 201
    assert post(UserFactory.create(), {"code": "b"}, key="k1").status_code == 201


def test_looking_needs_no_number(person: Any):
    request = RequestFactory().get("/make/")
    request.user = person
    assert make(request).content == b"form"  # type: ignore[attr-defined]


def test_strangers_share_no_answers():
    """Used inside the guard of a role; should that ever be forgotten, one stranger's answer must not be another's."""
    with pytest.raises(PermissionDenied):
        post(AnonymousUser(), {"code": "a"}, key="k1")
    assert not Category.objects.filter(code="a").exists()
