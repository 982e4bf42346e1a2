"""NATS: events that several parties hear, and JetStream for what survives as history."""

import asyncio
import contextlib
import inspect
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeVar, cast

from google.protobuf.message import DecodeError, Message
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import BadRequestError
from nats.js.errors import NotFoundError as StreamNotFoundError
from opentelemetry.context import attach, detach
from opentelemetry.metrics import NoOpMeterProvider

from services.common.errors import Conflict, Unavailable
from services.common.telemetry import Telemetry, extract, inject
from sipulung.common.v1 import common_pb2

Kind = TypeVar("Kind", bound=Message)

# What is kept while NATS is away, in bytes. Events are small; state is told again by its owners anyway.
_PENDING_BYTES: Final = 8 * 1024 * 1024
_RECORD_S: Final = 5.0
_READ_S: Final = 5.0
# What a reader of `read_from` gets at a time (some 20 ms of CPU), and how long NATS remembers one that has vanished.
_READ_BATCH: Final = 250
_READER_S: Final = 60.0
_LOG_EVERY_S: Final = 5.0
# "wrong last sequence", JetStream's answer to a failed optimistic append.
_WRONG_LAST_SEQUENCE: Final = 10071
_log = logging.getLogger(__name__)


class Stored(NamedTuple):
    """A record as its stream has it: its sequence there, and when it was stored (Unix milliseconds)."""

    sequence: int
    at_ms: int
    data: bytes


class StreamState(NamedTuple):
    """Which stream it is (one that was made anew is another), its last sequence, and whether records may be deleted."""

    incarnation: str
    last_sequence: int
    purgeable: bool


class Subscription:
    """One interest in a subject."""

    def __init__(self, inner: NatsSubscription) -> None:
        self._inner = inner

    async def close(self) -> None:
        """Hear no more. Does nothing when the bus is closed already."""
        try:
            await self._inner.unsubscribe()
        except (NatsError, ValueError):
            _log.debug("already unsubscribed")


