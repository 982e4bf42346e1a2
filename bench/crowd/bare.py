"""The same way of an event without any of our work: a socket, an RPC and its answer, a stream, a hundred sockets.

What gRPC and the kernel take for it is the peer that roster and signaling are compared with, in the same run. Two
processes on uvloop, as theirs are: `python -m bench.crowd.bare back` answers the RPC and tells the stream;
`python -m bench.crowd.bare front ADDRESS` asks and tells everybody. Each prints its port when it is ready.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final, cast

import grpc
import uvloop

from bench.failure import BenchError

# As large as a raised hand with its frame.
_EVENT: Final = bytes(120)
_START_S: Final = 20.0
_HEARD_S: Final = 20.0
_IDLE_S: Final = 3.0
_Context = grpc.aio.ServicerContext[Any, Any]


async def measure(count: int, per_second: float, receivers: int) -> float:
    """CPU of both processes in ms for each of `count` events, beyond what they take when nothing happens.

    At an even rate, or (0) all in the same moment. Raises BenchError.
    """
    async with AsyncExitStack() as stack:
        back, address = await _started(stack, "back")
        front, port = await _started(stack, "front", f"127.0.0.1:{address}")
        others = [await asyncio.open_connection("127.0.0.1", port) for _ in range(receivers)]
        for _, other in others:
            stack.callback(other.close)
        heard = [0] * receivers
        reading = [asyncio.create_task(_read(reader, heard, number)) for number, (reader, _) in enumerate(others)]
        for task in reading:
            stack.callback(task.cancel)

        async def spent_ns(events: int, rate: float) -> int:
            """By that many events, until everybody has heard of the last."""
            before, started = _cpu(back, front), time.monotonic()
            due = min(heard) + events * len(_EVENT)
            for number in range(events):
                if rate:
                    await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
                others[number % receivers][1].write(b"!")
            until = time.monotonic() + _HEARD_S
            while min(heard) < due:
                if time.monotonic() > until:
                    raise BenchError("events of the bare way did not reach everybody")
                await asyncio.sleep(0.01)
            return _cpu(back, front) - before - int(idle_ns * (time.monotonic() - started))

        # The first calls open connections and load code, which later events do not pay for.
        idle_ns = 0.0
        await spent_ns(20, 10.0)
        before = _cpu(back, front)
        await asyncio.sleep(_IDLE_S)
        idle_ns = (_cpu(back, front) - before) / _IDLE_S
        return await spent_ns(count, per_second) / count / 1e6


async def _started(stack: AsyncExitStack, *arguments: str) -> tuple[asyncio.subprocess.Process, int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crowd.bare", *arguments, stdout=asyncio.subprocess.PIPE
    )
    stack.push_async_callback(_end, process)
    assert process.stdout is not None, "it was asked for"
    try:
        async with asyncio.timeout(_START_S):
            return process, int(await process.stdout.readline())
    except (TimeoutError, ValueError) as error:
        raise BenchError(f"bench.crowd.bare {arguments[0]} did not start: {error!r}") from error


async def _end(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def _read(reader: asyncio.StreamReader, heard: list[int], number: int) -> None:
    while octets := await reader.read(65536):
        heard[number] += len(octets)


def _cpu(*processes: asyncio.subprocess.Process) -> int:
    # CPUCLOCK_SCHED of another process, exact to the nanosecond (clock_getcpuclockid(3)).
    return sum(time.clock_gettime_ns((~process.pid << 3) | 2) for process in processes)


async def _back() -> None:
    events: asyncio.Queue[bytes] = asyncio.Queue()

    async def do(_: bytes, __: _Context) -> bytes:
        events.put_nowait(_EVENT)
        return b""

    async def watch(_: bytes, __: _Context) -> AsyncIterator[bytes]:
        while True:
            yield await events.get()

    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
        "Do": grpc.unary_unary_rpc_method_handler(do),
        "Watch": grpc.unary_stream_rpc_method_handler(watch),
    }
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("Bare", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    _say(port)
    await server.wait_for_termination()


async def _front(address: str) -> None:
    everybody: set[asyncio.Transport] = set()
    asked: set[asyncio.Task[bytes]] = set()
    channel = grpc.aio.insecure_channel(address)
    do: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/Bare/Do")
    watch: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream("/Bare/Watch")

    async def ask() -> bytes:
        return await do(b"", timeout=4)

    class Person(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            # uvloop's transports are no subclasses of asyncio's.
            everybody.add(cast(asyncio.Transport, transport))

        def data_received(self, causes: bytes) -> None:
            for _ in causes:
                task = asyncio.create_task(ask())
                asked.add(task)
                task.add_done_callback(asked.discard)

    server = await asyncio.get_running_loop().create_server(Person, "127.0.0.1", 0)
    _say(server.sockets[0].getsockname()[1])
    async for event in watch(b""):
        for transport in everybody:
            transport.write(event)


def _say(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_back() if sys.argv[1] == "back" else _front(sys.argv[2]))
