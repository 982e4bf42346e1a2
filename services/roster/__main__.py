"""One roster process: everything is made here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from services.common import rpc_client, subjects
from services.common.admin import AdminServer
from services.common.bus import Bus
from services.common.lifecycle import Lifecycle, run
from services.common.rpc_server import RpcServer
from services.common.store import open_store, reachable
from services.common.telemetry import Telemetry
from services.common.tokens import RemoteKeys, ServiceTokens, TokenVerifier
from services.roster.accesses import Accesses
from services.roster.attendance_server import LARGEST_REQUEST, AttendanceServicer
from services.roster.attended import Attended
from services.roster.audited import Audited
from services.roster.clients import AuthClient
from services.roster.clock import steady_clock
from services.roster.config import RosterConfig
from services.roster.core.presence import Leases
from services.roster.core.report_proof import key_of
from services.roster.deletions import Deletions
from services.roster.directory import Directory
from services.roster.exports import Exports
from services.roster.ledger import Ledger, keep_streams
from services.roster.meeting_server import MeetingServicer
from services.roster.meetings import Meetings
from services.roster.metrics import RosterMetrics
from services.roster.office import Office
from services.roster.office_exports import OfficeExports
from services.roster.office_server import OfficeServicer
from services.roster.office_store import OfficeStore
from services.roster.own_acts import OwnActs
from services.roster.own_days import OwnDays
from services.roster.personal_server import PersonalDataServicer
from services.roster.presence import Presence
from services.roster.retention import Retention
from services.roster.schedules import Schedules
from services.roster.server import ParticipantServicer
from services.roster.shelves import Shelves
from services.roster.spoken import Spoken
from services.roster.store import RosterStore
from services.roster.workshop import Workshop
from sipulung.media.v1 import media_pb2
from sipulung.roster.v1 import (
    attendance_pb2,
    attendance_pb2_grpc,
    meeting_pb2,
    meeting_pb2_grpc,
    office_pb2,
    office_pb2_grpc,
    participant_pb2,
    participant_pb2_grpc,
    personal_pb2,
    personal_pb2_grpc,
)


async def main(lifecycle: Lifecycle, now_ms: Callable[[], int] | None = None) -> None:
    """Serves until the process is told to stop. All that is recorded is dated by `now_ms`, a steady clock unless it is
    given. Raises ConfigError."""
    now_ms = now_ms or steady_clock()
    config = RosterConfig.read(lifecycle.environment)
    telemetry = Telemetry.start("roster", lifecycle.environment)
    tokens = ServiceTokens.from_file("roster", config.service_key_file)
    async with AsyncExitStack() as stack:
        stack.callback(telemetry.stop)
        admin = AdminServer(config.admin_listen, telemetry)
        await admin.start()
        stack.push_async_callback(admin.stop)

        redis = open_store(config.redis_url)
        stack.push_async_callback(redis.aclose)
        auth_channel = rpc_client.channel(str(config.auth_address), telemetry)
        stack.push_async_callback(auth_channel.close)
        keys = RemoteKeys(auth_channel, tokens)
        await keys.start()
        stack.push_async_callback(keys.close)

        async def store_answers() -> bool:
            return await reachable(redis)

        async def keys_known() -> bool:
            return keys.ready

        admin.check("store", store_answers)
        admin.check("keys", keys_known)
        bus = await _bus(config, telemetry, admin, lifecycle)
        if bus is None:
            return
        stack.push_async_callback(bus.close)

        metrics = RosterMetrics(telemetry)
        store = RosterStore(redis)
        shelves = Shelves(redis)
        directory = Directory(auth_channel, tokens)
        ledger = Ledger(store, bus, metrics)
        stack.push_async_callback(ledger.close)
        meetings = Meetings(store, bus, ledger, metrics, now_ms)
        leases = Leases(
            config.grace_ms, config.media_lease_ms, config.signaling_lease_ms, host_lost_ms=config.host_lost_ms
        )
        accesses = Accesses(redis, ledger, now_ms)
        presence = Presence(meetings, store, bus, ledger, leases, metrics, now_ms)

        schedules = Schedules(meetings, shelves, directory, metrics, now_ms)

        deletions = Deletions(redis)
        workshop = Workshop(key_of(config.service_key_file.read_bytes().strip()), config.report_memory_mib)
        stack.push_async_callback(workshop.close)
        office_store, attended = OfficeStore(redis, bus, ledger), Attended(redis, bus, ledger, now_ms)
        audited = Audited(redis, bus, ledger)
        office = Office(office_store, attended, directory, accesses, metrics, now_ms)
        office_exports = OfficeExports(office, store, ledger, deletions, workshop)
        exports = Exports(
            meetings,
            store,
            ledger,
            directory,
            accesses,
            deletions,
            workshop,
            office_exports,
            config.time_zone,
            now_ms,
        )

        bus.on_reconnect(presence.distrust)
        bus.on_reconnect(meetings.feeds.invalidate)
        await bus.subscribe(subjects.roster_event("*", "*", "*"), participant_pb2.RosterEvent, meetings.hear)
        await bus.subscribe(subjects.media_event("*", "*", "presence"), media_pb2.MediaPresence, presence.hear)

        server = RpcServer(
            "roster", config.grpc_listen, TokenVerifier(keys), tokens, telemetry, largest_request=LARGEST_REQUEST
        )
        server.add(
            meeting_pb2_grpc.add_MeetingServiceServicer_to_server,
            MeetingServicer(meetings, store, shelves, directory, AuthClient(auth_channel), config.capacity, now_ms),
            meeting_pb2.DESCRIPTOR.services_by_name["MeetingService"],
        )
        server.add(
            participant_pb2_grpc.add_ParticipantServiceServicer_to_server,
            ParticipantServicer(meetings, store, presence),
            participant_pb2.DESCRIPTOR.services_by_name["ParticipantService"],
        )
        server.add_batches()
        server.add(
            attendance_pb2_grpc.add_AttendanceServiceServicer_to_server,
            AttendanceServicer(meetings, ledger, directory, accesses, deletions, exports, now_ms),
            attendance_pb2.DESCRIPTOR.services_by_name["AttendanceService"],
        )
        server.add(
            office_pb2_grpc.add_OfficeServiceServicer_to_server,
            OfficeServicer(office, office_exports),
            office_pb2.DESCRIPTOR.services_by_name["OfficeService"],
        )
        server.add(
            personal_pb2_grpc.add_PersonalDataServiceServicer_to_server,
            PersonalDataServicer(
                directory,
                attended,
                ledger,
                office_store,
                OwnDays(office, Spoken(redis, office_store)),
                accesses,
                OwnActs(audited, office_store, directory),
                config.attendance_days,
                config.audit_days,
                now_ms,
            ),
            personal_pb2.DESCRIPTOR.services_by_name["PersonalDataService"],
        )
        retention = Retention(
            redis,
            bus,
            ledger,
            directory,
            office_store,
            attended,
            accesses,
            audited,
            metrics,
            config.attendance_days,
            config.audit_days,
            now_ms,
        )
        await server.start()
        streams = {
            subjects.ATTENDANCE_STREAM: subjects.ATTENDANCE_SUBJECTS,
            subjects.AUDIT_STREAM: subjects.AUDIT_SUBJECTS,
            subjects.OFFICE_STREAM: subjects.OFFICE_SUBJECTS,
        }

        async def keep() -> None:
            await keep_streams(bus, streams, config.stream_replicas, purgeable=streams)
            # Nothing can be too old in a stream that is not there yet.
            await retention.run()

        work = [
            asyncio.create_task(presence.run()),
            asyncio.create_task(schedules.run()),
            asyncio.create_task(keep()),
        ]
        await lifecycle.wait()
        admin.stopping()
        for task in work:
            task.cancel()
        meetings.feeds.close()
        await server.stop(2.0)


async def _bus(config: RosterConfig, telemetry: Telemetry, admin: AdminServer, lifecycle: Lifecycle) -> Bus | None:
    """Waits for NATS, not ready and alive meanwhile; None when the process is told to stop before it is there."""
    buses: list[Bus] = []

    async def nats_connected() -> bool:
        return bool(buses) and buses[0].connected

    admin.check("nats", nats_connected)
    connecting = asyncio.create_task(Bus.connect(config.nats_url, "roster", telemetry, echo=False))
    stopping = asyncio.create_task(lifecycle.wait())
    await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not connecting.done():
        connecting.cancel()
        return None
    buses.append(connecting.result())
    return buses[0]


if __name__ == "__main__":
    run(main)
