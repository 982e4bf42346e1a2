"""The tree of units: whatever is asked for, it stays a tree within its bounds."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.core import units
from services.auth.core.units import MAX_DEPTH, MAX_UNITS, Unit
from services.common.errors import Conflict, DomainError, InvalidField, NotFound, WrongState

OFFICE = Unit("office", "", "Dinas Kominfo")
IKP = Unit("ikp", "office", "Bidang IKP")
TIK = Unit("tik", "office", "Bidang TIK")
TREE = {unit.unit_id: unit for unit in (IKP, TIK, OFFICE)}


def chain(length: int) -> dict[str, Unit]:
    found = [Unit(str(index), str(index - 1) if index else "", f"Tingkat {index}") for index in range(length)]
    return {unit.unit_id: unit for unit in found}


def test_a_unit_stands_where_it_was_asked_to() -> None:
    assert units.create({}, "a", "", "Dinas Kominfo") == Unit("a", "", "Dinas Kominfo", 1)
    assert units.create(TREE, "a", "ikp", "Seksi Media") == Unit("a", "ikp", "Seksi Media", 1)
    # The same name at another place is another unit.
    assert units.create(TREE, "a", "ikp", "Bidang IKP").parent_id == "ikp"


@pytest.mark.parametrize("name", ["Bidang IKP", "BIDANG ikp"])
def test_siblings_have_different_names(name: str) -> None:
    with pytest.raises(Conflict) as raised:
        units.create(TREE, "a", "office", name)
    assert raised.value.field == "name"
    with pytest.raises(Conflict):
        units.change(TREE, "tik", 1, name, None)


@pytest.mark.parametrize("name", ["A > B", "A › B"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(InvalidField, match="path"):
        units.create(TREE, "a", "", name)
    with pytest.raises(InvalidField, match="path"):
        units.change(TREE, "tik", 1, name, None)


def test_there_are_bounds() -> None:
    with pytest.raises(InvalidField, match="of the tenant") as raised:
        units.create(TREE, "a", "elsewhere", "x")
    assert raised.value.field == "parent_id"
    with pytest.raises(InvalidField, match=f"{MAX_DEPTH} levels"):
        units.create(chain(MAX_DEPTH), "a", str(MAX_DEPTH - 1), "x")
    assert units.create(chain(MAX_DEPTH), "a", str(MAX_DEPTH - 2), "x").name == "x"
    many = {str(index): Unit(str(index), "", str(index)) for index in range(MAX_UNITS)}
    with pytest.raises(WrongState, match=f"{MAX_UNITS} units"):
        units.create(many, "a", "", "x")


def test_changes() -> None:
    assert units.change(TREE, "tik", 1, "Bidang Aptika", None) == Unit("tik", "office", "Bidang Aptika", 2)
    assert units.change(TREE, "tik", 1, "BIDANG TIK", None).name == "BIDANG TIK"
    assert units.change(TREE, "tik", 1, None, "") == Unit("tik", "", "Bidang TIK", 2)
    assert units.change(TREE, "tik", 1, None, "ikp").parent_id == "ikp"
    with pytest.raises(NotFound):
        units.change(TREE, "nobody", 1, "x", None)
    with pytest.raises(Conflict) as raised:
        units.change(TREE, "tik", 2, "x", None)
    assert raised.value.field == "revision"
    for parent in ("office", "ikp"):
        with pytest.raises(InvalidField, match="below it"):
            units.change(TREE, "office", 1, None, parent)
    # It is too deep with what is below it, though not by itself.
    deep = chain(MAX_DEPTH) | {"top": Unit("top", "", "Puncak")}
    with pytest.raises(InvalidField, match="levels"):
        units.change(deep, "0", 1, None, "top")


def test_only_an_empty_unit_is_deleted() -> None:
    units.check_delete(TREE, "tik", 1, 0)
    with pytest.raises(WrongState, match="2 units below it"):
        units.check_delete(TREE, "office", 1, 0)
    with pytest.raises(WrongState, match="1 account: move"):
        units.check_delete(TREE, "tik", 1, 1)
    with pytest.raises(Conflict):
        units.check_delete(TREE, "tik", 3, 0)


def test_parents_come_before_children_and_siblings_by_name() -> None:
    assert [unit.unit_id for unit in units.in_order(TREE.values())] == ["office", "ikp", "tik"]


IDS = st.sampled_from([*"abcdefghijkl", ""])
STEPS = st.lists(
    st.tuples(st.sampled_from(["create", "move", "rename", "delete"]), IDS, IDS, st.sampled_from("ABCab")), max_size=60
)


@given(STEPS)
def test_whatever_is_asked_for_it_stays_a_tree(steps: list[tuple[str, str, str, str]]) -> None:
    tree: dict[str, Unit] = {}
    for step, unit_id, parent_id, name in steps:
        with contextlib.suppress(DomainError):
            revision = tree[unit_id].revision if unit_id in tree else 1
            if step == "create" and unit_id and unit_id not in tree:
                tree[unit_id] = units.create(tree, unit_id, parent_id, name)
            elif step == "move":
                tree[unit_id] = units.change(tree, unit_id, revision, None, parent_id)
            elif step == "rename":
                tree[unit_id] = units.change(tree, unit_id, revision, name, None)
            elif step == "delete":
                units.check_delete(tree, unit_id, revision, 0)
                del tree[unit_id]
        ordered = units.in_order(tree.values())
        # Each is reached from the top, after its parent: there is no circle and no orphan.
        assert {unit.unit_id for unit in ordered} == tree.keys()
        depth = {"": 0}
        for unit in ordered:
            depth[unit.unit_id] = depth[unit.parent_id] + 1
        assert max(depth.values()) <= MAX_DEPTH
        places = [(unit.parent_id, unit.name.casefold()) for unit in ordered]
        assert len(set(places)) == len(places)
