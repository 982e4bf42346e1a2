"""Whose address counts."""

import pytest

from services.signaling.core.client_address import client_address, parse_networks, throttle_key

TRUSTED = parse_networks("10.0.0.0/8, fd00::/8,")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        # Not behind a proxy: what the client claims is nothing.
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("10.1.1.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.1.1", [], "10.1.1.1"),
        # The client put the first one there itself.
        ("10.1.1.1", ["1.2.3.4, 198.51.100.1", "10.2.2.2"], "198.51.100.1"),
        ("10.1.1.1", ["not an address"], "10.1.1.1"),
        ("::ffff:10.1.1.1", ["2001:db8::1"], "2001:db8::1"),
        ("", ["1.2.3.4"], ""),
    ],
)
def test_client_address(peer: str, forwarded: list[str], address: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == address


def test_networks_are_checked() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        parse_networks("10.0.0.0/8, office")


def test_throttle_key() -> None:
    assert throttle_key("203.0.113.5") == "203.0.113.5"
    assert throttle_key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert throttle_key("?") == "?"
