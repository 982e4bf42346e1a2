"""Every command that docs/operators.md shows is one that the command line takes."""

import re
import shlex

import pytest

from services.cli.program import parser
from tools.instance.settings import ROOT

SHOWN = re.findall(r"^    sipulung (.+)$", (ROOT / "docs" / "operators.md").read_text(), re.MULTILINE)


def test_many_are_shown() -> None:
    assert len(SHOWN) > 20


@pytest.mark.parametrize("command", SHOWN)
def test_a_command_that_is_shown_is_taken(command: str) -> None:
    parser().parse_args(shlex.split(command))
