"""The caller's own tenant, as auth keeps it."""

from __future__ import annotations

from services.cli.context import Context
from sipulung.auth.v1 import tenant_pb2, tenant_pb2_grpc


async def read_tenant(context: Context) -> tenant_pb2.Tenant:
    """With office hours, letterhead and retention."""
    return (await context.ask(_stub(context).GetTenant, tenant_pb2.GetTenantRequest())).tenant


async def update_tenant(context: Context, request: tenant_pb2.UpdateTenantRequest) -> tenant_pb2.Tenant:
    """As it is afterwards."""
    return (await context.ask(_stub(context).UpdateTenant, request)).tenant


def _stub(context: Context) -> tenant_pb2_grpc.TenantServiceAsyncStub:
    return tenant_pb2_grpc.TenantServiceStub(context.auth())
