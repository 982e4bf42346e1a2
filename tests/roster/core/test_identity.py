from __future__ import annotations

from services.roster.core.identity import former_self, kept_out_with, same_person
from tests.roster.core.scene import person


def test_one_person_by_account_or_by_name_and_device() -> None:
    budi = person("Budi", "a", device="d")
    assert same_person(budi, person("Lain", "a"))
    assert same_person(budi, person("Budi", "b", device="d"))
    assert not same_person(budi, person("Badu", "b", device="d"))
    assert not same_person(person("Budi", "a"), person("Budi", "b"))
    signed = person("Budi", "a", device="d", account="x")
    assert same_person(signed, person("Bu Budi", "b", device="e", account="x"))
    assert not same_person(signed, person("Budi", "b", device="d"))


def test_a_former_self_is_on_the_same_device() -> None:
    signed = person("Budi", "a", device="d", account="x")
    assert former_self(signed, person("Budi", "b", device="d", account="x"))
    assert not former_self(signed, person("Budi", "b", device="e", account="x"))
    assert not former_self(signed, signed)


def test_removed_with_token_account_and_device() -> None:
    removed = person("Budi", "a", device="d", account="x")
    assert kept_out_with(removed, person("Budi", "a"))
    assert kept_out_with(removed, person("Lain", "b", account="x"))
    assert kept_out_with(removed, person("Lain", "b", device="d"))
    assert not kept_out_with(removed, person("Budi", "b", device="e"))
    assert not kept_out_with(person("Budi", "a"), person("Budi", "b"))
