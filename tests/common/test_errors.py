"""One class, one code, one status for each error."""

from __future__ import annotations

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import DomainError, Internal, InvalidField, Throttled, from_proto
from services.signaling.core.http_errors import status_of
from sipulung.common.v1 import common_pb2

CODES = sorted(set(common_pb2.ErrorCode.values()) - {common_pb2.ERROR_CODE_UNSPECIFIED})


def test_every_code_has_one_class() -> None:
    assert sorted(kind.code for kind in DomainError.__subclasses__()) == CODES


@pytest.mark.parametrize("code", CODES, ids=common_pb2.ErrorCode.Name)
def test_a_code_is_the_same_kind_of_answer_everywhere(code: common_pb2.ErrorCode.ValueType) -> None:
    kind = type(from_proto(common_pb2.Error(code=code)))
    assert kind.grpc_status not in (grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN)
    ours = {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert (status_of(code) >= 500) == (kind.grpc_status in ours)


def test_an_error_says_something_without_being_told() -> None:
    for kind in DomainError.__subclasses__():
        error = from_proto(common_pb2.Error(code=kind.code))
        assert error.message == str(error) == kind.default_message


def test_what_is_particular_to_a_kind() -> None:
    assert InvalidField("offer.sdp", "too long").to_proto() == common_pb2.Error(
        code=common_pb2.ERROR_CODE_INVALID_FIELD, field="offer.sdp", message="too long"
    )
    assert Throttled(1500).to_proto().retry_after_ms == 1500
    # More than the field holds, and a wait that is over.
    assert Throttled(1 << 40).to_proto().retry_after_ms == 0xFFFFFFFF
    assert Throttled(-5).to_proto().retry_after_ms == 0


@given(st.integers(-(2**31), 2**31 - 1), st.text(), st.text(), st.integers(0, 2**32 - 1))
def test_whatever_comes_over_a_boundary_becomes_an_error(code: int, message: str, field: str, wait: int) -> None:
    sent = common_pb2.Error(
        code=common_pb2.ErrorCode.ValueType(code),
        message=message.encode("utf-8", "replace").decode(),
        field=field.encode("utf-8", "replace").decode(),
        retry_after_ms=wait,
    )
    received = from_proto(sent)
    assert received.field == sent.field
    assert received.retry_after_ms == wait
    if code not in CODES:
        assert type(received) is Internal
