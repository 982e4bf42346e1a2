from __future__ import annotations

from dataclasses import replace

import pytest

from services.common.errors import MeetingCancelled, MeetingEnded, MeetingNotOpen
from services.roster.core.meeting import Act, Phase
from tests.roster.core.scene import NOON, definition


def test_phases_follow_the_clock_and_the_end() -> None:
    assert definition().phase(NOON) is Phase.OPEN
    assert definition(opens_at_ms=NOON + 1).phase(NOON) is Phase.NOT_OPEN
    assert definition(opens_at_ms=NOON).phase(NOON) is Phase.OPEN
    assert definition(opens_at_ms=NOON + 1, ended_at_ms=NOON).phase(NOON) is Phase.ENDED


@pytest.mark.parametrize("act", Act)
def test_every_act_has_an_outcome_in_every_phase(act: Act) -> None:
    early, running, over = definition(opens_at_ms=NOON + 1), definition(), definition(ended_at_ms=NOON)
    leads_to = {Act.END: Phase.ENDED, Act.CANCEL: Phase.CANCELLED}
    if act is Act.ENTER:
        with pytest.raises(MeetingNotOpen) as refused:
            early.after(act, NOON)
        assert refused.value.opens_at_ms == NOON + 1
    else:
        assert early.after(act, NOON) is leads_to.get(act, Phase.NOT_OPEN)
    assert running.after(act, NOON) is leads_to.get(act, Phase.OPEN)
    if act is Act.END:
        assert over.after(act, NOON) is Phase.ENDED
    else:
        with pytest.raises(MeetingEnded, match="8123456789"):
            over.after(act, NOON)
    cancelled = replace(over, cancelled_at_ms=NOON)
    if act is Act.CANCEL:
        assert cancelled.after(act, NOON) is Phase.CANCELLED
    else:
        with pytest.raises(MeetingCancelled):
            cancelled.after(act, NOON)
