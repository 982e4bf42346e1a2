"""The demo's words and accounts."""

from __future__ import annotations

from pathlib import Path

from tools.instance.demo import demo_document, demo_tenants, invitation, spaced

MEETING = {"id": "8123456789", "password": "a/b c#d"}


def test_invitation_keeps_the_password_out_of_what_reaches_a_server() -> None:
    assert invitation("http://127.0.0.1:8080", MEETING) == "http://127.0.0.1:8080/r/8123456789#a%2Fb%20c%23d"


def test_a_meeting_id_is_spaced() -> None:
    assert spaced("8123456789") == "812 345 6789"


def test_passwords_are_made_once_and_for_this_installation_only(tmp_path: Path) -> None:
    tenants = demo_tenants(tmp_path / "a.json")

    assert demo_tenants(tmp_path / "a.json") == tenants
    assert demo_tenants(tmp_path / "b.json") != tenants
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o600


def test_the_document_names_both_tenants_and_how_to_sign_in(tmp_path: Path) -> None:
    tenants = demo_tenants(tmp_path / "bootstrap.json")
    document = demo_document("http://127.0.0.1:8080", MEETING, tenants)

    assert document["meeting"] == MEETING
    assert [tenant["name"] for tenant in document["tenants"]] == ["Kabupaten Luwu", "Kabupaten Luwu Utara"]
    for tenant, slug in zip(document["tenants"], ("luwu", "luwu-utara"), strict=True):
        assert {account["role"] for account in tenant["accounts"]} >= {"host", "participant", "tenant_admin"}
        for account in tenant["accounts"]:
            assert account.keys() == {"user", "password", "role"}
            assert account["user"].endswith(f"@{slug}")
    passwords = [account["password"] for tenant in document["tenants"] for account in tenant["accounts"]]
    assert len(set(passwords)) == len(passwords)
