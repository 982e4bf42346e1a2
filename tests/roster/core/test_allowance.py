from __future__ import annotations

import pytest

from services.common.errors import Throttled
from services.roster.core.allowance import BURST, INTERVAL_MS, spend


def test_a_burst_then_a_steady_rate() -> None:
    busy = 0
    for _ in range(BURST):
        busy = spend(busy, 10_000)
    with pytest.raises(Throttled) as refused:
        spend(busy, 10_000)
    assert refused.value.retry_after_ms == INTERVAL_MS
    busy = spend(busy, 10_000 + INTERVAL_MS)
    with pytest.raises(Throttled):
        spend(busy, 10_000 + INTERVAL_MS)
    assert spend(busy, 10_000_000) == 10_000_000 + INTERVAL_MS


def test_a_clock_that_was_set_back_silences_nobody() -> None:
    busy = spend(0, 3_600_000)
    for _ in range(BURST):
        busy = spend(busy, 0)
    with pytest.raises(Throttled) as refused:
        spend(busy, 0)
    assert refused.value.retry_after_ms == INTERVAL_MS
    assert spend(busy, INTERVAL_MS)