class Bus:
    """A connection that comes back by itself, with its subscriptions."""

    def __init__(self, client: Client, telemetry: Telemetry | None) -> None:
        self._client = client
        self._stream: JetStreamContext = client.jetstream(timeout=_RECORD_S)
        self._callbacks: list[Callable[[], Awaitable[None] | None]] = []
        self._dropped = 0
        self._logged_at = float("-inf")
        meter = telemetry.meter if telemetry is not None else NoOpMeterProvider().get_meter("bus")
        self._dropped_counter = meter.create_counter("bus_dropped", "1", "Events dropped while NATS was away.")
        self._failed_counter = meter.create_counter("bus_failed", "1", "Events whose handler failed.")

    @classmethod
    async def connect(cls, url: str, name: str, telemetry: Telemetry | None = None, *, echo: bool = True) -> "Bus":
        """Connect, trying again until NATS is there. `url` may be a comma list. `echo`: hear one's own events too."""
        client = Client()
        bus = cls(client, telemetry)
        await client.connect(
            [part.strip() for part in url.split(",") if part.strip()],
            name=name,
            error_cb=bus._on_error,
            disconnected_cb=bus._on_disconnect,
            reconnected_cb=bus._on_reconnect,
            connect_timeout=2,
            # nats-py annotates whole seconds, but only sleeps for it; a quarter keeps the gap after a restart short.
            reconnect_time_wait=cast(int, 0.25),
            max_reconnect_attempts=-1,
            # A connection whose other end vanished is noticed in 10 to 15 s.
            ping_interval=5,
            max_outstanding_pings=2,
            pending_size=_PENDING_BYTES,
            no_echo=not echo,
        )
        return bus

    @property
    def connected(self) -> bool:
        """Whether NATS is there now: a readiness check."""
        return self._client.is_connected

    @property
    def dropped(self) -> int:
        """How many events were dropped because NATS was away for too long."""
        return self._dropped

    def on_reconnect(self, callback: Callable[[], Awaitable[None] | None]) -> None:
        """Call it each time the connection is back, when subscriptions are as well."""
        self._callbacks.append(callback)

    async def publish(self, subject: str, message: Message, trace: common_pb2.TraceContext | None = None) -> None:
        """Tell an event, with its trace, or (None) the current one.

        Never raises because NATS is down: buffered, then dropped and counted.
        """
        headers = _headers() if trace is None else _headers_of(trace)
        try:
            await self._client.publish(subject, message.SerializeToString(), headers=headers)
        except NatsError as error:
            self._dropped += 1
            self._dropped_counter.add(1)
            # One line for each power of two: a long outage must not fill the log as well.
            if self._dropped & (self._dropped - 1) == 0:
                _log.warning("event dropped", extra={"error": repr(error), "dropped": self._dropped})

    async def subscribe(
        self, subject: str, kind: type[Kind], handler: Callable[[str, Kind], Awaitable[None]]
    ) -> Subscription:
        """Hear events, one after the other. What fails in the handler or does not parse is logged and counted."""

        async def on_message(raw: Msg) -> None:
            headers = raw.headers or {}
            token = attach(extract(headers.get("traceparent", ""), headers.get("tracestate", "")))
            try:
                await handler(raw.subject, kind.FromString(raw.data))
            except DecodeError:
                self._failed_counter.add(1)
                _log.warning("event does not parse", extra={"subject": raw.subject, "bytes": len(raw.data)})
            except Exception:  # The boundary of event handlers: the next event must still be heard.
                self._failed_counter.add(1)
                _log.exception("event handler failed", extra={"subject": raw.subject})
            finally:
                detach(token)

        return Subscription(await self._client.subscribe(subject, cb=on_message))

    async def ensure_stream(
        self,
        name: str,
        subjects: Sequence[str],
        *,
        replicas: int = 1,
        append_only: bool = True,
        purgeable: bool = False,
    ) -> None:
        """Make the stream or bring it up to date: on disk, without limits. Raises Unavailable.

        An append-only stream refuses deleting and purging, also by operators' tools (deny_delete, deny_purge). One that
        is purgeable lets whole subjects go, for what may not be kept for ever.
        """
        config = StreamConfig(
            name=name,
            subjects=list(subjects),
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.NEW,
            storage=StorageType.FILE,
            num_replicas=replicas,
            # A record that is sent again within this time is known by its message id.
            duplicate_window=300.0,
            deny_delete=append_only,
            deny_purge=append_only and not purgeable,
            allow_direct=True,
        )
        try:
            try:
                found = (await self._stream.stream_info(name)).config
            except StreamNotFoundError:
                await self._stream.add_stream(config)
            else:
                if found.deny_purge and not config.deny_purge:
                    # NATS lets nobody take that back. The operator can copy the stream (docs/operators.md).
                    _log.error(
                        "the stream was made before records could be too old, and keeps all", extra={"stream": name}
                    )
                    config.deny_purge = True
                await self._stream.update_stream(config)
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error}") from error

    async def record(self, subject: str, message: Message, message_id: str, *, after: int | None = None) -> int:
        """Append a record; its sequence in the stream, once it is stored. Raises Unavailable when nobody confirms.

        The same `message_id` again within 5 minutes changes nothing. With `after`, the subject's last record must have
        that sequence (0: there is none yet), else Conflict.
        """
        headers = {**_headers(), "Nats-Msg-Id": message_id}
        if after is not None:
            headers["Nats-Expected-Last-Subject-Sequence"] = str(after)
        if not self.connected:
            raise Unavailable("NATS is away")
        try:
            acknowledged = await self._stream.publish(subject, message.SerializeToString(), _RECORD_S, headers=headers)
        except BadRequestError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                raise Conflict("another record was appended meanwhile") from None
            raise Unavailable(f"the record was not stored: {error}") from error
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"the record was not confirmed: {error!r}") from error
        return int(acknowledged.seq)

    async def read_stream(
        self, name: str, subject_filter: str, kind: type[Kind], since_ms: int = 0
    ) -> AsyncIterator[Kind]:
        """The records so far, oldest first; it ends with the last one. Raises Unavailable.

        With `since_ms` (Unix milliseconds) only those that were stored from then on.
        """
        async for _, record in self.read_stream_numbered(name, subject_filter, kind, since_ms):
            yield record

    async def read_stream_numbered(
        self, name: str, subject_filter: str, kind: type[Kind], since_ms: int = 0
    ) -> AsyncIterator[tuple[int, Kind]]:
        """The same with each record's sequence in the stream."""
        beginning = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
        if since_ms > 0:
            since = datetime.fromtimestamp(since_ms / 1000, UTC)
            beginning = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=since)
        try:
            subscription = await self._stream.subscribe(
                subject_filter, stream=name, ordered_consumer=True, config=beginning
            )
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        try:
            state = await subscription.consumer_info()
            # `num_pending` counts what is not delivered yet, so nothing at all is nothing of both.
            left = (state.num_pending or 0) + (state.delivered.consumer_seq if state.delivered else 0)
            while left:
                raw = await subscription.next_msg(_READ_S)
                metadata = raw.metadata
                left = metadata.num_pending
                yield metadata.sequence.stream, kind.FromString(raw.data)
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        finally:
            if self._client.is_connected:
                await subscription.unsubscribe()

    async def read_since(
        self, name: str, subject_filter: str, since_ms: int, until_ms: int
    ) -> AsyncIterator[tuple[list[tuple[str, bytes]], int]]:
        """Records (subject and bytes) stored from `since_ms` to `until_ms` (Unix), with how many are still to come.

        Many at a time: half the CPU of reading one after the other. Raises Unavailable.
        """
        arrived: list[Msg] = []
        news = asyncio.Event()

        async def on_message(raw: Msg) -> None:
            arrived.append(raw)
            news.set()

        start = datetime.fromtimestamp(max(since_ms, 0) / 1000, UTC)
        config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=start)
        try:
            subscription = await self._stream.subscribe(
                subject_filter, stream=name, cb=on_message, ordered_consumer=True, config=config
            )
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        try:
            state = await subscription.consumer_info()
            left = (state.num_pending or 0) + (state.delivered.consumer_seq if state.delivered else 0)
            while left:
                async with asyncio.timeout(_READ_S):
                    await news.wait()
                news.clear()
                batch, arrived[:] = list(arrived), []
                if not batch:
                    continue
                left = batch[-1].metadata.num_pending
                over = _stored_ms(batch[-1]) > until_ms
                if over:
                    # How many came beside the last one that is wanted is chance: who asks again gets the same.
                    batch = [raw for raw in batch if _stored_ms(raw) <= until_ms]
                    left = 0
                if batch:
                    yield [(raw.subject, raw.data) for raw in batch], left
                if over:
                    return
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        finally:
            if self._client.is_connected:
                await subscription.unsubscribe()

    async def read_from(self, name: str, subject_filter: str, sequence: int) -> AsyncGenerator[list[Stored]]:
        """The records so far from that sequence on, oldest first and some at a time. Raises Unavailable.

        The next ones are only fetched when they are asked for, so that a long log fits into little memory. Whoever
        stops early closes it (contextlib.aclosing).
        """
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(sequence, 1),
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_READER_S,
            mem_storage=True,
            num_replicas=1,
        )
        try:
            puller = await self._stream.pull_subscribe(subject_filter, stream=name, config=config)
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        try:
            left = (await puller.consumer_info()).num_pending or 0
            while left:
                # Never more than there is: NATS would wait for it.
                batch = await puller.fetch(min(left, _READ_BATCH), _READ_S)
                left = batch[-1].metadata.num_pending
                yield [Stored(raw.metadata.sequence.stream, int(_stored_ms(raw)), raw.data) for raw in batch]
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        finally:
            if self._client.is_connected:
                with contextlib.suppress(NatsError, TimeoutError):
                    await puller.unsubscribe()
                    await self._stream.delete_consumer(name, str(config.name))

    async def record_at(self, name: str, sequence: int, kind: type[Kind]) -> Kind | None:
        """The record with that sequence, None where it was deleted. Raises Unavailable."""
        try:
            raw = await self._stream.get_msg(name, seq=sequence)
        except StreamNotFoundError:
            return None
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        return kind.FromString(raw.data or b"")

    async def first_sequence(self, name: str, subject_filter: str) -> int:
        """That of the oldest record, 0 if there is none. Raises Unavailable."""
        try:
            raw = await self._stream.get_msg(name, seq=1, subject=subject_filter, next=True)
        except StreamNotFoundError:
            return 0
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        return int(raw.seq or 0)

    async def stream_state(self, name: str) -> StreamState:
        """Raises Unavailable, also while there is no such stream yet."""
        try:
            info = await self._stream.stream_info(name)
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        made = info.created.isoformat() if info.created else ""
        return StreamState(made, info.state.last_seq, not info.config.deny_purge)

    async def last_record(self, name: str, subject: str, kind: type[Kind]) -> tuple[int, Kind] | None:
        """The newest record of a subject with its sequence in the stream, None if there is none. Raises Unavailable."""
        try:
            raw = await self._stream.get_last_msg(name, subject)
        except StreamNotFoundError:
            return None
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        return int(raw.seq or 0), kind.FromString(raw.data or b"")

    async def first_record(self, name: str, subject: str, kind: type[Kind]) -> Kind | None:
        """The oldest record of a subject, None if there is none. Raises Unavailable."""
        try:
            raw = await self._stream.get_msg(name, seq=1, subject=subject, next=True)
        except StreamNotFoundError:
            return None
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        return kind.FromString(raw.data or b"")

    async def subjects_of(self, name: str, subject_filter: str) -> list[str]:
        """The subjects that a stream has records of. Raises Unavailable."""
        try:
            info = await self._stream.stream_info(name, subjects_filter=subject_filter)
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error
        return list(info.state.subjects or {})

    async def purge(self, name: str, subject: str, before: int = 0) -> None:
        """Delete all records of one subject of a purgeable stream. Raises Unavailable.

        With `before` only those whose sequence in the stream is smaller.
        """
        try:
            await self._stream.purge_stream(name, subject=subject, seq=before or None)
        except (NatsError, TimeoutError) as error:
            raise Unavailable(f"stream {name}: {error!r}") from error

    async def close(self) -> None:
        """Send what is buffered (for 2 s at most) and disconnect."""
        try:
            if self._client.is_connected:
                await self._client.flush(2)
        except (NatsError, TimeoutError) as error:
            _log.warning("events may be lost at the end", extra={"error": repr(error)})
        try:
            await self._client.close()
        except OSError as error:
            # nats-py drains a connection that it knows to be lost; it is closed nevertheless.
            _log.debug("closed a lost connection", extra={"error": repr(error)})

    async def _on_error(self, error: Exception) -> None:
        # While NATS is away there is one error per try, four a second.
        now = time.monotonic()
        if now - self._logged_at >= _LOG_EVERY_S:
            self._logged_at = now
            _log.warning("NATS has trouble", extra={"error": repr(error)})

    async def _on_disconnect(self) -> None:
        _log.warning("NATS is away")

    async def _on_reconnect(self) -> None:
        _log.info("NATS is back")
        for callback in self._callbacks:
            try:
                result = callback()
                if inspect.isawaitable(result):
                    await result
            except Exception:  # One callback's fault must not keep the others from hearing of it.
                _log.exception("callback after reconnecting failed")


def _stored_ms(raw: Msg) -> float:
    """When the stream got it (Unix milliseconds)."""
    return raw.metadata.timestamp.timestamp() * 1000


def _headers() -> dict[str, str]:
    headers: dict[str, str] = {}
    inject(headers)
    return headers


def _headers_of(trace: common_pb2.TraceContext) -> dict[str, str]:
    named = {"traceparent": trace.traceparent, "tracestate": trace.tracestate}
    return {name: value for name, value in named.items() if value}
