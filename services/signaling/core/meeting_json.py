"""A meeting as the pages of accounts get it, and what they ask for."""

from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

from services.common.errors import InvalidField
from services.signaling.core.proto_json import read_into
from sipulung.roster.v1 import meeting_pb2

_Message = TypeVar("_Message", bound=Message)


def state_of(meeting: meeting_pb2.Meeting) -> str:
    """The state's name without its prefix; UNSPECIFIED for one of a newer roster."""
    known = meeting.state in meeting_pb2.MeetingState.values()
    state = meeting.state if known else meeting_pb2.MEETING_STATE_UNSPECIFIED
    return meeting_pb2.MeetingState.Name(state).removeprefix("MEETING_STATE_")


def meeting_of(meeting: meeting_pb2.Meeting) -> dict[str, Any]:
    """Times are Unix milliseconds, 0 for none; schedule and settings have the names and defaults of the protos."""
    return {
        "meeting_id": meeting.meeting_id,
        "title": meeting.title,
        "state": state_of(meeting),
        "owner_account_id": meeting.owner_account_id,
        "owner_name": meeting.owner_name,
        "present": meeting.present,
        "capacity": meeting.capacity,
        "created_at_ms": meeting.created_at_ms,
        "opens_at_ms": meeting.opens_at_ms,
        "started_at_ms": meeting.started_at_ms,
        "occurrence_ended_at_ms": meeting.occurrence_ended_at_ms,
        "ended_at_ms": meeting.ended_at_ms,
        "cancelled_at_ms": meeting.cancelled_at_ms,
        "next_starts_at_ms": meeting.next_starts_at_ms,
        "next_ends_at_ms": meeting.next_ends_at_ms,
        "revision": meeting.revision,
        "schedule": _dict(meeting.schedule) if meeting.HasField("schedule") else None,
        "settings": _dict(meeting.settings),
    }


def past_of(past: meeting_pb2.PastOccurrence) -> dict[str, Any]:
    """One row of what has taken place."""
    occurrence = past.occurrence
    return {
        "meeting": meeting_of(past.meeting),
        "number": occurrence.number,
        "planned_at_ms": occurrence.planned_at_ms,
        "started_at_ms": occurrence.started_at_ms,
        "ended_at_ms": occurrence.ended_at_ms,
        "most_present": occurrence.most_present,
    }


def parsed(name: str, value: object, message: _Message) -> _Message:
    """The message from its JSON, with proto names. Raises InvalidField."""
    if problem := read_into(message, value):
        raise InvalidField(name, problem)
    return message


def _dict(message: Message) -> dict[str, Any]:
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
