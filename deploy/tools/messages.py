"""Collects what pages say and keeps the English words beside it, without gettext being installed.

``python -m deploy.tools.messages`` reads the strings marked in code and templates, the labels that models hold in Japanese, and the
seeded names, brings ``foodbank/locale/en/LC_MESSAGES/django.po`` up to date (known translations stay, new ones are empty, unused ones
go) and writes ``django.mo``. It ends with 1 when a string has no translation.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "foodbank" / "locale" / "en" / "LC_MESSAGES"
_PACKAGES = ("foodbank", "logistics", "api")
_SINGLE = {"_", "gettext", "gettext_lazy"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_HEADER = "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nLanguage: en\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
_JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")


@dataclass
class Message:
    """``forms`` are the English words: one, or singular and plural."""

    key: str
    plural: bool = False
    places: set[str] = field(default_factory=set)
    forms: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return len(self.forms) == (2 if self.plural else 1) and all(self.forms)


def collect() -> dict[str, Message]:
    """Every string that pages may show, by its Japanese words. Django must be set up."""
    found: dict[str, Message] = {}
    for key, plural, place in (*_from_code(), *_from_templates(), *_from_models()):
        message = found.setdefault(key, Message(key))
        message.plural |= plural
        message.places.add(place)
    for key, english in _seeds():
        found.setdefault(key, Message(key)).places.add("seed")
        found[key].forms = [english]
    return found


def _from_code() -> Iterator[tuple[str, bool, str]]:
    for package in _PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    name, first = node.func.id, node.args[0]
                    if name in _SINGLE | _PLURAL and isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value, name in _PLURAL, path.relative_to(ROOT).as_posix()


def _from_templates() -> Iterator[tuple[str, bool, str]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - Django is set up by now

    literal = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
    call = re.compile(rf"(?<!\w)(_|gettext|ngettext)\(\s*{literal}", re.DOTALL)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for name, text in call.findall(templatize(path.read_text(encoding="utf-8"))):
            yield ast.literal_eval(text), name == "ngettext", path.relative_to(ROOT).as_posix()


def _from_models() -> Iterator[tuple[str, bool, str]]:
    from django.apps import apps  # noqa: PLC0415

    for model in apps.get_models():
        if model.__module__.split(".")[0] in _PACKAGES:
            for one in model._meta.get_fields():
                for _value, label in getattr(one, "choices", None) or ():
                    if _JAPANESE.search(str(label)):
                        yield str(label), False, model._meta.label


def _seeds() -> list[tuple[str, str]]:
    """Names that the first migration puts into the database come with their English."""
    seed = importlib.import_module("foodbank.catalog.migrations.0002_seed")
    rows = [(name, english) for _code, name, english, _food in seed.CATEGORIES]
    return rows + [pair for part in (seed.MANDATORY, seed.RECOMMENDED, seed.LATER) for pair in part]


def read_po(path: Path) -> dict[str, list[str]]:
    """The translations in a file as written by :func:`write_po`."""
    known: dict[str, list[str]] = {}
    key, target = "", None
    parts: dict[str, str] = {}
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if not line.strip():
            key = parts.get("msgid", "")
            if key:
                known[key] = [parts[name] for name in ("msgstr", "msgstr[0]", "msgstr[1]") if name in parts]
            parts, target = {}, None
        elif match := re.fullmatch(r"(msgid_plural|msgid|msgstr(?:\[\d\])?) (\".*\")", line):
            target = match[1]
            parts[target] = ast.literal_eval(match[2])
        elif line.startswith('"') and target:
            parts[target] += ast.literal_eval(line)
    return known


def write_po(messages: dict[str, Message], path: Path) -> None:
    blocks = ['msgid ""\nmsgstr ' + _quoted(_HEADER)]
    for message in sorted(messages.values(), key=lambda m: m.key):
        lines = [f"#: {place}" for place in sorted(message.places)] + [f"msgid {_quoted(message.key)}"]
        if message.plural:
            forms = [*message.forms, "", ""][:2]
            lines += [f"msgid_plural {_quoted(message.key)}"]
            lines += [f"msgstr[{i}] {_quoted(text)}" for i, text in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted((message.forms or [''])[0])}")
        blocks.append("\n".join(lines))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def mo_bytes(messages: dict[str, Message]) -> bytes:
    """The compiled catalogue, as the format of GNU gettext has it."""
    entries = {b"": _HEADER.encode()}
    for message in messages.values():
        if message.done:
            key = f"{message.key}\0{message.key}" if message.plural else message.key
            entries[key.encode()] = "\0".join(message.forms).encode()
    keys = sorted(entries)
    start = 28 + 16 * len(keys)
    originals: list[tuple[int, int]] = []
    translations: list[tuple[int, int]] = []
    body = b""
    for table, texts in ((originals, keys), (translations, [entries[key] for key in keys])):
        for text in texts:
            table.append((len(text), start + len(body)))
            body += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 28 + 16 * len(keys))
    tables = b"".join(struct.pack("<2I", *pair) for pair in originals + translations)
    return head + tables + body


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foodbank.settings")
    import django  # noqa: PLC0415 - only when run as a program

    django.setup()
    messages = collect()
    po = FOLDER / "django.po"
    known = read_po(po) if po.exists() else {}
    for key, message in messages.items():
        message.forms = known.get(key) or message.forms
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_po(messages, po)
    (FOLDER / "django.mo").write_bytes(mo_bytes(messages))
    missing = [message.key for message in messages.values() if not message.done]
    for key in missing:
        print(f"訳がありません / no English: {key}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
