"""How long what a person hears and sees stood still, measured in their browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tests.e2e.person import Person

# The totals of all that arrives, ten times a second. Where the page itself came too late to look, it knows nothing of
# what arrived meanwhile: that time is a stand-still of the page alone.
_WATCH = """
() => {
  const start = () => ({at: performance.now(), total: 0, gap: 0});
  const flow = window.flow = {audio: start(), video: start(), looked: performance.now()};
  flow.timer = setInterval(async () => {
    const totals = {audio: 0, video: 0};
    for (const connection of window.peerConnections) {
      if (connection.connectionState === 'closed') continue;
      (await connection.getStats()).forEach((report) => {
        if (report.type !== 'inbound-rtp') return;
        totals[report.kind] += report.kind === 'audio' ? report.packetsReceived : report.framesDecoded;
      });
    }
    const now = performance.now();
    const late = Math.max(0, now - flow.looked - 200);
    flow.looked = now;
    for (const kind of ['audio', 'video']) {
      const state = flow[kind];
      state.at += late;
      state.gap = Math.max(state.gap, now - state.at);
      if (totals[kind] !== state.total) { state.at = now; state.total = totals[kind]; }
    }
  }, 100);
}
"""

_TAKE = """
() => {
  const flow = window.flow;
  const gaps = [flow.audio.gap, flow.video.gap];
  flow.audio.gap = flow.video.gap = 0;
  return gaps;
}
"""


@dataclass(frozen=True)
class Gaps:
    """The longest stand-still since the last look, in seconds."""

    audio: float
    video: float

    @classmethod
    def watch(cls, person: Person) -> None:
        """Start to measure."""
        person.page.evaluate(_WATCH)

    @classmethod
    def at_rest(cls, people: Sequence[Person], seconds: float = 3) -> Self:
        """The longest while nothing happens: on a busy machine some of it stands still by itself."""
        for each in people:
            cls.take(each)
        people[0].page.wait_for_timeout(seconds * 1000)
        return cls.longest(people)

    @classmethod
    def longest(cls, people: Sequence[Person]) -> Self:
        """Of all of them, and start anew."""
        gaps = [cls.take(each) for each in people]
        return cls(max(gap.audio for gap in gaps), max(gap.video for gap in gaps))

    @classmethod
    def take(cls, person: Person) -> Self:
        """What was measured, and start anew."""
        audio, video = person.page.evaluate(_TAKE)
        return cls(audio / 1000, video / 1000)
