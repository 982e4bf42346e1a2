"""What may stand in a subject."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.common import subjects
from services.common.ids import new_id, new_meeting_id


def test_subjects() -> None:
    assert (
        subjects.roster_event("luwu", "8123456789", "joined") == "sipulung.tenant.luwu.meeting.8123456789.roster.joined"
    )
    assert subjects.media_event("luwu", "*", "presence") == "sipulung.tenant.luwu.meeting.*.media.presence"
    assert subjects.node_load("media-1") == "sipulung.node.media-1.load"
    assert subjects.attendance("luwu", "8123456789") == "sipulung.attendance.luwu.8123456789"
    assert subjects.audit("luwu", "auth") == "sipulung.audit.luwu.auth"


@pytest.mark.parametrize("token", ["", "a.b", ">", "a b", "a*", "**", "a\n", "é"])
@pytest.mark.parametrize(
    "subject",
    [
        lambda token: subjects.roster_event(token, "1", "x"),
        lambda token: subjects.media_event("a", token, "x"),
        lambda token: subjects.node_load(token),
        lambda token: subjects.attendance(token, "1"),
        lambda token: subjects.audit("a", token),
    ],
)
def test_no_id_reaches_other_subjects(subject: Callable[[str], str], token: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a subject"):
        subject(token)


def test_every_id_can_stand_in_one() -> None:
    made = {new_id() for _ in range(200)}
    assert len(made) == 200
    for one in made:
        assert len(one) == 20
        assert subjects.audit(one, "auth").split(".")[2] == one
    for meeting in (new_meeting_id() for _ in range(200)):
        assert len(meeting) == 10
        assert subjects.attendance("luwu", meeting).endswith(meeting)
        assert meeting[0] != "0"


def test_whose_audit_records() -> None:
    assert subjects.audit_of("luwu") == "sipulung.audit.luwu.>"
    assert subjects.tenant_of(subjects.audit("luwu", "auth")) == "luwu"
    with pytest.raises(ValueError, match="cannot stand in a subject"):
        subjects.audit_of("luwu.>")
