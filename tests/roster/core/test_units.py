"""The tree of units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.roster.core.units import below, path, paths
from sipulung.auth.v1 import unit_pb2


def unit(unit_id: str, parent_id: str = "", name: str = "") -> unit_pb2.Unit:
    return unit_pb2.Unit(unit_id=unit_id, parent_id=parent_id, name=name or unit_id)


OFFICE = [
    unit("kominfo", name="Dinas Kominfo"),
    unit("ikp", "kominfo", "Bidang IKP"),
    unit("media", "ikp", "Seksi Media"),
    unit("statistik", "kominfo", "Bidang Statistik"),
    unit("bpbd", name="BPBD"),
]


def test_a_unit_and_all_below_it() -> None:
    assert below(OFFICE, "kominfo") == {"kominfo", "ikp", "media", "statistik"}
    assert below(OFFICE, "ikp") == {"ikp", "media"}
    assert below(OFFICE, "bpbd") == {"bpbd"}


def test_nobody_is_below_nothing() -> None:
    # An account of no unit has the unit "", and must not see all units that stand at the top.
    assert below(OFFICE, "") == below(OFFICE, "gone") == frozenset()


def test_where_a_unit_stands() -> None:
    assert path(OFFICE, "media") == "Dinas Kominfo › Bidang IKP › Seksi Media"
    assert path(OFFICE, "bpbd") == "BPBD"
    assert path(OFFICE, "") == path(OFFICE, "gone") == ""
    assert paths(OFFICE)["ikp"] == "Dinas Kominfo › Bidang IKP"


def test_a_parent_that_is_gone() -> None:
    assert path([unit("lone", "gone", "Sendiri")], "lone") == "Sendiri"


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", *"abcdef"])), unique_by=lambda pair: pair[0]))
def test_it_ends_whatever_the_tree(pairs: list[tuple[str, str]]) -> None:
    units = [unit(child, parent) for child, parent in pairs]
    for child, parent in pairs:
        assert child in below(units, child)
        assert parent not in paths(units) or below(units, child) <= below(units, parent)
        assert path(units, child).endswith(child)
