"""Everything that can be said: the same gaps in both languages, and nothing for protected households that they did not agree to."""

from __future__ import annotations

import pytest

from foodbank.core.errors import Text
from foodbank.messaging.template import NEUTRAL_BODY, NEUTRAL_SUBJECT, Template, names_in
from foodbank.messaging.words import TEMPLATES


@pytest.mark.parametrize("key", TEMPLATES)
def test_both_languages_have_the_same_gaps(key: str):
    template = TEMPLATES[key]
    for text in (template.subject, template.body, *([template.neutral] if template.neutral else [])):
        pairs = {name.removesuffix("_ja").removesuffix("_en") for name in names_in(text)}
        for language in (text.ja, text.en):
            own = names_in(Text(language, language))
            assert {name.removesuffix("_ja").removesuffix("_en") for name in own} <= pairs
            wrong = "_en}" if language is text.ja else "_ja}"
            assert wrong not in language


@pytest.mark.parametrize("key", TEMPLATES)
def test_it_can_be_said_to_everybody(key: str):
    template = TEMPLATES[key]
    params = {name: f"<{name}>" for name in template.names()}
    for language in ("ja", "en"):
        for neutral in (False, True):
            said = template.say(params, language=language, neutral=neutral)  # type: ignore[arg-type]
            assert said.subject.strip()
            assert said.body.strip()
            assert "{" not in said.subject + said.body
            assert "\n" not in said.subject


@pytest.mark.parametrize("key", TEMPLATES)
def test_the_neutral_wording_tells_of_no_place_theme_or_food(key: str):
    template = TEMPLATES[key]
    told = template.say({name: f"<{name}>" for name in template.names()}, language="ja", neutral=True)
    assert told.subject == NEUTRAL_SUBJECT.ja
    for word in ("<place>", "<site>", "<theme>", "<reason>", "食", "パントリー", "交流会"):
        assert word not in told.body


def test_a_template_without_neutral_wording_falls_back_to_one():
    template = Template(Text("食料", "Food"), Text("会場は{place}です", "At {place}"))
    said = template.say({"place": "みほん公民館"}, language="ja", neutral=True)
    assert (said.subject, said.body) == (NEUTRAL_SUBJECT.ja, NEUTRAL_BODY.ja)
    assert template.say({"place": "みほん公民館"}, language="ja").body == "会場はみほん公民館です"


def test_a_missing_gap_is_found_where_it_is_written():
    with pytest.raises(KeyError, match="place"):
        Template(Text("a", "a"), Text("{place}", "{place}")).check({})


def test_what_fills_a_gap_is_not_read_as_a_gap_itself():
    template = Template(Text("a", "a"), Text("{reason}", "{reason}"))
    assert template.say({"reason": "{day_ja}"}, language="ja").body == "{day_ja}"
