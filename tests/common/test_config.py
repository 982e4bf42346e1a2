"""The readers of settings: each refusal names the variable and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.config import Address, ConfigError, Environment

Read = Callable[[Environment], object]
X = "SIPULUNG_X"


def read(value: str | None, reader: Read) -> object:
    return reader(Environment({} if value is None else {X: value}))


@pytest.mark.parametrize(
    ("reader", "value", "result"),
    [
        (lambda e: e.text(X), " luwu ", "luwu"),
        (lambda e: e.text(X, "luwu"), "  ", "luwu"),
        (lambda e: e.text(X, "", "[a-z]+"), None, ""),
        (lambda e: e.integer(X, None, 1, 10), "10", 10),
        (lambda e: e.integer(X, 7, 1, 10), None, 7),
        (lambda e: e.integer(X, None, -5, 10), "-5", -5),
        (lambda e: e.address(X), "127.0.0.1:7101", Address("127.0.0.1", 7101)),
        (lambda e: e.address(X), "[::1]:0", Address("::1", 0)),
        (lambda e: e.address(X), ":7101", Address("0.0.0.0", 7101)),
        (lambda e: e.url(X), "https://rapat.example/x", "https://rapat.example/x"),
        (lambda e: e.url(X, "", ("http",)), None, ""),
        (lambda e: e.url(X, None, ("nats", "tls")), "nats://token@nats.example:4222", "nats://token@nats.example:4222"),
        (lambda e: e.choice(X, None, ("a", "b")), "b", "b"),
        (lambda e: e.time_zone(X, "Asia/Makassar"), None, ZoneInfo("Asia/Makassar")),
        (lambda e: e.time_zone(X), "Asia/Jayapura", ZoneInfo("Asia/Jayapura")),
        (lambda e: e.flag(X), None, False),
        (lambda e: e.flag(X, True), None, True),
        (lambda e: e.flag(X), "YES", True),
        (lambda e: e.flag(X), "off", False),
        (lambda e: e.path(X, None, False), "/no/such/file", Path("/no/such/file")),
        (lambda e: e.path(X), "/", Path("/")),
    ],
)
def test_what_is_read(reader: Read, value: str | None, result: object) -> None:
    assert read(value, reader) == result


@pytest.mark.parametrize(
    ("reader", "value", "message"),
    [
        (lambda e: e.text(X), None, f"{X} is not set: allowed is any text"),
        (lambda e: e.text(X, None, "[a-z]+"), "A1", f"{X} is 'A1': allowed is text that matches [a-z]+"),
        (lambda e: e.integer(X, None, 1, 10), "11", f"{X} is '11': allowed is a whole number from 1 to 10"),
        (lambda e: e.integer(X, 5, 1, 10), "5.0", f"{X} is '5.0': allowed is a whole number from 1 to 10"),
        (lambda e: e.integer(X, 5, 1, 10), "٥", f"{X} is '٥': allowed is a whole number from 1 to 10"),
        (lambda e: e.address(X), "localhost", f"{X} is 'localhost': allowed is host:port, [IPv6]:port or :port"),
        (lambda e: e.address(X), "::1:80", f"{X} is '::1:80': allowed is host:port, [IPv6]:port or :port"),
        (lambda e: e.address(X), "a:65536", f"{X} is 'a:65536': allowed is host:port, [IPv6]:port or :port"),
        (lambda e: e.address(X), "a b:1", f"{X} is 'a b:1': allowed is host:port, [IPv6]:port or :port"),
        (lambda e: e.url(X), "ftp://x", f"{X} is 'ftp://x': allowed is a URL with http:// or https://"),
        (lambda e: e.url(X), "http://", f"{X} is 'http://': allowed is a URL with http:// or https://"),
        (lambda e: e.url(X), "http://[x", f"{X} is 'http://[x': allowed is a URL with http:// or https://"),
        (lambda e: e.url(X), "http://x:99999", f"{X} is 'http://x:99999': allowed is a URL with http:// or https://"),
        (lambda e: e.path(X), "/no/such/file", f"{X} is '/no/such/file': allowed is a path that exists"),
        (lambda e: e.choice(X, "a", ("b", "a")), "c", f"{X} is 'c': allowed is a, b"),
        (lambda e: e.time_zone(X), "WITA", f"{X} is 'WITA': allowed is an IANA time zone, as Asia/Makassar"),
        (lambda e: e.flag(X), "maybe", f"{X} is 'maybe': allowed is 1 or 0"),
    ],
)
def test_what_makes_no_sense(reader: Read, value: str | None, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(value, reader)
    assert str(caught.value) == message


def test_a_refused_url_does_not_tell_its_password() -> None:
    with pytest.raises(ConfigError) as caught:
        read("redis://:rahasia@valkey.example:6379", lambda e: e.url(X, None, ("nats",)))
    assert "rahasia" not in str(caught.value)
    assert "valkey.example" in str(caught.value)


@given(st.text(max_size=400))
def test_a_refusal_is_one_short_line(value: str) -> None:
    readers: tuple[Read, ...] = (
        lambda e: e.integer(X, 5, 1, 10),
        lambda e: e.address(X, ":1"),
        lambda e: e.url(X, ""),
        lambda e: e.choice(X, "a", ("a", "b")),
        lambda e: e.flag(X),
        lambda e: e.text(X, "", "[a-z]+"),
    )
    for reader in readers:
        message = f"{X}: allowed is "
        try:
            read(value, reader)
        except ConfigError as error:
            message = str(error)
        assert message.startswith(X)
        assert ": allowed is " in message
        assert len(message.splitlines()) == 1
        assert len(message) < 1200


@given(st.one_of(st.just("host.example"), st.ip_addresses().map(str)), st.integers(0, 65535))
def test_an_address_reads_what_it_writes(host: str, port: int) -> None:
    address = Address(host, port)
    assert Address.parse(str(address)) == address
