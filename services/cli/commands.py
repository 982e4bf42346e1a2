"""The table of commands. A new one is a module with its own parser, and a line here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from services.cli import account, sign_in, tenant, unit, verify_report


@dataclass(frozen=True, slots=True)
class Command:
    """`configure` adds arguments, and sets the default `run`: a coroutine function of (arguments, context)."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]


COMMANDS = (
    Command("sign-in", "sign in with an account, and stay signed in", sign_in.configure),
    Command("sign-out", "end the sign-in of this machine", sign_in.configure_sign_out),
    Command("tenant", "name, zone, office hours, holidays, letterhead and retention of your tenant", tenant.configure),
    Command("unit", "the tree of units (unit kerja) of your tenant", unit.configure),
    Command("account", "who can sign in", account.configure),
    Command("verify-report", "whether a file of attendance or office hours matches the log", verify_report.configure),
)
