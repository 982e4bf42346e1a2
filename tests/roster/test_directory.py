"""What is known of tenants and people, and how long it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from services.common import rpc_client
from services.common.errors import Unavailable
from services.common.tokens import ServiceTokens
from services.roster.core.units import path
from services.roster.directory import FRESH_S, Directory
from tests.roster.support.auth import SmallAuth

TENANT = "luwutenant"


@dataclass
class Clock:
    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Scene:
    auth: SmallAuth
    directory: Directory
    clock: Clock


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    tokens = ServiceTokens("roster", b"0123456789abcdef0123456789abcdef")
    auth = SmallAuth(tokens)
    channel = rpc_client.channel(f"127.0.0.1:{await auth.start()}")
    clock = Clock()
    auth.tenant(TENANT, name="Kabupaten Luwu")
    auth.unit(TENANT, "kominfo", "Dinas Kominfo")
    auth.unit(TENANT, "ikp", "Bidang IKP", "kominfo")
    auth.person(TENANT, "siti", "Siti Aminah", nip="197001011990031001", unit_id="ikp")
    auth.person(TENANT, "budi", "Budi", disabled=True)
    yield Scene(auth, Directory(channel, tokens, clock), clock)
    await channel.close()
    await auth.stop()


async def test_the_frame(scene: Scene) -> None:
    frame = await scene.directory.frame(TENANT)
    assert (frame.tenant.name, frame.tenant.time_zone) == ("Kabupaten Luwu", "Asia/Makassar")
    assert path(frame.units, "ikp") == "Dinas Kominfo › Bidang IKP"


async def test_the_newest_where_it_is_asked_for(scene: Scene) -> None:
    await scene.directory.frame(TENANT)
    await scene.directory.people(TENANT, ["siti"])
    scene.auth.tenant(TENANT, name="Kabupaten Luwu Utara")
    scene.auth.person(TENANT, "siti", "Siti Aminah, S.Kom")
    assert (await scene.directory.frame(TENANT, newest=True)).tenant.name == "Kabupaten Luwu Utara"
    assert (await scene.directory.people(TENANT, ["siti"], newest=True))["siti"].name == "Siti Aminah, S.Kom"
    # It is what the others are told from then on, too.
    assert (await scene.directory.frame(TENANT)).tenant.name == "Kabupaten Luwu Utara"


async def test_asked_again_when_it_is_old(scene: Scene) -> None:
    await scene.directory.frame(TENANT)
    scene.auth.tenant(TENANT, name="Kabupaten Luwu Utara")
    assert (await scene.directory.frame(TENANT)).tenant.name == "Kabupaten Luwu"
    scene.clock.now_s += FRESH_S
    assert (await scene.directory.frame(TENANT)).tenant.name == "Kabupaten Luwu Utara"
    assert scene.auth.asked["GetFrame"] == 2


async def test_people(scene: Scene) -> None:
    found = await scene.directory.people(TENANT, ["siti", "budi", "gone", ""])
    assert {key: (one.name, one.disabled) for key, one in found.items()} == {
        "siti": ("Siti Aminah", False),
        "budi": ("Budi", True),
    }
    # Those who do not exist are known as well.
    assert await scene.directory.people(TENANT, ["siti", "gone"]) == {"siti": found["siti"]}
    assert await scene.directory.people(TENANT, [""]) == {}
    assert scene.auth.asked["LookUpPeople"] == 1
    assert await scene.directory.people("another", ["siti"]) == {}


async def test_everybody_in_pages(scene: Scene) -> None:
    for number in range(2500):
        scene.auth.person(TENANT, f"p{number}", f"Pegawai {number}")
    everybody = await scene.directory.everybody(TENANT)
    assert len(everybody) == len({one.account_id for one in everybody}) == 2502
    everybody.clear()
    assert len(await scene.directory.everybody(TENANT)) == 2502
    assert scene.auth.asked["ListPeople"] == 2


async def test_while_auth_is_away_the_old_copy_counts(scene: Scene) -> None:
    frame = await scene.directory.frame(TENANT)
    people = await scene.directory.people(TENANT, ["siti", "gone"])
    everybody = await scene.directory.everybody(TENANT)
    await scene.auth.stop()
    scene.clock.now_s += 24 * 3600
    assert await scene.directory.frame(TENANT) == frame
    assert await scene.directory.people(TENANT, ["siti", "gone"]) == people
    assert await scene.directory.everybody(TENANT) == everybody
    with pytest.raises(Unavailable):
        await scene.directory.frame("never")
    with pytest.raises(Unavailable):
        await scene.directory.people(TENANT, ["siti", "budi"])
