"""What reports are made from, where others do not answer."""

from __future__ import annotations

from typing import cast

import pytest

from services.common.errors import DeadlineExceeded, DomainError, NotFound, Unavailable
from services.common.ids import TenantId
from services.roster.directory import Directory
from services.roster.exports import people_of


@pytest.mark.parametrize("error", [NotFound(), Unavailable(), DeadlineExceeded()])
async def test_a_page_does_without_nip_and_unit(error: DomainError) -> None:
    """Also while auth takes calls and answers none."""

    class Away:
        async def frame(self, _tenant_id: str) -> None:
            raise error

    assert await people_of(cast(Directory, Away()), TenantId("luwu"), ["a"]) == (None, {})
