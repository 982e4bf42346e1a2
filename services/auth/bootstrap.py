"""The first tenants and accounts, when nobody can sign in yet: `python -m services.auth.bootstrap --file FILE.json`.

FILE.json: {"tenants": [TENANT, …]}; a TENANT has "slug", "name", "time_zone", "language", "office_hours" (as
"mon-thu 07:30-16:00, fri 07:30-16:30"), "tolerance_minutes", "office_changes" ({"from", "office_hours",
"tolerance_minutes"}: what holds from a date on), "holidays" ({"date", "name"}), "letterhead" (the fields of
tenant.proto; logo_png in base64), "units" ({"name", "units": [UNIT, …]}) and "accounts"; an ACCOUNT has "user", "name",
"nip", "role", "password" (without one it is generated and printed) and "unit" (a name, or names from the top down). The
role is host, participant, tenant_admin, head_of_unit or province_operator. What exists is left as it is. Reads
SIPULUNG_REDIS_URL; everything is on the disk when it returns, and auth notes it in the audit log when it runs. Exit 0:
all is there; 1: the store does not answer or a name is taken; 2: the file or a setting makes no sense.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from redis.exceptions import RedisError

from services.auth.audit import note
from services.auth.bootstrap_file import TenantPlan, read_plans
from services.auth.core import units
from services.auth.hashing import Hashing
from services.auth.server.account_creation import create_accounts, role_name
from services.auth.server.parts import now_ms
from services.auth.store.accounts import Account, AccountStore
from services.auth.store.outbox import Outbox
from services.auth.store.tenants import Tenant, TenantStore
from services.auth.store.units import UnitStore
from services.common.config import ConfigError, Environment
from services.common.errors import DomainError, InvalidField
from services.common.ids import new_id
from services.common.store import durable, open_store
from sipulung.auth.v1 import account_pb2
from sipulung.roster.v1.attendance_pb2 import AuditRecord

_ACTOR: Final = "service:bootstrap"


class _Bootstrap:
    """What creating needs: no signing keys, no server, no NATS."""

    def __init__(self, url: str, clock_ms: Callable[[], int]) -> None:
        self._now_ms = clock_ms
        self.redis = open_store(url)
        outbox = Outbox(self.redis)
        self.tenants = TenantStore(self.redis, outbox)
        self.units = UnitStore(self.redis, outbox)
        self.accounts = AccountStore(self.redis, outbox)
        self.hashing = Hashing()
        self.done: list[str] = []

    async def make(self, plan: TenantPlan) -> None:
        """What is missing of one tenant."""
        tenant = await self._tenant(plan)
        unit_ids = await self._units(tenant, plan)
        for account in plan.accounts:
            await self._account(tenant, account, unit_ids[account.unit_id])

    async def close(self) -> None:
        """End the threads and the connections."""
        self.hashing.close()
        await self.redis.aclose()

    async def _tenant(self, plan: TenantPlan) -> Tenant:
        request = plan.request
        tenant = await self.tenants.by_slug(request.slug)
        wanted = Tenant(
            new_id(),
            request.slug,
            request.name,
            request.time_zone,
            request.language,
            self._now_ms(),
            office_hours=plan.office_hours,
            letterhead=plan.letterhead,
        )
        if tenant is None:
            about = f"tenant:{wanted.tenant_id}"
            await self.tenants.create(wanted, [self._noted(wanted.tenant_id, "tenant.create", about, wanted.slug)])
            self.done.append(f"tenant {wanted.slug}: created")
            return wanted
        same = _frame(tenant) == _frame(wanted)
        self.done.append(f"tenant {tenant.slug}: exists" + ("" if same else ", differs from the file, not changed"))
        return tenant

    async def _units(self, tenant: Tenant, plan: TenantPlan) -> dict[str, str]:
        """The unit's id for each place in the file; "" (no unit) is ""."""
        unit_ids = {"": ""}
        for unit in plan.units:
            parent_id = unit_ids[unit.parent_id]
            existing = units.named(await self.units.list(tenant.tenant_id), parent_id, unit.name)
            if existing is None:
                made = new_id()
                noted = self._noted(tenant.tenant_id, "unit.create", f"unit:{made}", unit.name)
                existing = await self.units.create(tenant.tenant_id, made, parent_id, unit.name, [noted])
                self.done.append(f"unit {unit.name} of {tenant.slug}: created")
            else:
                self.done.append(f"unit {unit.name} of {tenant.slug}: exists")
            unit_ids[unit.unit_id] = existing.unit_id
        return unit_ids

    async def _account(self, tenant: Tenant, account: account_pb2.NewAccount, unit_id: str) -> None:
        label = f"account {account.user}@{tenant.slug}"
        existing = await self.accounts.by_user(tenant.tenant_id, account.user)
        if existing is not None:
            known = (existing.name, existing.nip, existing.role, existing.unit_id)
            same = known == (account.name, account.nip, account.role, unit_id)
            self.done.append(f"{label}: exists" + ("" if same else ", differs from the file, not changed"))
            return
        account.unit_id = unit_id

        def noted(made: Account) -> AuditRecord:
            about = f"account:{made.account_id}"
            return self._noted(made.tenant_id, "account.create", about, f"role {role_name(account.role)}")

        created = (await create_accounts(self, tenant, [account], "", self._now_ms(), noted))[0]
        self.done.append(f"{label}: created" + (f", password {created.password}" if created.password else ""))

    def _noted(self, tenant_id: str, action: str, about: str, detail: str) -> AuditRecord:
        return note(self._now_ms(), tenant_id, _ACTOR, action, about, detail)


async def bootstrap(document: Mapping[str, Any], redis_url: str, clock_ms: Callable[[], int] = now_ms) -> list[str]:
    """Make what is missing, dated by the clock; one line per tenant, unit and account.

    Raises InvalidField, Conflict, Unavailable.
    """
    plans = read_plans(document)
    making = _Bootstrap(redis_url, clock_ms)
    try:
        for plan in plans:
            await making.make(plan)
        # Also for what was there before: a run that was cut short may have left it unconfirmed.
        await durable(making.redis)
    finally:
        await making.close()
    return making.done


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


def _frame(tenant: Tenant) -> tuple[object, ...]:
    return tenant.name, tenant.time_zone, tenant.language, tenant.office_hours, tenant.letterhead


if __name__ == "__main__":
    sys.exit(main())
