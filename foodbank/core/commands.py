"""What commands share: how a refusal and a wrong argument end them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from foodbank.core.errors import InputRefused, Refusal


@contextmanager
def refusals_exit_2(stderr: OutputWrapper) -> Iterator[None]:
    """A refusal inside ends the program with exit code 2 and one line per problem on ``stderr``; faults go on as they are."""
    try:
        yield
    except InputRefused as refusal:
        for problem in refusal.problems:
            stderr.write(str(problem))
        sys.exit(2)
    except Refusal as refusal:
        stderr.write(str(refusal.text))
        sys.exit(2)


class OneLineCommand(BaseCommand):
    """A command whose arguments are refused like any other input: exit code 2 and one line on ``stderr``, in both languages."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def error(message: str) -> NoReturn:
            line = f"引数を確かめてください（{subcommand} --help） / Check the arguments: {message}"
            if getattr(parser, "called_from_command_line", False):
                parser.exit(2, f"{line}\n")
            raise CommandError(line, returncode=2)

        parser.error = error  # type: ignore[method-assign]  # Django names the parser's class itself
        return parser
