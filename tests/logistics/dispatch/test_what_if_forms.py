"""The small forms of the what-if page, each a change of its own. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.dispatch.planner.change_codes import Known
from logistics.dispatch.what_if_forms import FORMS, ChangeForm, PapersForm
from tests.logistics.dispatch.test_change_codes import KNOWN

BY_KIND = {form.kind: form for form in FORMS}


def filled(kind: str, known: Known = KNOWN, **values: str) -> ChangeForm:
    form = BY_KIND[kind](values, known=known)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        ("order", {"what": "O1", "end": "12:20"}, "order|O1|0|1200"),
        ("order", {"what": "O1", "begin": "９：３０", "end": "11:00"}, "order|O1|1800|-3600"),
        ("shop", {"what": "D1|32400", "begin": "10:00"}, "shop|D1|32400|43200|-3600|0"),
        ("visit", {"what": "visit/M1", "begin": "12:30"}, "visit|visit/M1|-1800"),
        ("shift", {"what": "VAN1", "end": "19:00"}, "shift|VAN1|0|3600"),
        ("more", {"what": "CAR2", "begin": "14:00", "end": "16:00"}, "more|CAR2|50400|57600"),
        ("more", {"what": "VAN1", "begin": "14:00", "end": "16:00"}, "more|VAN1|50400|57600"),
        ("out", {"what": "VAN1", "because": "no_driver"}, "out|VAN1|no_driver"),
        ("amount", {"what": "O1/rice", "direction": "more", "grams": "2.5"}, "wants|O1/rice|2500"),
        ("amount", {"what": "visit/M1", "direction": "less", "grams": "4"}, "less|visit/M1|4000"),
        ("elsewhere", {"what": "elsewhere|O1|P2"}, "elsewhere|O1|P2"),
        ("off", {"what": "off|shop/D1"}, "off|shop/D1"),
        ("stock", {"what": "O1/rice", "grams": "2.5"}, "stock|O1/rice|3"),  # units of 1 kg: three of them
        ("room", {"what": "VAN1", "zone": "chilled", "grams": "30"}, "room|VAN1|chilled|30000"),
        ("papers", {"what": "agreed|P2"}, "agreed|P2"),
    ],
)
def test_what_is_entered_is_the_change(kind, values, code):
    form = filled(kind, **values)
    assert form.errors == {}
    assert form.code == code


@pytest.mark.parametrize(
    ("kind", "values", "field", "words"),
    [
        ("order", {"what": "O1"}, "begin", "変えるほうの時刻"),
        ("order", {"what": "O1", "begin": "10:00", "end": "12:00"}, "begin", "いまと同じ時間"),
        ("shift", {"what": "VAN1", "begin": "19:00"}, "end", "「から」より後"),
        ("more", {"what": "VAN1", "begin": "9:00", "end": "9:00"}, "end", "「から」より後"),
        ("visit", {"what": "visit/M1", "begin": "23:30"}, "begin", "この日のうちに"),
        ("visit", {"what": "visit/M1", "begin": "13:00"}, "begin", "いまと同じ"),
        ("room", {"what": "VAN1", "zone": "chilled", "grams": "0"}, "grams", ""),
        ("out", {"what": "VAN9", "because": "broken"}, "what", ""),
    ],
)
def test_what_is_wrong_stands_at_its_field(kind, values, field, words):
    form = filled(kind, **values)
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])


def test_only_what_the_day_has_is_offered():
    papers = PapersForm(known=KNOWN)
    assert [code for code, _words in papers.fields["what"].choices] == ["agreed|P2"]
    signed = replace(KNOWN, day=replace(KNOWN.day, lines=KNOWN.day.lines[:2]))
    assert not PapersForm(known=signed).possible
    nobody = replace(KNOWN, day=replace(KNOWN.day, vans=()))
    assert not BY_KIND["shift"](known=nobody).possible
    assert BY_KIND["more"](known=nobody).possible
