import pytest

from services.common.config import ConfigError
from services.media.addresses.environment import EnvironmentAddresses, parse_advertised


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("203.0.113.5", [("203.0.113.5", 7001)]),
        ("203.0.113.5:443", [("203.0.113.5", 443)]),
        ("203.0.113.5:0", [("203.0.113.5", 7001)]),
        ("10.0.0.7, 203.0.113.5:443", [("10.0.0.7", 7001), ("203.0.113.5", 443)]),
        ("2001:db8::1", [("2001:db8::1", 7001)]),
        ("[2001:db8::1]:443,10.0.0.7", [("2001:db8::1", 443), ("10.0.0.7", 7001)]),
        # The same one twice is one candidate.
        ("10.0.0.7,10.0.0.7:7001", [("10.0.0.7", 7001)]),
    ],
)
def test_a_list_in_its_order(text: str, addresses: list[tuple[str, int]]) -> None:
    assert parse_advertised(text, 7001) == tuple(addresses)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "media.example.id",
        "media.example.id:443",
        "10.0.0.7,",
        "10.0.0.7:port",
        "10.0.0",
        "auto,10.0.0.7",
        "10.0.0.7:70000",
    ],
)
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"^SIPULUNG_MEDIA_ADVERTISE is .*: allowed is auto, or a comma list of ip or ip:port$"
    ):
        parse_advertised(text, 7001)


async def test_a_list_wins() -> None:
    source = EnvironmentAddresses("203.0.113.5:443", "127.0.0.1")
    assert await source.addresses(7001) == (("203.0.113.5", 443),)
    source.deletion_cost(3)


@pytest.mark.parametrize("listen", ["127.0.0.1", "::1"])
async def test_an_address_that_is_listened_on_is_the_only_one(listen: str) -> None:
    assert await EnvironmentAddresses("auto", listen).addresses(7001) == ((listen, 7001),)


@pytest.mark.parametrize("listen", ["0.0.0.0", "::"])
async def test_all_of_this_machine(listen: str) -> None:
    found = await EnvironmentAddresses("auto", listen).addresses(7001)
    assert found[-1] == ("127.0.0.1", 7001)
    assert len(set(found)) == len(found)
    if listen == "0.0.0.0":
        assert all(":" not in ip for ip, _ in found)
