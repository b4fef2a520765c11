"""Files from a folder of this machine."""

from __future__ import annotations

from pathlib import Path

from foodbank.core.errors import Problem, Text
from foodbank.core.inputs import read_file
from logistics.dayfiles.parse import FILES


def read_folder(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """The day's files that can be read, by name, and what is wrong with the folder. A missing file is left to the parser."""
    if not folder.is_dir():
        text = Text("フォルダーがありません。", "There is no such folder.")
        return {}, [Problem(str(folder), 0, "", "folder.missing", text)]
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in FILES:
        path = folder / name
        if path.exists():
            data = read_file(path)
            if isinstance(data, Problem):
                problems.append(data)
            else:
                files[name] = data
    return files, problems
