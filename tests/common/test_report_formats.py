"""Every format has a suffix and a media type, and is asked for by its suffix."""

from typing import cast

import pytest

from services.common.errors import InvalidField
from services.common.report_formats import BY_NAME, Format, kind_of
from sipulung.roster.v1 import attendance_pb2


def test_every_format_is_known_by_its_suffix() -> None:
    made = [value for value in attendance_pb2.ReportFormat.values() if value]
    assert sorted(BY_NAME.values()) == sorted(made)
    assert {name: kind_of(one).suffix for name, one in BY_NAME.items()} == {name: name for name in BY_NAME}
    assert len({kind_of(one).media_type for one in BY_NAME.values()}) == len(made)


@pytest.mark.parametrize("value", [0, 99])
def test_a_format_that_is_none_is_named_as_wrong(value: int) -> None:
    with pytest.raises(InvalidField) as caught:
        kind_of(cast(Format, value))
    assert caught.value.field == "format"
