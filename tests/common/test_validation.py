"""Each kind of limit, on messages made for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidField
from services.common.validation import normalise_name, plan_for, validate, visible_problem
from sipulung.auth.v1 import account_pb2
from sipulung.common.v1 import common_pb2, options_pb2
from sipulung.media.v1 import session_pb2
from sipulung.roster.v1 import meeting_pb2, participant_pb2
from sipulung.signaling.v1 import client_pb2

_F = descriptor_pb2.FieldDescriptorProto
_KINDS: Mapping[str, _F.Type.ValueType] = {
    "string": _F.TYPE_STRING,
    "bytes": _F.TYPE_BYTES,
    "int32": _F.TYPE_INT32,
    "enum": _F.TYPE_ENUM,
    "message": _F.TYPE_MESSAGE,
}
_files = 0


def message_type(kind: str, *, repeated: bool = False, type_name: str = "", **limits: Any) -> type[Message]:
    """A message with one field `it` of that kind and with those limits."""
    global _files
    # Each file in the pool needs a name of its own.
    _files += 1
    file = descriptor_pb2.FileDescriptorProto(
        name=f"tests/limits_{_files}.proto",
        package=f"tests.limits_{_files}",
        syntax="proto3",
        dependency=["sipulung/common/v1/options.proto", "sipulung/media/v1/session.proto"],
    )
    field = file.message_type.add(name="It").field.add(
        name="it",
        number=1,
        type=_KINDS[kind],
        label=_F.LABEL_REPEATED if repeated else _F.LABEL_OPTIONAL,
        type_name=type_name or None,
    )
    field.options.Extensions[options_pb2.limits].CopyFrom(options_pb2.Limits(**limits))
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName(f"tests.limits_{_files}.It"))


def problem(message: Message) -> tuple[str, str] | None:
    """The field that is refused and why, or None."""
    try:
        validate(message)
    except InvalidField as error:
        return error.field, error.message
    return None


@pytest.mark.parametrize(
    ("kind", "limits", "good", "bad", "message"),
    [
        ("string", {"required": True}, ["x", " "], [""], "is required"),
        ("string", {"min_length": 3}, ["", "abc", "éèê"], ["ab"], "at least 3 characters"),
        ("string", {"max_length": 3}, ["", "abc", "😀😀😀"], ["abcd"], "at most 3 characters"),
        ("string", {"pattern": "[0-9]{3}"}, ["", "123"], ["12", "1234", "x123", "123\n", "١٢٣"], "must match [0-9]{3}"),
        ("string", {"pattern": r"\w+"}, ["abc_1"], ["é", "a b"], r"must match \w+"),
        ("string", {"visible": True}, ["", "Budi"], ["a\u0000", "a\nb", "\u202ea", "\ue000"], "control, format"),
        ("string", {"visible": True}, ["a b"], [" ", "\u00a0"], "must have visible characters"),
        ("string", {"visible": True, "multiline": True}, ["a\nb"], ["a\rb", "a\u2028b"], "control, format"),
        ("bytes", {"required": True}, [b"x"], [b""], "is required"),
        ("bytes", {"min_length": 2}, [b"", b"ab"], [b"a"], "at least 2 bytes"),
        ("bytes", {"max_length": 2}, [b"", "é".encode()], [b"abc"], "at most 2 bytes"),
        ("int32", {"required": True}, [1, -1], [0], "is required"),
        ("int32", {"min": 5}, [5, 6], [4, -5], "at least 5"),
        ("int32", {"max": 5}, [0, 5], [6, -1], "from 0 to 5"),
        ("int32", {"min": -5, "max": 5}, [-5, 5], [-6, 6], "from -5 to 5"),
    ],
)
def test_a_limit(kind: str, limits: dict[str, Any], good: list[Any], bad: list[Any], message: str) -> None:
    made = message_type(kind, **limits)
    for value in good:
        assert problem(made(it=value)) is None, value
    for value in bad:
        found = problem(made(it=value))
        assert found is not None, value
        assert found[0] == "it"
        assert message in found[1]


def test_entries() -> None:
    made = message_type("string", repeated=True, required=True, max_items=2, max_length=3)
    assert problem(made(it=["a", "abc"])) is None
    assert problem(made()) == ("it", "is required")
    assert problem(made(it=["a", "b", "c"])) == ("it", "at most 2 entries")
    assert problem(made(it=["a", "abcd"])) == ("it[1]", "at most 3 characters")


def test_an_enum_has_known_values_only() -> None:
    made = message_type("enum", type_name=".sipulung.media.v1.Source", required=True)
    assert problem(made(it=1)) is None
    assert problem(made(it=0)) == ("it", "is required")
    assert problem(made(it=77)) == ("it", "is no known value")
    optional = message_type("enum", type_name=".sipulung.media.v1.Source")
    assert problem(optional(it=0)) is None
    assert problem(optional(it=77)) == ("it", "is no known value")


def test_a_message_within() -> None:
    required = message_type("message", type_name=".sipulung.media.v1.TileRequest", required=True)
    assert problem(required()) == ("it", "is required")
    assert problem(required(it=session_pb2.TileRequest())) is None
    optional = message_type("message", type_name=".sipulung.media.v1.TileRequest")
    assert problem(optional()) is None
    assert problem(optional(it=session_pb2.TileRequest(slot=64))) == ("it.slot", "from 0 to 63")


def test_paths_lead_to_the_field() -> None:
    role = common_pb2.ACCOUNT_ROLE_HOST
    accounts = [account_pb2.NewAccount(user="andi", name="Andi", role=role, nip=nip) for nip in ("", "1")]
    found = problem(account_pb2.ImportAccountsRequest(accounts=accounts))
    assert found == ("accounts[1].nip", "must be 18 digits")
    layout = session_pb2.LayoutRequest(tiles=[session_pb2.TileRequest(height=5000)])
    message = client_pb2.ClientMessage(request_id=1, open=client_pb2.Open(join_token="x", offer_sdp="y", layout=layout))
    assert problem(message) == ("open.layout.tiles[0].height", "from 0 to 4320")


def test_what_is_not_set_of_an_optional_field_is_not_looked_at() -> None:
    request = meeting_pb2.UpdateMeetingRequest(meeting_id="8123456789", revision=1)
    assert problem(request) is None


def test_a_map_is_counted_and_its_messages_are_checked() -> None:
    file = descriptor_pb2.FileDescriptorProto(
        name="tests/limits_map.proto",
        package="tests.limits_map",
        syntax="proto3",
        dependency=["sipulung/common/v1/options.proto", "sipulung/media/v1/session.proto"],
    )
    it = file.message_type.add(name="It")
    entry = it.nested_type.add(name="TilesEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=_F.TYPE_STRING, label=_F.LABEL_OPTIONAL)
    tile = ".sipulung.media.v1.TileRequest"
    entry.field.add(name="value", number=2, type=_F.TYPE_MESSAGE, label=_F.LABEL_OPTIONAL, type_name=tile)
    field = it.field.add(
        name="tiles",
        number=1,
        type=_F.TYPE_MESSAGE,
        label=_F.LABEL_REPEATED,
        type_name=".tests.limits_map.It.TilesEntry",
    )
    field.options.Extensions[options_pb2.limits].max_items = 1
    descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    made: Any = GetMessageClass(descriptor_pool.Default().FindMessageTypeByName("tests.limits_map.It"))
    assert problem(made(tiles={"a": session_pb2.TileRequest(slot=1)})) is None
    assert problem(made(tiles={"a": session_pb2.TileRequest(slot=99)})) == ("tiles['a'].slot", "from 0 to 63")
    two = {"a": session_pb2.TileRequest(), "b": session_pb2.TileRequest()}
    assert problem(made(tiles=two)) == ("tiles", "at most 1 entries")


def test_a_pattern_that_does_not_compile_stops_the_start_each_time() -> None:
    made = message_type("string", pattern="[")
    for _ in range(2):
        with pytest.raises(ValueError, match="does not compile"):
            plan_for(made.DESCRIPTOR)  # type: ignore[arg-type]  # the stubs know of a subclass only


# --- Text that people see.


@pytest.mark.parametrize(
    "name", ["Budi", "Hj. Nurhayati, S.Sos., M.Si.", "ᨅᨘᨁᨗ", "محمد", "Nguyễn", "می\u200cخواهم", "👩\u200d⚕️"]
)
def test_names_of_real_people(name: str) -> None:
    assert visible_problem(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "\u200b",
        "\u200d",
        "a\u200d",
        "\u200da",
        "a\u200d\u200db",
        "a \u200db",
        "\u3164",
        "\u2800",
        "a\ufeff",
        "\u202eidub",
        "\ud800",
        "\u0301",
        "o" + "\u0301" * 5,
    ],
)
def test_what_nobody_sees_is_no_name(name: str) -> None:
    assert visible_problem(name)


@given(st.text())
def test_a_name_is_normalised_once(text: str) -> None:
    normal = normalise_name(text)
    assert normalise_name(normal) == normal
    assert normal == normal.strip()
    assert "  " not in normal


@given(st.text(max_size=80))
def test_whatever_passes_as_a_name_has_something_to_see(text: str) -> None:
    found = problem(participant_pb2.SayRequest(text=text.encode("utf-8", "replace").decode()))
    if found is None:
        assert any(not character.isspace() for character in text)
        assert not any(ord(character) < 32 and character != "\n" for character in text)


@given(st.binary(max_size=300))
def test_any_bytes_that_parse_are_judged_without_a_fault(data: bytes) -> None:
    for kind in (client_pb2.ClientMessage, session_pb2.ClientToNode, account_pb2.ImportAccountsRequest):
        try:
            message = kind.FromString(data)
        except Exception:
            continue
        problem(message)
