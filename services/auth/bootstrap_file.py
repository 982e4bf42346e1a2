"""The file of the bootstrap command: what it may hold, and where in it something is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.json_format import ParseDict, ParseError

from services.auth.core import units
from services.auth.core.letterhead import checked_letterhead
from services.auth.core.office_hours import checked_hours, default_hours
from services.auth.core.units import Unit
from services.auth.server.account_creation import role_name
from services.auth.server.tenants import DEFAULT_LANGUAGE, DEFAULT_TIME_ZONE, checked_time_zone
from services.common.errors import DomainError, InvalidField
from services.common.office_week import parse_week
from services.common.validation import normalise_name, validate
from sipulung.auth.v1 import account_pb2, tenant_pb2, unit_pb2
from sipulung.common.v1.common_pb2 import AccountRole

_ROLES: Final = {role_name(role): role for role in AccountRole.values() if role}


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """One tenant of the file. A unit's `unit_id` says where it stands in the file; accounts name theirs by it."""

    request: tenant_pb2.CreateTenantRequest
    office_hours: tenant_pb2.OfficeHours | None
    letterhead: tenant_pb2.Letterhead | None
    units: tuple[Unit, ...]
    accounts: tuple[account_pb2.NewAccount, ...]


def read_plans(document: Mapping[str, Any]) -> list[TenantPlan]:
    """The same limits as over the RPCs. Raises InvalidField with the path in the file."""
    return [_tenant(entry, f"tenants[{index}]") for index, entry in enumerate(_list(document, "tenants", ""))]


def _tenant(entry: Any, path: str) -> TenantPlan:
    if not isinstance(entry, dict):
        raise InvalidField(path, "must be an object")
    request = tenant_pb2.CreateTenantRequest(
        slug=_text(entry, "slug", path),
        name=normalise_name(_text(entry, "name", path)),
        time_zone=_text(entry, "time_zone", path) or DEFAULT_TIME_ZONE,
        language=_text(entry, "language", path) or DEFAULT_LANGUAGE,
    )
    try:
        validate(request)
        checked_time_zone(request.time_zone)
    except InvalidField as error:
        raise InvalidField(f"{path}.{error.field}", error.message) from None
    hours, letterhead = _office_hours(entry, path), _letterhead(entry, path)
    tree: dict[str, Unit] = {}
    _units(entry, path, "", tree)
    accounts = [
        _account(one, f"{path}.accounts[{index}]", tree) for index, one in enumerate(_list(entry, "accounts", path))
    ]
    return TenantPlan(request, hours, letterhead, tuple(tree.values()), tuple(accounts))


def _office_hours(entry: dict[str, Any], path: str) -> tenant_pb2.OfficeHours | None:
    """None where the file says nothing about them."""
    if not {"office_hours", "tolerance_minutes", "holidays", "office_changes"} & entry.keys():
        return None
    hours = default_hours()
    if text := _text(entry, "office_hours", path):
        hours = tenant_pb2.OfficeHours(days=_week(text, f"{path}.office_hours"))
    more = {"holidays": _list(entry, "holidays", path), "tolerance_minutes": entry.get("tolerance_minutes", 0)}
    _parse(more, hours, path)
    for index, one in enumerate(_list(entry, "office_changes", path)):
        hours.changes.append(_office_change(one, f"{path}.office_changes[{index}]"))
    try:
        validate(hours)
        return checked_hours(hours, "")
    except InvalidField as error:
        raise InvalidField(f"{path}.{_in_file(error.field)}", error.message) from None


def _office_change(entry: Any, path: str) -> tenant_pb2.OfficeChange:
    if not isinstance(entry, dict):
        raise InvalidField(path, "must be an object")
    for name in entry.keys() - {"from", "office_hours", "tolerance_minutes"}:
        raise InvalidField(f"{path}.{name}", "is not known: from, office_hours and tolerance_minutes are")
    for name in ("from", "office_hours"):
        if not _text(entry, name, path):
            raise InvalidField(f"{path}.{name}", "is required")
    change = tenant_pb2.OfficeChange(
        from_date=_text(entry, "from", path), days=_week(_text(entry, "office_hours", path), f"{path}.office_hours")
    )
    _parse({"tolerance_minutes": entry.get("tolerance_minutes", 0)}, change, path)
    return change


