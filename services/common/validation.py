"""The limits of fields (options.proto), enforced from the descriptors. Each message type is compiled once."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from services.common.errors import InvalidField
from services.common.pattern_words import pattern_words
from sipulung.common.v1 import options_pb2

# Checks a message's one field; the path is that of the message ("" or "account.").
_Check = Callable[[Message, str], None]
_Plan = tuple[_Check, ...]

# Zero-width joiner and non-joiner shape Arabic (Jawi) and Indic scripts and emoji sequences. They pass between two
# visible characters only, and no two in a row, so that no name is made of, or hides in, what nobody sees.
_JOINERS: Final = frozenset("\u200c\u200d")
# Characters that Unicode counts as letters or symbols but that fonts draw as nothing (Default_Ignorable_Code_Point).
_BLANK: Final = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f\u2800\u180b\u180c\u180d\u180e\u180f")
# Control, format, surrogate, private use, unassigned; line and paragraph separators.
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Marks that are stacked on one letter cover the lines above and below: names in real scripts have up to four or so.
_MAX_MARKS: Final = 4

_plans: dict[str, _Plan] = {}


def validate(message: Message) -> None:
    """Check a message and those within it. Raises InvalidField with the path of the field and what is allowed."""
    for check in plan_for(cast(Descriptor, message.DESCRIPTOR)):
        check(message, "")


def plan_for(descriptor: Descriptor) -> _Plan:
    """The compiled checks of a message type. Raises ValueError for a limit that makes no sense."""
    plan = _plans.get(descriptor.full_name)
    if plan is None:
        # A type may contain itself, so an empty plan stands in while its fields are compiled; the check of a message
        # field looks the plan up when it runs.
        _plans[descriptor.full_name] = ()
        try:
            plan = tuple(_compile(descriptor))
        except BaseException:  # Whatever it was, the stand-in must go, or the type would pass unchecked from now on.
            del _plans[descriptor.full_name]
            raise
        _plans[descriptor.full_name] = plan
    return plan


def normalise_name(text: str) -> str:
    """NFC, white space folded to single blanks, trimmed. What is not allowed in a name is left for `validate`."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def visible_problem(text: str, multiline: bool = False) -> str:
    """What `visible` objects to in a text, or ""."""
    marks = 0
    previous = ""
    for index, character in enumerate(text):
        category = unicodedata.category(character)
        if character in _JOINERS:
            following = text[index + 1 : index + 2]
            if not previous or not following or previous.isspace() or following.isspace() or following in _JOINERS:
                return "joiners stand between visible characters"
        elif (category in _HIDDEN_CATEGORIES or character in _BLANK) and not (multiline and character == "\n"):
            return "control, format and private-use characters are not allowed"
        marks = marks + 1 if category in ("Mn", "Me") and character != "\ufe0f" else 0
        if marks > _MAX_MARKS:
            return f"at most {_MAX_MARKS} marks on one letter"
        previous = character
    if text and (text.isspace() or all(unicodedata.category(character)[0] in "MZC" for character in text)):
        return "must have visible characters"
    return ""


def _compile(descriptor: Descriptor) -> Iterable[_Check]:
    for field in descriptor.fields:
        limits = field.GetOptions().Extensions[options_pb2.limits]
        if _is_map(field):
            yield from _repeated_checks(field, limits)
            value = _type(field).fields_by_name["value"]
            if value.type == FieldDescriptor.TYPE_MESSAGE:
                yield _map_values(field.name, _type(value))
        elif field.is_repeated:
            yield from _repeated_checks(field, limits)
            yield from _item_checks(field, limits)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            yield _nested(field, limits.required)
        else:
            yield from _scalar_checks(field, limits)


def _is_map(field: FieldDescriptor) -> bool:
    return field.type == FieldDescriptor.TYPE_MESSAGE and bool(_type(field).GetOptions().map_entry)


def _type(field: FieldDescriptor) -> Descriptor:
    """The type of a message field, which has one: the callers have looked at the field's own type."""
    assert field.message_type is not None
    return field.message_type


