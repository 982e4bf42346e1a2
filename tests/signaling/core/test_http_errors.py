"""Every code has a status."""

import pytest

from services.signaling.core.http_errors import body_of, retry_after_s, status_of
from sipulung.common.v1 import common_pb2


@pytest.mark.parametrize("code", [code for code in common_pb2.ErrorCode.values() if code])
def test_every_code_has_a_status_of_its_own(code: common_pb2.ErrorCode.ValueType) -> None:
    status = status_of(code)
    assert 400 <= status < 600
    assert (status == 500) == (code == common_pb2.ERROR_CODE_INTERNAL)


def test_body() -> None:
    error = common_pb2.Error(
        code=common_pb2.ERROR_CODE_THROTTLED, message="too many", field="name", retry_after_ms=1500
    )
    assert body_of(error) == {
        "error": {"code": "THROTTLED", "field": "name", "message": "too many", "retry_after_ms": 1500}
    }
    assert retry_after_s(error) == 2
    assert retry_after_s(common_pb2.Error()) == 0


def test_a_code_of_a_newer_service() -> None:
    error = common_pb2.Error.FromString(b"\x08\x8f\x4e")
    assert status_of(error.code) == 500
    assert body_of(error)["error"]["code"] == "INTERNAL"


def test_when_it_opens_is_told() -> None:
    error = common_pb2.Error(code=common_pb2.ERROR_CODE_MEETING_NOT_OPEN, opens_at_ms=5, time_zone="Asia/Makassar")
    assert body_of(error)["error"]["opens_at_ms"] == 5
    assert body_of(error)["error"]["time_zone"] == "Asia/Makassar"
    assert "opens_at_ms" not in body_of(common_pb2.Error(code=common_pb2.ERROR_CODE_MEETING_ENDED))["error"]