def _week(text: str, path: str) -> list[tenant_pb2.OfficeDay]:
    try:
        return parse_week(text)
    except ValueError as error:
        raise InvalidField(path, str(error)) from None


def _in_file(field: str) -> str:
    """The name that a field of the messages has in the file."""
    return re.sub(r"^changes\b", "office_changes", field).replace("from_date", "from")


def _letterhead(entry: dict[str, Any], path: str) -> tenant_pb2.Letterhead | None:
    if "letterhead" not in entry:
        return None
    letterhead = tenant_pb2.Letterhead()
    _parse(entry["letterhead"], letterhead, f"{path}.letterhead")
    return checked_letterhead(letterhead, f"{path}.letterhead.")


def _units(entry: dict[str, Any], path: str, parent_id: str, tree: dict[str, Unit]) -> None:
    """Add the units below `parent_id`, and those below them, by the rules of the real tree."""
    for index, one in enumerate(_list(entry, "units", path)):
        inner = f"{path}.units[{index}]"
        request = unit_pb2.CreateUnitRequest(name=normalise_name(_text(one, "name", inner)))
        try:
            validate(request)
            tree[inner] = units.create(tree, inner, parent_id, request.name)
        except DomainError as error:
            raise InvalidField(f"{inner}.{error.field}".rstrip("."), error.message) from None
        _units(one, inner, inner, tree)


def _account(entry: Any, path: str, tree: Mapping[str, Unit]) -> account_pb2.NewAccount:
    role = _ROLES.get(_text(entry, "role", path))
    if role is None:
        raise InvalidField(f"{path}.role", "must be one of " + ", ".join(_ROLES))
    account = account_pb2.NewAccount(
        user=_text(entry, "user", path),
        name=normalise_name(_text(entry, "name", path)),
        nip=_text(entry, "nip", path),
        role=role,
        password=_text(entry, "password", path),
    )
    try:
        validate(account)
    except InvalidField as error:
        raise InvalidField(f"{path}.{error.field}", error.message) from None
    account.unit_id = _unit_of(entry, path, tree)
    return account


def _unit_of(entry: dict[str, Any], path: str, tree: Mapping[str, Unit]) -> str:
    """Where the account's unit stands in the file; "" for none. It is named by the names from the top down."""
    value = entry.get("unit")
    names = [value] if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidField(f"{path}.unit", "must be a name, or a list of names from the top down")
    unit_id = ""
    for name in names:
        unit = units.named(tree.values(), unit_id, normalise_name(name))
        if unit is None:
            raise InvalidField(f"{path}.unit", f"the tenant's units in this file have none of the name {name!r} there")
        unit_id = unit.unit_id
    return unit_id


def _parse(
    values: Any, message: tenant_pb2.OfficeHours | tenant_pb2.OfficeChange | tenant_pb2.Letterhead, path: str
) -> None:
    """Fill a message from JSON with the names of the proto. Raises InvalidField."""
    try:
        ParseDict(values, message)
    except (ParseError, AttributeError, TypeError) as error:
        raise InvalidField(path, f"is not understood: {error}") from None
    try:
        validate(message)
    except InvalidField as error:
        raise InvalidField(f"{path}.{_in_file(error.field)}", error.message) from None


def _list(entry: Mapping[str, Any], name: str, path: str) -> list[Any]:
    value = entry.get(name, [])
    if not isinstance(value, list):
        raise InvalidField(f"{path}.{name}".lstrip("."), "must be a list")
    return value


def _text(entry: Any, name: str, path: str) -> str:
    value = entry.get(name, "") if isinstance(entry, dict) else None
    if value is None and isinstance(entry, dict):
        return ""
    if not isinstance(value, str):
        raise InvalidField(f"{path}.{name}", "must be a text")
    return value
