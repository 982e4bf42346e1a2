"""`sipulung tenant`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.cli import holidays, office_hours
from services.cli.context import Context
from services.cli.failures import USAGE, Failure
from services.cli.output import as_json
from services.cli.tenant_record import read_tenant, update_tenant
from sipulung.auth.v1 import tenant_pb2

_LARGEST_LOGO: Final = 64 * 1024
_LETTERHEAD: Final = ("address", "place", "signer_title", "signer_name", "signer_nip")


def configure(parser: argparse.ArgumentParser) -> None:
    """The words after `tenant`."""
    words = parser.add_subparsers(metavar="WORD", required=True)
    show = words.add_parser("show", help="everything that is set")
    show.set_defaults(run=show_tenant)
    change = words.add_parser("set", help='change something; what is not named stays, and "" takes it away')
    change.add_argument("--name", help='"Kabupaten Luwu"')
    change.add_argument("--zone", help="IANA time zone, as Asia/Makassar")
    change.add_argument("--language", choices=["id", "en"], help="of reports")
    office_hours.configure(change)
    change.add_argument(
        "--title", action="append", metavar="TEXT", help="a line of the letterhead; up to three, given in order"
    )
    change.add_argument("--address", help="below the titles")
    change.add_argument("--logo", metavar="FILE.png", help='a PNG up to 64 KiB and 1200 × 1200 pixels, or ""')
    change.add_argument("--place", help="where reports are signed")
    change.add_argument("--signer-title", help='"Kepala Dinas …"')
    change.add_argument("--signer-name")
    change.add_argument("--signer-nip")
    change.add_argument("--retention", type=int, metavar="DAYS", help="how long attendance is kept; 0: the default")
    change.add_argument(
        "--audit-retention", type=int, metavar="DAYS", help="how long the audit log is kept, 30 to 3650; 0: the default"
    )
    change.add_argument("--purpose", help="what attendance is recorded for, as people read it")
    change.set_defaults(run=set_tenant)
    holidays.configure(words.add_parser("holidays", help="days on which nobody is expected"))


async def show_tenant(_: argparse.Namespace, context: Context) -> None:
    """As it is now."""
    tenant = await read_tenant(context)
    context.output.show(as_json(tenant), _lines(tenant))


async def set_tenant(arguments: argparse.Namespace, context: Context) -> None:
    """Only what is named. Nothing is saved unless all of it makes sense."""
    given = {name for name, value in vars(arguments).items() if value is not None} - {"run", "json", "command"}
    if not given:
        raise Failure("nothing to change (see `sipulung tenant set --help`)", USAGE)
    for name in ("name", "zone"):
        if getattr(arguments, name) == "":
            raise Failure(f"--{name}: must not be empty", USAGE)
    tenant = await read_tenant(context)
    request = tenant_pb2.UpdateTenantRequest(
        revision=tenant.revision,
        name=arguments.name or "",
        time_zone=arguments.zone or "",
        language=arguments.language or "",
    )
    if given & office_hours.OPTIONS:
        wanted = office_hours.changed(arguments, tenant.office_hours, office_hours.today_of(tenant))
        request.office_hours.CopyFrom(wanted)
    if given & {"title", "logo", *_LETTERHEAD}:
        request.letterhead.CopyFrom(_letterhead(arguments, tenant.letterhead))
    if given & {"retention", "audit_retention", "purpose"}:
        request.retention.CopyFrom(_retention(arguments, tenant.retention))
    changed = await update_tenant(context, request)
    before, after, today = tenant.office_hours, changed.office_hours, office_hours.today_of(changed)
    news = [*office_hours.replaced(before, after), *office_hours.anew(before, after, today)]
    context.output.show(as_json(changed), [*_lines(changed), *_columns(news)])


def _letterhead(arguments: argparse.Namespace, letterhead: tenant_pb2.Letterhead) -> tenant_pb2.Letterhead:
    changed = tenant_pb2.Letterhead()
    changed.CopyFrom(letterhead)
    if arguments.title is not None:
        changed.titles[:] = [title for title in arguments.title if title.strip()]
    if arguments.logo is not None:
        changed.logo_png = _logo(Path(arguments.logo)) if arguments.logo else b""
    for name in _LETTERHEAD:
        value = getattr(arguments, name)
        if value is not None:
            setattr(changed, name, value)
    return changed


def _retention(arguments: argparse.Namespace, retention: tenant_pb2.Retention) -> tenant_pb2.Retention:
    changed = tenant_pb2.Retention()
    changed.CopyFrom(retention)
    if arguments.retention is not None:
        changed.attendance_days = _whole(arguments.retention, "--retention", 3650)
    if arguments.audit_retention is not None:
        changed.audit_days = _whole(arguments.audit_retention, "--audit-retention", 3650)
    if arguments.purpose is not None:
        changed.purpose = arguments.purpose
    return changed


def _whole(value: int, option: str, most: int) -> int:
    if not 0 <= value <= most:
        raise Failure(f"{option}: must be from 0 to {most}", USAGE)
    return value


def _logo(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_LOGO + 1)
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror})", USAGE) from None
    if len(content) > _LARGEST_LOGO:
        raise Failure(f"{path}: at most {_LARGEST_LOGO // 1024} KiB", USAGE)
    return content


def _lines(tenant: tenant_pb2.Tenant) -> list[str]:
    hours, letterhead, retention = tenant.office_hours, tenant.letterhead, tenant.retention
    logo = f"PNG, {len(letterhead.logo_png)} bytes" if letterhead.logo_png else ""
    values = [
        ("Name", tenant.name),
        ("Signs in as", f"…@{tenant.slug}"),
        ("Time zone", tenant.time_zone),
        ("Language", tenant.language),
        *office_hours.lines(hours, office_hours.today_of(tenant)),
        ("Holidays", f"{len(hours.holidays)} (`sipulung tenant holidays list`)"),
        *(("Letterhead" if index == 0 else "", title) for index, title in enumerate(letterhead.titles)),
        ("Address", letterhead.address),
        ("Logo", logo),
        ("Signed in", letterhead.place),
        ("Signed by", ", ".join(filter(None, (letterhead.signer_title, letterhead.signer_name)))),
        ("NIP", letterhead.signer_nip),
        ("Attendance kept", _kept(retention.attendance_days)),
        ("Audit log kept", _kept(retention.audit_days)),
        *(("Purpose" if index == 0 else "", line) for index, line in enumerate(retention.purpose.split("\n"))),
    ]
    return _columns(values)


def _columns(values: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{name:<16} {value}" for name, value in values if value]


def _kept(days: int) -> str:
    return f"{days} days" if days else "the default of the instance"
