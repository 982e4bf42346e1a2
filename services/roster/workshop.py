"""The report worker from roster's side: one process, one job at a time, started when there is work."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Final, NamedTuple

from services.common.errors import DeadlineExceeded, Internal, Malformed, Throttled, TooLarge, from_proto
from services.roster.reports.frames import LARGEST, LENGTH, framed
from sipulung.roster.v1 import attendance_pb2, report_pb2

Tick = Callable[[attendance_pb2.ExportProgress], None]
_JOB_S: Final = 60.0
# What is larger could not be verified again (attendance.proto).
LARGEST_FILE: Final = 32 * 1024 * 1024
# Jobs that wait; a job takes some tenths of a second, a month's some seconds.
_MOST_WAITING: Final = 16
_log = logging.getLogger(__name__)


class Proven(NamedTuple):
    """What a file says to prove itself, and whether it is as we made it."""

    proof: report_pb2.ReportProof
    seal: attendance_pb2.SealState.ValueType


class Workshop:
    """Hands jobs to the worker. What goes wrong with it is the error of that job only."""

    def __init__(self, seal_key: bytes, memory_mib: int, job_s: float = _JOB_S) -> None:
        self._key = seal_key
        self._memory_mib = memory_mib
        self._job_s = job_s
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0

    async def make(
        self,
        source: report_pb2.ReportSource,
        file_format: attendance_pb2.ReportFormat.ValueType,
        tick: Tick,
    ) -> tuple[bytes, int]:
        """The file, and how many occurrences of meetings are in it.

        Raises Throttled when too many wait, TooLarge, DeadlineExceeded, Internal, and what the worker raises
        (InvalidField).
        """
        job = report_pb2.ReportJob(make=report_pb2.MakeReport(format=file_format, source=source))
        outcome = await self._do(job, tick)
        return _bounded(outcome.file), outcome.meetings

    async def make_office(
        self, source: report_pb2.OfficeSource, file_format: attendance_pb2.ReportFormat.ValueType
    ) -> bytes:
        """A file of office hours. Raises as `make` does."""
        job = report_pb2.ReportJob(make_office=report_pb2.MakeOffice(format=file_format, source=source))
        return _bounded((await self._do(job)).file)

    async def read(self, file: bytes) -> Proven | None:
        """What proves the file, None where nothing does. Raises as `make` does."""
        outcome = await self._do(report_pb2.ReportJob(read=report_pb2.ReadReport(file=file)))
        return None if outcome.no_report else Proven(outcome.proof, outcome.seal)

    async def check(self, file: bytes, source: report_pb2.ReportSource) -> attendance_pb2.VerifyReportResponse:
        """The verdict. Raises as `make` does."""
        job = report_pb2.ReportJob(check=report_pb2.CheckReport(file=file, source=source))
        return (await self._do(job)).verdict

    async def check_office(self, file: bytes, source: report_pb2.OfficeSource) -> attendance_pb2.VerifyReportResponse:
        """The same of office hours."""
        job = report_pb2.ReportJob(check_office=report_pb2.CheckOffice(file=file, source=source))
        return (await self._do(job)).verdict

    async def close(self) -> None:
        """Ends the worker."""
        await self._end()

    async def _do(self, job: report_pb2.ReportJob, tick: Tick = lambda _: None) -> report_pb2.ReportOutcome:
        if self._waiting >= _MOST_WAITING:
            raise Throttled(3000)
        job.seal_key = self._key
        data = job.SerializeToString()
        if len(data) > LARGEST:
            raise Malformed("too much for one report")
        self._waiting += 1
        try:
            async with self._lock:
                try:
                    async with asyncio.timeout(self._job_s):
                        outcome = await self._exchange(data, tick)
                except TimeoutError:
                    await self._end()
                    raise DeadlineExceeded("the report took too long") from None
                except (OSError, EOFError) as error:
                    await self._end()
                    _log.error("the report worker ended in the middle of a job", extra={"error": repr(error)})
                    raise Internal("the report could not be made") from None
                except BaseException:
                    # Its answer would be read as that of the next job.
                    await self._end()
                    raise
        finally:
            self._waiting -= 1
        if outcome.failure:
            _log.error("a report failed", extra={"error": outcome.failure})
            raise Internal("the report could not be made")
        if outcome.HasField("error"):
            raise from_proto(outcome.error)
        return outcome

    async def _exchange(self, data: bytes, tick: Tick) -> report_pb2.ReportOutcome:
        process = await self._running()
        if process.stdin is None or process.stdout is None:
            raise EOFError("the worker has no pipes")
        process.stdin.write(framed(data))
        await process.stdin.drain()
        while True:
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            outcome = report_pb2.ReportOutcome.FromString(await process.stdout.readexactly(length))
            if outcome.WhichOneof("body") != "progress":
                return outcome
            tick(outcome.progress)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.roster.reports.worker",
                str(self._memory_mib),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            try:
                process.kill()
            except ProcessLookupError:
                _log.debug("the worker has ended already")
        await process.wait()


def _bounded(file: bytes) -> bytes:
    if len(file) > LARGEST_FILE:
        raise TooLarge(f"the report has more than {LARGEST_FILE} bytes: choose a smaller scope")
    return file
