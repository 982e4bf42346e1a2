"""From the arguments to the exit code."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import NoReturn, TextIO

from services.cli.commands import COMMANDS
from services.cli.context import Context
from services.cli.failures import USAGE, Failure
from services.cli.output import Output, printable


class _Parser(argparse.ArgumentParser):
    """One line for a wrong argument instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{message} (see `{self.prog} --help`)", USAGE)


def parser() -> argparse.ArgumentParser:
    """Of the whole program."""
    program = _Parser(prog="sipulung", description="Set up and look after a tenant of Sipulung.")
    subparsers = program.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for command in COMMANDS:
        one = subparsers.add_parser(command.name, help=command.help, description=command.help.capitalize() + ".")
        # Before as well as after the words of a command that has some: `sipulung unit --json list`, `… list --json`.
        one.set_defaults(json=False)
        command.configure(one)
        _with_json(one)
    return program


def _with_json(one: argparse.ArgumentParser) -> None:
    below = [action for action in one._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    for action in below:
        for inner in action.choices.values():
            _with_json(inner)
    if not below:
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")


def _check_encoding(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Python keeps what is not UTF-8 as lone surrogates (PEP 383), which no message takes. Raises Failure."""
    given = {f"argument {number}": text for number, text in enumerate(arguments, 1)}
    given |= {name: text for name, text in environment.items() if name.startswith("SIPULUNG_")}
    for name, text in given.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Failure(f"{name} is not UTF-8", USAGE) from None


async def run(arguments: Sequence[str], environment: Mapping[str, str], output: TextIO, errors: TextIO) -> int:
    """The exit code."""
    context = None
    try:
        _check_encoding(arguments, environment)
        given = parser().parse_args(arguments)
        context = Context(environment, Output(output, errors, as_json=given.json))
        await given.run(given, context)
        context.output.flush()
    except Failure as failure:
        errors.write(f"sipulung: {printable(str(failure))}\n")
        return failure.code
    except SystemExit as end:
        # --help has printed what was asked for.
        return end.code if isinstance(end.code, int) else 0
    finally:
        if context is not None:
            await context.close()
    return 0
