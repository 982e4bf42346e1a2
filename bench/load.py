"""The load generator's process: commands and answers as bench/load/src/protocol.rs has them."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from bench.failure import BenchError

PROGRAM: Final = Path(__file__).parent / "load" / "target" / "release" / "sipulung-load"
_LONGEST_ANSWER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Floor:
    """CPU of the kernel's sending alone, µs per datagram, by way of sending."""

    sendto: float
    sendmmsg: float
    segmented: float


class Load:
    """As an async context it runs; `fingerprint` is that of the certificate that all its clients show."""

    def __init__(self) -> None:
        self.fingerprint = ""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Load":
        if not PROGRAM.exists():
            raise BenchError(f"{PROGRAM} is not built: run `make bench`")
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(str(PROGRAM), "serve", stdin=pipe, stdout=pipe)
        self.fingerprint = (await self._answer("ready"))["fingerprint"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def open(self, clients: list[dict[str, Any]]) -> list[float]:
        """Connect them; milliseconds that each took. Raises BenchError when one did not get through."""
        opened = await self._ask("open", {"clients": clients}, "opened")
        if opened["failed"]:
            raise BenchError(f"{len(opened['failed'])} of {len(clients)} clients: {opened['failed'][0]}")
        return list(opened["milliseconds"])

    async def publish(self, client: int, packets_per_second: int, frame_packets: int, payload_bytes: int) -> None:
        """Let a client's camera send from now on."""
        pace = {
            "client": client,
            "packets_per_second": packets_per_second,
            "frame_packets": frame_packets,
            "payload_bytes": payload_bytes,
        }
        await self._ask("publish", pace, "done")

    async def pause(self, client: int) -> None:
        """End that."""
        await self._ask("pause", {"client": client}, "done")

    async def lose(self, per_mille: int) -> None:
        """Drop that share of what clients receive."""
        await self._ask("lose", {"per_mille": per_mille}, "done")

    async def count(self) -> dict[str, int]:
        """What happened since the last time."""
        return await self._ask("count", {}, "counted")

    async def close(self, clients: list[int]) -> None:
        """Let them say goodbye."""
        await self._ask("close", {"clients": clients}, "done")

    async def _ask(self, command: str, body: dict[str, Any], answer: str) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({command: body}).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._answer(answer)

    async def _answer(self, expected: str) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), _LONGEST_ANSWER_S)
        except TimeoutError:
            raise BenchError(f"the load generator did not answer ({expected})") from None
        if not line:
            raise BenchError("the load generator ended")
        name, body = next(iter(json.loads(line).items()))
        if name != expected:
            raise BenchError(f"the load generator said {name}: {body}")
        return dict(body)


async def kernel_floor(
    subscribers: int, frame_packets: int, datagram_bytes: int, seconds: int, sender_core: int, sink_core: int
) -> Floor:
    """Send frames of the same datagrams to as many sockets, and nothing else. Raises BenchError."""
    numbers = (subscribers, frame_packets, datagram_bytes, seconds, sender_core, sink_core)
    process = await asyncio.create_subprocess_exec(
        str(PROGRAM), "floor", *(str(number) for number in numbers), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise BenchError("the kernel's floor could not be measured")
    figures = json.loads(output)
    if figures["received"] < figures["sent"] * 0.99:
        raise BenchError(f"of the floor's {figures['sent']} datagrams only {figures['received']} arrived")
    return Floor(figures["sendto"] / 1000, figures["sendmmsg"] / 1000, figures["segmented"] / 1000)
