from __future__ import annotations

from pathlib import Path

import pytest

from foodbank.core.errors import Refusal
from foodbank.core.files import written_whole


def test_folders_are_made_and_the_file_is_whole(tmp_path: Path):
    path = tmp_path / "a" / "b" / "labels.pdf"
    with written_whole(path) as out:
        out.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["labels.pdf"]


def test_a_fault_leaves_what_was_there(tmp_path: Path):
    path = tmp_path / "labels.pdf"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), written_whole(path) as out:
        out.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["labels.pdf"]


def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file" / "labels.pdf", tmp_path):
        with pytest.raises(Refusal) as caught, written_whole(path):
            pytest.fail("must not begin")
        assert caught.value.code == "file.cannot_write"
        assert str(path) in caught.value.text.ja
        assert str(path) in caught.value.text.en
