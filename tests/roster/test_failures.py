"""kill -9 of NATS, Valkey and roster itself, and several replicas of it."""

from __future__ import annotations

import asyncio

from services.common.errors import DomainError
from sipulung.roster.v1 import participant_pb2
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient, eventually


async def test_two_replicas_are_one_roster(site: Site) -> None:
    """Changes made at both at once: each watcher sees all events in the same order, none twice."""
    replicas = [site.replica(), site.replica()]
    owner = site.auth.account(site.tenant)
    meeting_id = (await replicas[0].create(owner)).meeting_id
    watches = [replica.watch(site.service_token, site.tenant, meeting_id) for replica in replicas]
    for watch in watches:
        await watch.until(lambda w: len(w.snapshots) == 1)
    tokens = [site.auth.participant(site.tenant, meeting_id, "Budi") for _ in range(20)]

    async def take_part(number: int, token: str) -> None:
        await replicas[number % 2].join(token)
        await replicas[(number + 1) % 2].say(token, f"saya {number}")
        await replicas[number % 2].raise_hand(token)

    await asyncio.gather(*(take_part(number, token) for number, token in enumerate(tokens)))
    for watch in watches:
        await watch.until(lambda w: len(w.events) == 60)
    orders = [[(e.sequence, e.WhichOneof("event")) for e in watch.events] for watch in watches]
    assert orders[0] == orders[1]
    assert [len(watch.snapshots) for watch in watches] == [1, 1]
    names = [event.joined.name for event in watches[0].events if event.HasField("joined")]
    assert sorted(names) == sorted(["Budi", *(f"Budi ({number})" for number in range(2, 21))])
    log = await replicas[1].attendance(owner, meeting_id)
    assert len(log.records) == 21
    assert log.intact
    for watch in watches:
        await watch.close()


async def test_nats_dies_and_nothing_is_lost(site: Site) -> None:
    replicas = [site.replica(), site.replica()]
    owner = site.auth.account(site.tenant)
    meeting_id = (await replicas[0].create(owner)).meeting_id
    ani, budi, cici = (site.auth.participant(site.tenant, meeting_id, name) for name in ("Ani", "Budi", "Cici"))
    await replicas[0].join(ani)
    watches = [replica.watch(site.service_token, site.tenant, meeting_id) for replica in replicas]
    for watch in watches:
        await watch.until(lambda w: len(w.snapshots) == 1)
    site.stores.nats.kill()
    try:
        await replicas[0].join(budi)
        # The replica's own watchers hear it at once, the other's by looking at the store.
        await watches[0].until(lambda w: w.names == ["joined"])
        await watches[1].until(lambda w: len(w.snapshots[-1].participants) == 2)
        await replicas[1].leave(ani)
        site.replicas[1].kill()
    finally:
        site.stores.nats.start()
    await replicas[0].join(cici)
    await watches[0].until(lambda w: {p.name for p in w.snapshots[-1].participants} >= {"Budi"})

    async def all_recorded() -> bool:
        try:
            return len((await replicas[0].attendance(owner, meeting_id)).records) == 5
        except DomainError:
            return False

    await eventually(all_recorded)
    log = await replicas[0].attendance(owner, meeting_id)
    assert log.intact
    assert [record.name for record in log.records] == ["", "Ani", "Budi", "Ani", "Cici"]
    present = [p.name for p in (await replicas[0].join(cici)).snapshot.participants]
    assert present == ["Budi", "Cici"]
    for watch in watches:
        await watch.close()


async def test_valkey_dies_and_nothing_is_lost(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    meeting_id = (await roster.create(owner, "Rapat penting")).meeting_id
    token = site.auth.participant(site.tenant, meeting_id, "Budi")
    await roster.join(token)
    await roster.say(token, "sebelum")
    watch = roster.watch(site.service_token, site.tenant, meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    site.stores.valkey.kill()
    refused = await refusal(roster, token)
    assert refused is not None
    site.stores.valkey.start()

    async def works_again() -> bool:
        return await refusal(roster, token) is None

    await eventually(works_again)
    await watch.until(lambda w: len(w.snapshots) > 1)
    answer = await roster.join(token)
    assert answer.snapshot.meeting.title == "Rapat penting"
    assert answer.snapshot.chat[0].text == "sebelum"
    assert answer.participant.presence == participant_pb2.PRESENCE_PRESENT
    assert (await roster.attendance(owner, meeting_id)).intact
    await watch.close()


async def test_roster_dies_and_goes_on(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    meeting_id = (await roster.create(owner)).meeting_id
    token = site.auth.participant(site.tenant, meeting_id, "Budi")
    joined = await roster.join(token)
    site.replicas[0].kill()
    again = site.replica()
    answer = await again.join(token)
    assert answer.participant == joined.participant
    log = await again.attendance(owner, meeting_id)
    assert [record.number for record in log.records] == [1, 2]
    assert log.intact
    assert site.replicas[1].stop() == 0


async def refusal(roster: RosterClient, token: str) -> DomainError | None:
    try:
        await roster.raise_hand(token)
        await roster.raise_hand(token, False)
    except DomainError as error:
        return error
    return None
