"""What somebody sees of a page: its text, its links, and its forms with the words on their fields and buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = frozenset({"li", "tr", "article", "section", "fieldset", "details", "main"})
_SILENT = frozenset({"script", "style", "template", "svg", "rt", "rp"})

Filled = Mapping[str, str | bool | Sequence[str]]
"""What is written into a form: the words on a field (or its name) → a text, the words on a choice, or whether it is ticked."""


class NoSuchField(LookupError):
    """No field bears these words; the message lists those that are there."""


@dataclass
class Field:
    """A field, or one box of several that share a name."""

    name: str
    kind: str
    value: str = ""
    ticked: bool = False
    label: str = ""
    legend: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)  # words, value; of a list to choose from
    chosen: list[str] = field(default_factory=list)

    @property
    def is_box(self) -> bool:
        return self.kind in {"checkbox", "radio"}

    def pairs(self) -> list[tuple[str, str]]:
        if self.is_box:
            return [(self.name, self.value)] if self.ticked else []
        if self.kind == "select":
            return [(self.name, value) for value in self.chosen or [value for _, value in self.options[:1]]]
        return [] if self.kind == "file" else [(self.name, self.value)]


@dataclass
class Button:
    label: str
    name: str = ""
    value: str = ""
    action: str = ""


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    around: str = ""
    """The text of the list item, table row or section that the form stands in."""

    @property
    def unseen(self) -> list[str]:
        return [one.value for one in self.fields if one.kind == "hidden"]

    def filled(self, values: Filled) -> list[tuple[str, str]]:
        """What is sent when these values were written into the form. Raises :class:`NoSuchField`."""
        for words, value in values.items():
            self._fill(words, value)
        return [pair for one in self.fields for pair in one.pairs()]

    def value(self, words: str) -> str:
        """What stands in the field now."""
        return self._called(words)[0].value

    def choices(self, words: str) -> list[str]:
        """The words of what may be chosen in that field."""
        found = self._called(words)
        return [text for text, value in found[0].options if value] if found[0].options else [one.label for one in found]

    def _fill(self, words: str, value: str | bool | Sequence[str]) -> None:
        found = self._called(words)
        if isinstance(value, bool):
            found[0].ticked = value
        elif found[0].is_box:
            wanted = [value] if isinstance(value, str) else list(value)
            for one in found:
                one.ticked = False
            for text in wanted:
                self._of(words, [(one.label, one.value) for one in found], text, found).ticked = True
        elif found[0].kind == "select":
            wanted = [value] if isinstance(value, str) else list(value)
            found[0].chosen = [_choice(words, found[0].options, text) for text in wanted]
        elif isinstance(value, str):
            found[0].value = value

    @staticmethod
    def _of(words: str, options: list[tuple[str, str]], text: str, found: list[Field]) -> Field:
        value = _choice(words, options, text)
        return next(one for one in found if one.value == value)

    def _called(self, words: str) -> list[Field]:
        """The fields of that name, with these words on them, or below that heading: the most exact meaning first."""
        tests = (
            lambda one: one.name == words,
            lambda one: one.label == words,
            lambda one: one.is_box and one.legend.startswith(words),
            lambda one: one.label.startswith(words),
            lambda one: words in one.label,
        )
        for test in tests:
            found = [one for one in self.fields if test(one)]
            if found:
                return found
        raise NoSuchField(f"no field 「{words}」; there are {[one.label or one.name for one in self.fields]}")


def _choice(words: str, options: list[tuple[str, str]], text: str) -> str:
    for test in (lambda label, value: value == text, lambda label, value: label == text, lambda label, value: text in label):
        for label, value in options:
            if test(label, value):
                return value
    raise NoSuchField(f"「{words}」: no choice 「{text}」; there are {[label for label, _ in options]}")


@dataclass
class Markup:
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]  # words, address
    alerts: list[str]
    """What the page says went wrong."""


@dataclass
class _Block:
    tag: str
    words: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._by_id: dict[str, Form] = {}
        self._elsewhere: list[tuple[str, Field | Button]] = []  # what names a form by its id
        self._form: Form | None = None
        self._blocks: list[_Block] = []
        self._legends: list[str] = []
        self._silent = 0
        self._alerts: list[list[str]] = []
        self._alert_tags: list[str] = []  # open elements named as the one that alerts, itself first
        self._ids: dict[str, Field] = {}
        self._labels: list[tuple[str, str]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []  # elements whose words are wanted
        self._wrapped: Field | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {key: value or "" for key, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        if self._alert_tags and tag == self._alert_tags[0]:
            self._alert_tags.append(tag)
        elif not self._alert_tags and facts.get("role") == "alert":
            self._alert_tags.append(tag)
            self._alerts.append([])
        if tag in _BLOCKS:
            self._blocks.append(_Block(tag))
        if tag == "fieldset":
            self._legends.append("")
        if tag in {"a", "button", "label", "legend", "option", "textarea"}:
            self._open.append((tag, facts, []))
        if tag == "label":
            self._wrapped = None
        if tag == "form":
            self._form = Form(facts.get("action", ""), facts.get("method", "get").lower())
            self.forms.append(self._form)
            self._by_id[facts.get("id", "")] = self._form
            for block in self._blocks[-1:]:
                block.forms.append(self._form)
        elif tag in {"input", "select", "textarea"}:
            self._field(tag, facts)

    def _field(self, tag: str, facts: dict[str, str]) -> None:
        kind = facts.get("type", "text").lower() if tag == "input" else tag
        if "disabled" in facts:
            return
        if kind in {"submit", "image"}:
            self._add(Button(facts.get("value", ""), facts.get("name", ""), facts.get("value", "")), facts)
            return
        if not facts.get("name") or kind in {"button", "reset"}:
            return
        value = facts.get("value", "on" if kind == "checkbox" else "")
        legend = self._legends[-1] if self._legends else ""
        made = Field(facts["name"], kind, value, "checked" in facts, facts.get("aria-label", ""), legend)
        if facts.get("id"):
            self._ids[facts["id"]] = made
        if any(open_tag == "label" for open_tag, *_ in self._open):
            self._wrapped = made
        if tag == "select":
            self._select = made
        self._add(made, facts)

    def _add(self, made: Field | Button, facts: dict[str, str]) -> None:
        if facts.get("form"):
            self._elsewhere.append((facts["form"], made))
        elif self._form is not None:
            self._put(self._form, made)

    @staticmethod
    def _put(form: Form, made: Field | Button) -> None:
        if isinstance(made, Field):
            form.fields.append(made)
        else:
            form.buttons.append(made)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] in {"option", "textarea"}:
            self._open[-1][2].append(data)
            return
        if self._silent:
            return
        self.words.append(data)
        if self._alert_tags:
            self._alerts[-1].append(data)
        for block in self._blocks:
            block.words.append(data)
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        self.words.append(" ")
        if self._alert_tags and tag == self._alert_tags[0]:
            self._alert_tags.pop()
        if tag in _BLOCKS and self._blocks:
            block = self._blocks.pop()
            for form in block.forms:
                form.around = _plain(block.words)
        if tag == "fieldset" and self._legends:
            self._legends.pop()
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if self._open and self._open[-1][0] == tag:
            _, facts, words = self._open.pop()
            self._close(tag, facts, words)

    def _close(self, tag: str, facts: dict[str, str], words: list[str]) -> None:
        text = _plain(words)
        if tag == "a" and "href" in facts:
            self.links.append((text or facts.get("aria-label", ""), facts["href"]))
        elif tag == "button" and facts.get("type", "submit") == "submit" and "disabled" not in facts:
            label = text or facts.get("aria-label", "")
            self._add(Button(label, facts.get("name", ""), facts.get("value", ""), facts.get("formaction", "")), facts)
        elif tag == "label":
            if facts.get("for"):
                self._labels.append((facts["for"], text))
            elif self._wrapped is not None:
                self._wrapped.label = text
        elif tag == "legend" and self._legends:
            self._legends[-1] = text
        elif tag == "option" and self._select is not None:
            value = facts.get("value", text)
            self._select.options.append((text, value))
            if "selected" in facts:
                self._select.chosen.append(value)
        elif tag == "textarea":
            self._text_of_area(facts, "".join(words))

    def _text_of_area(self, facts: dict[str, str], text: str) -> None:
        for form in self.forms[-1:]:
            for one in form.fields:
                if one.kind == "textarea" and one.name == facts.get("name"):
                    one.value = text.removeprefix("\n")

    def done(self) -> Markup:
        for identity, text in self._labels:
            if identity in self._ids and not self._ids[identity].label:
                self._ids[identity].label = text
        for identity, made in self._elsewhere:
            if identity in self._by_id:
                self._put(self._by_id[identity], made)
        alerts = [text for text in map(_plain, self._alerts) if text]
        return Markup(_plain(self.words), self.forms, self.links, alerts)


def _plain(words: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(words)).strip()


def read(html: str) -> Markup:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.done()
