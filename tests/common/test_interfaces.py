"""Every interface says who may call it and what each field may hold: a new RPC or field without that fails here."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor

from services.common.pattern_words import pattern_words
from services.common.validation import plan_for
from sipulung.common.v1 import options_pb2
from sipulung.media.v1 import session_pb2
from sipulung.signaling.v1 import client_pb2

PROTO = Path(__file__).resolve().parents[2] / "proto"
# What a client sends outside of an RPC: over the WebSocket, and over the data channel.
CLIENT_MESSAGES = (client_pb2.ClientMessage, session_pb2.ClientToNode)
_TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
# An enum holds known values only (services/common/validation.py), a flag is one or the other.
_LIMITED_BY_TYPE = (FieldDescriptor.TYPE_ENUM, FieldDescriptor.TYPE_BOOL)
_CREDENTIAL = re.compile(r"(^|_)(password|secret|jwt)$|(?<!page)_token$|^tokens$")


def files() -> list[FileDescriptor]:
    """Everything under proto/."""
    names = sorted(path.relative_to(PROTO).with_suffix("") for path in PROTO.rglob("*.proto"))
    return [importlib.import_module(".".join(name.parts) + "_pb2").DESCRIPTOR for name in names]


def rpcs() -> list[MethodDescriptor]:
    return [method for file in files() for service in file.services_by_name.values() for method in service.methods]


def reachable(descriptor: Descriptor, seen: set[str]) -> Iterator[FieldDescriptor]:
    """Its fields and those of the messages within."""
    if descriptor.full_name in seen:
        return
    seen.add(descriptor.full_name)
    for field in descriptor.fields:
        yield field
        if field.message_type is not None:
            yield from reachable(field.message_type, seen)


def requests() -> list[Descriptor]:
    return [method.input_type for method in rpcs()] + [kind.DESCRIPTOR for kind in CLIENT_MESSAGES]


def unlimited(field: FieldDescriptor) -> str:
    """What limit a field lacks, or ""."""
    limits = field.GetOptions().Extensions[options_pb2.limits]
    if field.is_repeated and not limits.max_items:
        return "max_items"
    if field.message_type is not None or field.type in _LIMITED_BY_TYPE:
        return ""
    if field.type in _TEXTS:
        # A pattern without repetition that has no end limits the length as well.
        bounded = limits.pattern and not re.search(r"[*+]|,\}", limits.pattern)
        return "" if limits.max_length or bounded else "max_length"
    return "" if limits.max else "max"


def test_the_scan_sees_all_services() -> None:
    found = {method.containing_service.full_name for method in rpcs()}
    assert {f"sipulung.{name}" for name in ("auth.v1.SessionService", "media.v1.MediaService")} < found
    assert len(rpcs()) >= 30


@pytest.mark.parametrize("method", rpcs(), ids=lambda method: method.full_name)
def test_every_rpc_says_who_may_call_it(method: MethodDescriptor) -> None:
    permission = method.GetOptions().Extensions[options_pb2.access].permission
    assert permission in options_pb2.Permission.values()
    assert permission != options_pb2.PERMISSION_UNSPECIFIED


@pytest.mark.parametrize("method", rpcs(), ids=lambda method: method.full_name)
def test_an_rpc_with_credentials_is_marked(method: MethodDescriptor) -> None:
    seen: set[str] = set()
    fields = [*reachable(method.input_type, seen), *reachable(method.output_type, seen)]
    holding = [field.full_name for field in fields if _CREDENTIAL.search(field.name)]
    sensitive = method.GetOptions().Extensions[options_pb2.access].sensitive
    assert sensitive or not holding, f"{holding} must be kept out of logs and traces"


@pytest.mark.parametrize("request_type", requests(), ids=lambda descriptor: descriptor.full_name)
def test_every_field_has_a_limit(request_type: Descriptor) -> None:
    plan_for(request_type)
    missing = {field.full_name: lack for field in reachable(request_type, set()) if (lack := unlimited(field))}
    assert missing == {}


@pytest.mark.parametrize("request_type", requests(), ids=lambda descriptor: descriptor.full_name)
def test_every_pattern_is_told_in_words(request_type: Descriptor) -> None:
    fields = reachable(request_type, set())
    patterns = {field.GetOptions().Extensions[options_pb2.limits].pattern for field in fields} - {""}
    assert [one for one in patterns if one in pattern_words(one)] == []


def test_a_field_without_a_limit_would_be_found() -> None:
    answer = session_pb2.Assignment.DESCRIPTOR
    lacking = {field.name: unlimited(field) for field in answer.fields}
    assert lacking == {"slot": "max", "participant_id": "max_length", "source": "", "paused": ""}
    assert unlimited(session_pb2.Assignments.DESCRIPTOR.fields_by_name["slots"]) == "max_items"
