"""TenantService."""

import zoneinfo
from typing import Any

import grpc

from services.auth.core.access import tenant_of
from services.auth.core.letterhead import checked_letterhead
from services.auth.core.office_hours import checked_hours, default_hours
from services.auth.server.pages import after_token, page_size, page_token
from services.auth.server.parts import Parts, now_ms
from services.auth.store.tenants import Tenant
from services.common.errors import InvalidField
from services.common.ids import new_id
from services.common.validation import normalise_name
from sipulung.auth.v1 import tenant_pb2, tenant_pb2_grpc
from sipulung.common.v1.common_pb2 import AccountRole

_Context = grpc.aio.ServicerContext[Any, Any]
# Central Indonesia (WITA): South Sulawesi, where the first instance runs.
DEFAULT_TIME_ZONE = "Asia/Makassar"
DEFAULT_LANGUAGE = "id"
# Whoever misuses an account is found out later than the next day, and the log says what retention deleted.
LEAST_AUDIT_DAYS = 30
# Python lists both among the zones, but browsers' Intl throws on them, and pages would show no times.
_NO_ZONES = frozenset({"Factory", "localtime"})


class TenantServicer(tenant_pb2_grpc.TenantServiceServicer):
    """Regencies."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def CreateTenant(  # noqa: N802 - the name of the RPC
        self, request: tenant_pb2.CreateTenantRequest, context: _Context
    ) -> tenant_pb2.CreateTenantResponse:
        """Raises Conflict when the slug is taken."""
        actor = await self._parts.actor(AccountRole.ACCOUNT_ROLE_PROVINCE_OPERATOR)
        tenant = Tenant(
            new_id(),
            request.slug,
            normalise_name(request.name),
            checked_time_zone(request.time_zone) or DEFAULT_TIME_ZONE,
            request.language or DEFAULT_LANGUAGE,
            now_ms(),
        )
        about = f"tenant:{tenant.tenant_id}"
        noted = self._parts.audit.by(actor, tenant.tenant_id, "tenant.create", about, tenant.slug)
        await self._parts.tenants.create(tenant, [noted])
        return tenant_pb2.CreateTenantResponse(tenant=to_proto(tenant))

    async def GetTenant(  # noqa: N802
        self, request: tenant_pb2.GetTenantRequest, context: _Context
    ) -> tenant_pb2.GetTenantResponse:
        """Raises NotFound, also for another tenant than the caller's own."""
        actor = await self._parts.actor(AccountRole.ACCOUNT_ROLE_PARTICIPANT)
        tenant = await self._parts.tenants.get(tenant_of(actor, request.tenant_id))
        return tenant_pb2.GetTenantResponse(tenant=to_proto(tenant))

    async def ListTenants(  # noqa: N802
        self, request: tenant_pb2.ListTenantsRequest, context: _Context
    ) -> tenant_pb2.ListTenantsResponse:
        """Ordered by id, without office hours, letterheads and retention: pictures of 200 tenants fill no answer."""
        await self._parts.actor(AccountRole.ACCOUNT_ROLE_PROVINCE_OPERATOR)
        size = page_size(request.page_size)
        tenants = await self._parts.tenants.list(after_token(request.page_token), size)
        following = page_token(tenants[-1].tenant_id) if len(tenants) == size else ""
        return tenant_pb2.ListTenantsResponse(tenants=map(to_short_proto, tenants), next_page_token=following)

    async def UpdateTenant(  # noqa: N802
        self, request: tenant_pb2.UpdateTenantRequest, context: _Context
    ) -> tenant_pb2.UpdateTenantResponse:
        """Raises InvalidField, NotFound, or Conflict when it was changed meanwhile."""
        actor = await self._parts.actor(AccountRole.ACCOUNT_ROLE_TENANT_ADMIN)
        changes: dict[str, str | bytes] = {
            "name": normalise_name(request.name),
            "time_zone": checked_time_zone(request.time_zone),
            "language": request.language,
        }
        given = {field: value for field, value in changes.items() if value}
        if request.HasField("office_hours"):
            given["office_hours"] = checked_hours(request.office_hours).SerializeToString()
        if request.HasField("letterhead"):
            given["letterhead"] = checked_letterhead(request.letterhead).SerializeToString()
        if request.HasField("retention"):
            given["retention"] = checked_retention(request.retention).SerializeToString()
        tenant_id, fields = tenant_of(actor, request.tenant_id), ", ".join(sorted(given))
        noted = self._parts.audit.by(actor, tenant_id, "tenant.update", f"tenant:{tenant_id}", fields)
        tenant = await self._parts.tenants.update(tenant_id, request.revision, given, [noted])
        return tenant_pb2.UpdateTenantResponse(tenant=to_proto(tenant))


def checked_time_zone(name: str) -> str:
    """The same name. Raises InvalidField where IANA has no such zone, or browsers know none."""
    if name and (name in _NO_ZONES or name not in zoneinfo.available_timezones()):
        raise InvalidField("time_zone", "must be an IANA time zone, as Asia/Makassar")
    return name


def checked_retention(retention: tenant_pb2.Retention) -> tenant_pb2.Retention:
    """The same without white space around the purpose. Raises InvalidField for an audit log that is hardly kept."""
    if 0 < retention.audit_days < LEAST_AUDIT_DAYS:
        problem = f"must be from {LEAST_AUDIT_DAYS} to 3650 days, or 0 for the default of the instance"
        raise InvalidField("retention.audit_days", problem)
    return tenant_pb2.Retention(
        attendance_days=retention.attendance_days,
        purpose=retention.purpose.strip(),
        audit_days=retention.audit_days,
    )


def to_proto(tenant: Tenant) -> tenant_pb2.Tenant:
    """As the interface shows it; office hours that nobody has set are the usual ones."""
    shown = to_short_proto(tenant)
    shown.office_hours.CopyFrom(default_hours() if tenant.office_hours is None else tenant.office_hours)
    if tenant.letterhead is not None:
        shown.letterhead.CopyFrom(tenant.letterhead)
    if tenant.retention is not None:
        shown.retention.CopyFrom(tenant.retention)
    return shown


def to_short_proto(tenant: Tenant) -> tenant_pb2.Tenant:
    """As it stands in a list."""
    return tenant_pb2.Tenant(
        tenant_id=tenant.tenant_id,
        slug=tenant.slug,
        name=tenant.name,
        time_zone=tenant.time_zone,
        language=tenant.language,
        created_at_ms=tenant.created_at_ms,
        revision=tenant.revision,
    )