def _repeated_checks(field: FieldDescriptor, limits: options_pb2.Limits) -> Iterable[_Check]:
    name, required, most = field.name, limits.required, limits.max_items

    def check(message: Message, path: str) -> None:
        count = len(getattr(message, name))
        if required and not count:
            raise InvalidField(path + name, "is required")
        if most and count > most:
            raise InvalidField(path + name, f"at most {most} entries")

    if required or most:
        yield check


def _item_checks(field: FieldDescriptor, limits: options_pb2.Limits) -> Iterable[_Check]:
    name = field.name
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        kind = _type(field)
        plan_for(kind)

        def check_messages(message: Message, path: str) -> None:
            for index, item in enumerate(getattr(message, name)):
                for check in _plans[kind.full_name]:
                    check(item, f"{path}{name}[{index}].")

        yield check_messages
        return
    problem = _value_problem(field, limits)
    if problem is not None:
        found = problem

        def check_values(message: Message, path: str) -> None:
            for index, item in enumerate(getattr(message, name)):
                if text := found(item):
                    raise InvalidField(f"{path}{name}[{index}]", text)

        yield check_values


def _map_values(name: str, kind: Descriptor) -> _Check:
    plan_for(kind)

    def check(message: Message, path: str) -> None:
        for key, item in getattr(message, name).items():
            for one in _plans[kind.full_name]:
                one(item, f"{path}{name}[{key!r}].")

    return check


def _nested(field: FieldDescriptor, required: bool) -> _Check:
    name, kind = field.name, _type(field)
    plan_for(kind)

    def check(message: Message, path: str) -> None:
        if message.HasField(name):
            inner = getattr(message, name)
            for one in _plans[kind.full_name]:
                one(inner, f"{path}{name}.")
        elif required:
            raise InvalidField(path + name, "is required")

    return check


def _scalar_checks(field: FieldDescriptor, limits: options_pb2.Limits) -> Iterable[_Check]:
    name, required = field.name, limits.required
    problem = _value_problem(field, limits)
    if not required and problem is None:
        return

    def check(message: Message, path: str) -> None:
        value = getattr(message, name)
        if not value and required:
            raise InvalidField(path + name, "is required")
        if problem is not None and (text := problem(value)):
            raise InvalidField(path + name, text)

    yield check


def _value_problem(field: FieldDescriptor, limits: options_pb2.Limits) -> Callable[[Any], str] | None:
    """A function from a value to what is wrong with it, or None where nothing can be."""
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        return _length_problem(field, limits)
    if field.enum_type is not None:
        known = frozenset(field.enum_type.values_by_number)
        return lambda value: "" if value in known else "is no known value"
    if limits.min or limits.max:
        low, high = limits.min, limits.max
        allowed = f"from {low} to {high}" if high else f"at least {low}"
        return lambda value: "" if value >= low and (not high or value <= high) else allowed
    return None


def _length_problem(field: FieldDescriptor, limits: options_pb2.Limits) -> Callable[[Any], str] | None:
    least, most, unit = limits.min_length, limits.max_length, "characters"
    if field.type == FieldDescriptor.TYPE_BYTES:
        unit = "bytes"
    pattern = None
    if limits.pattern:
        try:
            # ASCII: \d, \w and \s mean in RE2 what they mean for ASCII.
            pattern = re.compile(limits.pattern, re.ASCII)
        except re.error as error:
            raise ValueError(f"{field.full_name}: the pattern {limits.pattern!r} does not compile: {error}") from error
    visible, multiline = limits.visible, limits.multiline
    if not (least or most or pattern or visible):
        return None

    def problem(value: Any) -> str:
        # An empty value means "not given": `required` is what refuses it.
        if not value:
            return ""
        if most and len(value) > most:
            return f"at most {most} {unit}"
        if len(value) < least:
            return f"at least {least} {unit}"
        if pattern is not None and not pattern.fullmatch(value):
            return pattern_words(limits.pattern)
        return visible_problem(value, multiline) if visible else ""

    return problem
