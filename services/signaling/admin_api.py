"""The JSON API of the page on which a tenant's admin sets units, accounts, office hours, letterhead and retention.

What is sent back and taken is the JSON of the protobuf messages, with proto names; roles stand without their prefix.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from google.protobuf.message import Message

from services.common.errors import InvalidField
from services.common.validation import validate
from services.signaling.admin_client import AdminClient
from services.signaling.core.proto_json import name_of, read_into, shown
from services.signaling.http_fields import PREFIX, Fields, fields_of, flag, number, required_bearer, text
from sipulung.auth.v1 import account_pb2, tenant_pb2, unit_pb2
from sipulung.common.v1 import common_pb2

# A letterhead with its logo in base64; or office hours with 100 changes, and 400 holidays with long names.
LARGEST_TENANT: Final = 192 * 1024
_PAGE: Final = 50
_ROLE: Final = "ACCOUNT_ROLE_"
_ROLES: Final = frozenset(common_pb2.AccountRole.keys()) - {"ACCOUNT_ROLE_UNSPECIFIED"}


class AdminApi:
    """Each handler turns JSON into a request of auth, which authorises by itself."""

    def __init__(self, client: AdminClient) -> None:
        self._client = client

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""
        return [
            web.get(f"{PREFIX}/tenant", self._tenant),
            web.patch(f"{PREFIX}/tenant", self._update_tenant),
            web.get(f"{PREFIX}/units", self._units),
            web.post(f"{PREFIX}/units", self._create_unit),
            web.patch(f"{PREFIX}/units/{{unit_id}}", self._update_unit),
            web.delete(f"{PREFIX}/units/{{unit_id}}", self._delete_unit),
            web.get(f"{PREFIX}/accounts", self._accounts),
            web.post(f"{PREFIX}/accounts", self._create_account),
            web.patch(f"{PREFIX}/accounts/{{account_id}}", self._update_account),
            web.post(f"{PREFIX}/accounts/{{account_id}}/disable", self._disable_account),
            web.post(f"{PREFIX}/accounts/{{account_id}}/password", self._reset_password),
        ]

    async def _tenant(self, request: web.Request) -> web.Response:
        return web.json_response({"tenant": shown(await self._client.tenant(required_bearer(request)))})

    async def _update_tenant(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request, LARGEST_TENANT)
        wanted = tenant_pb2.UpdateTenantRequest(
            revision=number(fields, "revision"),
            name=text(fields, "name"),
            time_zone=text(fields, "time_zone"),
            language=text(fields, "language"),
        )
        for part in ("office_hours", "letterhead", "retention"):
            if part in fields:
                _read(fields, part, getattr(wanted, part))
        validate(wanted)
        return web.json_response({"tenant": shown(await self._client.update_tenant(wanted, token))})

    async def _units(self, request: web.Request) -> web.Response:
        units = await self._client.units(required_bearer(request))
        return web.json_response({"units": [shown(unit) for unit in units]})

    async def _create_unit(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = unit_pb2.CreateUnitRequest(name=text(fields, "name"), parent_id=text(fields, "parent_id"))
        validate(wanted)
        return web.json_response({"unit": shown(await self._client.create_unit(wanted, token))}, status=201)

    async def _update_unit(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = unit_pb2.UpdateUnitRequest(
            unit_id=request.match_info["unit_id"],
            revision=number(fields, "revision"),
            name=_if_given(fields, "name"),
            parent_id=_if_given(fields, "parent_id"),
        )
        validate(wanted)
        return web.json_response({"unit": shown(await self._client.update_unit(wanted, token))})

    async def _delete_unit(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = unit_pb2.DeleteUnitRequest(unit_id=request.match_info["unit_id"], revision=_revision(request))
        validate(wanted)
        await self._client.delete_unit(wanted, token)
        return web.json_response({})

    async def _accounts(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = account_pb2.ListAccountsRequest(
            page_size=_PAGE,
            page_token=request.query.get("page_token", ""),
            query=request.query.get("query", "").strip(),
        )
        validate(wanted)
        listed = await self._client.accounts(wanted, token)
        accounts = [_account(account) for account in listed.accounts]
        return web.json_response({"accounts": accounts, "next_page_token": listed.next_page_token})

    async def _create_account(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        new = account_pb2.NewAccount(
            user=text(fields, "user"),
            name=text(fields, "name"),
            nip=text(fields, "nip"),
            role=_role(fields),
            password=text(fields, "password"),
            unit_id=text(fields, "unit_id"),
        )
        wanted = account_pb2.CreateAccountRequest(account=new)
        validate(wanted)
        created = await self._client.create_account(wanted, token)
        return web.json_response({"account": _account(created.account), "password": created.password}, status=201)

    async def _update_account(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = account_pb2.UpdateAccountRequest(
            account_id=request.match_info["account_id"],
            revision=number(fields, "revision"),
            name=text(fields, "name"),
            nip=_if_given(fields, "nip"),
            role=_role(fields),
            unit_id=_if_given(fields, "unit_id"),
            enable=flag(fields, "enable"),
        )
        validate(wanted)
        return web.json_response({"account": _account(await self._client.update_account(wanted, token))})

    async def _disable_account(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = account_pb2.DisableAccountRequest(account_id=request.match_info["account_id"])
        validate(wanted)
        return web.json_response({"account": _account(await self._client.disable_account(wanted, token))})

    async def _reset_password(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = account_pb2.ResetPasswordRequest(
            account_id=request.match_info["account_id"], password=text(fields, "password")
        )
        validate(wanted)
        return web.json_response({"password": await self._client.reset_password(wanted, token)})


def _account(account: account_pb2.Account) -> dict[str, Any]:
    return shown(account) | {"role": name_of(common_pb2.AccountRole, account.role, _ROLE)}


def _read(fields: Fields, name: str, into: Message) -> None:
    """The object under that name. Raises InvalidField, for whatever is no JSON of this message."""
    into.SetInParent()
    if problem := read_into(into, fields[name]):
        raise InvalidField(name, problem)


def _if_given(fields: Fields, name: str) -> str | None:
    return text(fields, name) if fields.get(name) is not None else None


def _role(fields: Fields) -> common_pb2.AccountRole.ValueType:
    """Unspecified when it is not there. Raises InvalidField."""
    name = text(fields, "role")
    if not name:
        return common_pb2.ACCOUNT_ROLE_UNSPECIFIED
    if _ROLE + name not in _ROLES:
        raise InvalidField("role", "must be PARTICIPANT, HOST, HEAD_OF_UNIT, TENANT_ADMIN or PROVINCE_OPERATOR")
    return common_pb2.AccountRole.Value(_ROLE + name)


def _revision(request: web.Request) -> int:
    given = request.query.get("revision", "")
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        raise InvalidField("revision", "must be a whole number")
    return int(given)
