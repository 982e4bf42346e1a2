"""Who is told to be speaking, and whose voices are forwarded, over real sockets."""

from __future__ import annotations

import asyncio

import pytest

from sipulung.media.v1 import session_pb2
from tests.media.core.sdp.offers import PHONE
from tests.media.serving import media_node

ON = session_pb2.PublishState(microphone=True, camera=True)


@pytest.mark.parametrize("how", ["mute", "right", "leave", "vanish"])
async def test_whoever_cannot_be_heard_is_no_speaker(how: str) -> None:
    async with media_node(silent_timeout_ms=4000) as served:
        ana, budi = await served.enter("ana", publish=ON), await served.enter("budi", publish=ON)
        speaking = asyncio.create_task(ana.client.speak(3))
        kept = asyncio.create_task(budi.client.stay_silent())
        await budi.client.hear("speakers", lambda told: list(told.participant_ids) == ["ana"])
        match how:
            case "mute":
                ana.client.publish(microphone=False, camera=True)
            case "right":
                await served.permit(ana.session_id, audio=False)
            case "leave":
                await served.close(ana.session_id, session_pb2.CLOSING_REASON_REMOVED)
            case _:
                await ana.client.vanish()
        await budi.client.hear("speakers", lambda told: len(told.participant_ids) == 0)
        for task in (speaking, kept):
            task.cancel()
        await asyncio.gather(speaking, kept, return_exceptions=True)
        for person in (ana, budi):
            await person.client.close()


async def test_three_voices_of_many_are_heard() -> None:
    async with media_node() as served:
        names = ["ana", "budi", "citra", "dewi", "eka"]
        others = [await served.enter(name, publish=ON) for name in names]
        viewer = await served.enter("fajar", template=PHONE)
        await asyncio.gather(*(person.client.speak(1) for person in others))
        heard = set()
        while not viewer.client.media.empty():
            heard.add(viewer.client.media.get_nowait().ssrc)
        assert len(heard) == 3
        told = [m.speakers for m in viewer.client.heard() if m.WhichOneof("body") == "speakers"]
        assert all(len(speakers.participant_ids) <= 3 for speakers in told)
        # Five talk at once for a second: a few messages, not one for each packet.
        assert len(told) < 15
        for person in (*others, viewer):
            await person.client.close()
