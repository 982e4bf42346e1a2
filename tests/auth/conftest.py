"""Auth, for each test anew."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.auth.serving import Auth, running_auth


@pytest.fixture
async def auth(redis_url: str, tmp_path: Path) -> AsyncIterator[Auth]:
    """Without NATS."""
    async with running_auth(redis_url, tmp_path) as started:
        yield started


@pytest.fixture
async def admin(auth: Auth) -> str:
    """The token of a tenant's admin."""
    return await auth.token("tenant_admin@luwu")
