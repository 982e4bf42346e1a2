"""Measure one media node: `python -m bench.run [--quick] [--loss PER_MILLE] [--json FILE]`.

Exit 0: measured; 1: it could not be, the message says why. Whether the aims are reached is printed and changes nothing.
"""

import argparse
import asyncio
import json
import os
import secrets
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import report
from bench.failure import BenchError
from bench.keys import Keys
from bench.load import Load
from bench.node import Node
from bench.scenarios import FULL, QUICK, Bench, Lengths
from services.common.errors import DomainError
from tests.support.servers import ServerUnusable


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


async def measure(lengths: Lengths, loss_per_mille: int, cores: tuple[int, int], folder: Path) -> dict[str, Any]:
    """Everything, printed as it comes. Raises BenchError, DomainError, ServerUnusable."""
    node_core, load_core = cores
    # The driver shares the load's core, so that the node has its own.
    os.sched_setaffinity(0, {load_core})
    _say(report.conditions(node_core, load_core, loss_per_mille))
    secret = secrets.token_hex(32).encode()
    secret_file = folder / "service.key"
    secret_file.write_bytes(secret)
    async with (
        Keys(secret) as keys,
        Load() as load,
        Node(folder, keys, secret_file, node_core) as node,
    ):
        await load.lose(loss_per_mille)
        bench = Bench(node, load, keys, lengths, cores)
        idle, joins = await bench.idle_and_joins()
        _say(report.idle(idle))
        _say(report.joins(joins))
        fan_outs = [await bench.fan_out(subscribers) for subscribers in lengths.fan_outs]
        _say(report.fan_outs(fan_outs))
        return {"idle": asdict(idle), "joins": asdict(joins), "fan_outs": [asdict(one) for one in fan_outs]}


def main(arguments: list[str] | None = None) -> int:
    """The command line; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure one media node.")
    parser.add_argument("--quick", action="store_true", help="check within a minute that all figures come")
    parser.add_argument("--loss", type=int, default=10, metavar="PER_MILLE", help="lost on purpose (default: 10)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    usable = sorted(os.sched_getaffinity(0))
    try:
        if len(usable) < 2:
            raise BenchError("two cores are needed: one for the node, one for the load")
        with tempfile.TemporaryDirectory(prefix="sipulung-bench-") as folder:
            lengths = QUICK if options.quick else FULL
            figures = asyncio.run(measure(lengths, options.loss, (usable[0], usable[1]), Path(folder)))
        if options.json is not None:
            options.json.write_text(json.dumps(figures, indent=2) + "\n")
    except (BenchError, DomainError, ServerUnusable) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
