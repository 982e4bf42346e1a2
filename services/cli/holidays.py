"""`sipulung tenant holidays`."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Mapping
from pathlib import Path

from services.cli.context import Context
from services.cli.csv_file import read_rows, wrong
from services.cli.failures import USAGE, Failure
from services.cli.output import as_json, table
from services.cli.tenant_record import read_tenant, update_tenant
from services.common.errors import InvalidField
from services.common.validation import normalise_name, validate
from sipulung.auth.v1 import tenant_pb2


def configure(parser: argparse.ArgumentParser) -> None:
    """The words after `tenant holidays`."""
    words = parser.add_subparsers(metavar="WORD", required=True)
    words.add_parser("list", help="all of them").set_defaults(run=list_holidays)
    add = words.add_parser("add", help="add a day, or give it another name")
    add.add_argument("date", help="as 2027-08-17")
    add.add_argument("name")
    add.set_defaults(run=add_holiday)
    remove = words.add_parser("remove", help="take a day away")
    remove.add_argument("date", help="as 2027-08-17")
    remove.set_defaults(run=remove_holiday)
    many = words.add_parser("import", help="add the days of a CSV file (columns date, name), all or none")
    many.add_argument("file", type=Path, metavar="FILE.csv")
    many.set_defaults(run=import_holidays)


async def list_holidays(_: argparse.Namespace, context: Context) -> None:
    """In order."""
    _show(await read_tenant(context), context)


async def add_holiday(arguments: argparse.Namespace, context: Context) -> None:
    """A day that is there already gets this name."""
    try:
        date = _date(arguments.date)
        name = _name(date, arguments.name)
    except ValueError as error:
        raise Failure(str(error), USAGE) from None
    await _change(context, await read_tenant(context), {date: name})


async def remove_holiday(arguments: argparse.Namespace, context: Context) -> None:
    """Raises Failure where the day is none."""
    tenant = await read_tenant(context)
    if arguments.date not in {holiday.date for holiday in tenant.office_hours.holidays}:
        raise Failure(f"{arguments.date} is no holiday")
    await _change(context, tenant, {arguments.date: ""})


async def import_holidays(arguments: argparse.Namespace, context: Context) -> None:
    """Those that are there already stay, under the file's name."""
    path: Path = arguments.file
    wanted: dict[str, str] = {}
    for row in read_rows(path, ("date", "name")):
        column = "date"
        try:
            date = _date(row.values["date"])
            if date in wanted:
                raise ValueError(f"{date} is there twice")
            column = "name"
            wanted[date] = _name(date, row.values["name"])
        except ValueError as error:
            raise wrong(path, row, column, str(error)) from None
    await _change(context, await read_tenant(context), wanted)


async def _change(context: Context, tenant: tenant_pb2.Tenant, names: Mapping[str, str]) -> None:
    """Names by day; "" takes the day away."""
    kept = {holiday.date: holiday.name for holiday in tenant.office_hours.holidays} | dict(names)
    hours = tenant_pb2.OfficeHours()
    hours.CopyFrom(tenant.office_hours)
    del hours.holidays[:]
    hours.holidays.extend(tenant_pb2.Holiday(date=date, name=name) for date, name in kept.items() if name)
    request = tenant_pb2.UpdateTenantRequest(revision=tenant.revision, office_hours=hours)
    _show(await update_tenant(context, request), context)


def _show(tenant: tenant_pb2.Tenant, context: Context) -> None:
    found = tenant.office_hours.holidays
    rows = [(holiday.date, holiday.name) for holiday in found]
    lines = table(("DATE", "NAME"), rows) if rows else ["There are no holidays."]
    context.output.show([as_json(holiday) for holiday in found], lines)


def _date(text: str) -> str:
    """Raises ValueError with a sentence."""
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        date = None
    if date is None or date.isoformat() != text:
        raise ValueError(f"{text!r} is no day of the calendar, as 2027-08-17")
    return text


def _name(date: str, text: str) -> str:
    """Raises ValueError with a sentence."""
    holiday = tenant_pb2.Holiday(date=date, name=normalise_name(text))
    try:
        validate(holiday)
    except InvalidField as error:
        raise ValueError(f"the name {error.message}") from None
    return holiday.name
