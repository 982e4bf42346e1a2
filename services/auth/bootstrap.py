"""The first tenants and accounts, when nobody can sign in yet: `python -m services.auth.bootstrap --file FILE.json`.

FILE.json: {"tenants": [{"slug", "name", "time_zone", "language", "accounts": [ACCOUNT, …]}, …]}; an ACCOUNT has
"user", "name", "nip", "role" and "password" (without one it is generated and printed). The role is host, participant,
tenant_admin, head_of_unit or province_operator. What exists is left as it is. Reads
SIPULUNG_REDIS_URL; everything is on the disk when it returns. Exit 0: all is there; 1: the store does not answer or a
name is taken; 2: the file or a setting makes no sense.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from redis.exceptions import RedisError

from services.auth.hashing import Hashing
from services.auth.server.accounts import create_accounts
from services.auth.server.parts import now_ms
from services.auth.server.tenants import DEFAULT_LANGUAGE, DEFAULT_TIME_ZONE, checked_time_zone
from services.auth.store.accounts import AccountStore
from services.auth.store.tenants import Tenant, TenantStore
from services.common.config import ConfigError, Environment
from services.common.errors import DomainError, InvalidField
from services.common.ids import new_id
from services.common.store import durable, open_store
from services.common.validation import normalise_name, validate
from sipulung.auth.v1 import account_pb2, tenant_pb2
from sipulung.common.v1.common_pb2 import AccountRole

_ROLES: Final = {
    "participant": AccountRole.ACCOUNT_ROLE_PARTICIPANT,
    "host": AccountRole.ACCOUNT_ROLE_HOST,
    "head_of_unit": AccountRole.ACCOUNT_ROLE_HEAD_OF_UNIT,
    "tenant_admin": AccountRole.ACCOUNT_ROLE_TENANT_ADMIN,
    "province_operator": AccountRole.ACCOUNT_ROLE_PROVINCE_OPERATOR,
}


class _Stores:
    """What creating needs; no signing keys, no server."""

    def __init__(self, url: str) -> None:
        self.redis = open_store(url)
        self.tenants = TenantStore(self.redis)
        self.accounts = AccountStore(self.redis)
        self.hashing = Hashing()


async def bootstrap(document: Mapping[str, Any], redis_url: str) -> list[str]:
    """Make what is missing; one line per tenant and account. Raises InvalidField, Conflict, Unavailable."""
    plans = [_checked(entry, f"tenants[{index}]") for index, entry in enumerate(_list(document, "tenants", ""))]
    stores = _Stores(redis_url)
    done: list[str] = []
    try:
        for request, accounts in plans:
            tenant = await stores.tenants.by_slug(request.slug)
            if tenant is None:
                tenant = Tenant(new_id(), request.slug, request.name, request.time_zone, request.language, now_ms())
                await stores.tenants.create(tenant)
                done.append(f"tenant {tenant.slug}: created")
            else:
                same = (tenant.name, tenant.time_zone, tenant.language) == (
                    request.name,
                    request.time_zone,
                    request.language,
                )
                done.append(f"tenant {tenant.slug}: exists" + ("" if same else ", differs from the file, not changed"))
            for account in accounts:
                label = f"account {account.user}@{tenant.slug}"
                existing = await stores.accounts.by_user(tenant.tenant_id, account.user)
                if existing is not None:
                    same = (existing.name, existing.nip, existing.role) == (account.name, account.nip, account.role)
                    done.append(f"{label}: exists" + ("" if same else ", differs from the file, not changed"))
                    continue
                created = await create_accounts(stores, tenant, [account], "")
                given = created[0].password
                done.append(f"{label}: created" + (f", password {given}" if given else ""))
        # Also for what was there before: a run that was cut short may have left it unconfirmed.
        await durable(stores.redis)
    finally:
        stores.hashing.close()
        await stores.redis.aclose()
    return done


def main(arguments: list[str] | None = None) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.auth.bootstrap", description="Make tenants and accounts.")
    parser.add_argument("--file", type=Path, required=True, help="JSON file with tenants and their accounts")
    path: Path = parser.parse_args(arguments).file
    try:
        url = Environment(os.environ).url("SIPULUNG_REDIS_URL", "redis://127.0.0.1:7379/0", ("redis", "rediss"))
        document = json.loads(path.read_text())
        if not isinstance(document, dict):
            raise InvalidField("", "must be an object")
        lines = asyncio.run(bootstrap(document, url))
    except (ConfigError, InvalidField, OSError, ValueError) as error:
        where = f"{error.field}: " if isinstance(error, InvalidField) and error.field else ""
        print(f"bootstrap: {path}: {where}{error}", file=sys.stderr)  # noqa: T201 - a command's output
        return 2
    except (DomainError, RedisError) as error:
        print(f"bootstrap: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(lines))  # noqa: T201
    return 0


def _checked(entry: Any, path: str) -> tuple[tenant_pb2.CreateTenantRequest, list[account_pb2.NewAccount]]:
    """The same limits as over the RPCs. Raises InvalidField with the path in the file."""
    if not isinstance(entry, dict):
        raise InvalidField(path, "must be an object")
    request = tenant_pb2.CreateTenantRequest(
        slug=_text(entry, "slug", path),
        name=normalise_name(_text(entry, "name", path)),
        time_zone=_text(entry, "time_zone", path) or DEFAULT_TIME_ZONE,
        language=_text(entry, "language", path) or DEFAULT_LANGUAGE,
    )
    accounts: list[account_pb2.NewAccount] = []
    try:
        validate(request)
        checked_time_zone(request.time_zone)
    except InvalidField as error:
        raise InvalidField(f"{path}.{error.field}", error.message) from None
    for index, one in enumerate(_list(entry, "accounts", path)):
        inner = f"{path}.accounts[{index}]"
        role = _ROLES.get(_text(one, "role", inner))
        if role is None:
            raise InvalidField(f"{inner}.role", "must be one of " + ", ".join(_ROLES))
        account = account_pb2.NewAccount(
            user=_text(one, "user", inner),
            name=normalise_name(_text(one, "name", inner)),
            nip=_text(one, "nip", inner),
            role=role,
            password=_text(one, "password", inner),
        )
        try:
            validate(account)
        except InvalidField as error:
            raise InvalidField(f"{inner}.{error.field}", error.message) from None
        accounts.append(account)
    return request, accounts


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


if __name__ == "__main__":
    sys.exit(main())
