"""What the trace of a join is made of: whose child each span is. The browser's is the root."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.collector import Span

# (service, span) → the names of its parents, once for each time.
TREE = {
    ("signaling", "browser.join"): [""],
    ("signaling", "http POST /api/v1/join"): ["browser.join"],
    ("auth", "sipulung.auth.v1.JoinService/IssueJoinToken"): ["http POST /api/v1/join"],
    ("signaling", "signaling.open"): ["browser.join"],
    ("roster", "sipulung.roster.v1.MeetingService/GetMeeting"): ["http POST /api/v1/join", "signaling.open"],
    ("media", "sipulung.media.v1.MediaService/OpenSession"): ["signaling.open"],
    ("signaling", "signaling.enter"): ["browser.join"],
    ("roster", "sipulung.roster.v1.ParticipantService/Join"): ["signaling.enter"],
    ("media", "sipulung.media.v1.MediaService/UpdatePermissions"): ["signaling.enter"],
    ("signaling", "signaling.timings"): ["browser.join"],
}
UNKNOWN = "somebody unknown"


def tree_of(spans: Sequence[Span]) -> dict[tuple[str, str], list[str]]:
    """The same of spans that arrived; a parent that is not among them is UNKNOWN."""
    names = {span.span_id: span.name for span in spans} | {"": ""}
    tree: dict[tuple[str, str], list[str]] = {}
    for span in spans:
        tree.setdefault((span.service, span.name), []).append(names.get(span.parent_id, UNKNOWN))
    return {key: sorted(parents) for key, parents in tree.items()}


def complete(spans: Sequence[Span]) -> bool:
    """Whether all is there. Each service sends its spans when it likes."""
    found = tree_of(spans)
    return all(len(found.get(key, ())) >= len(parents) for key, parents in TREE.items())
