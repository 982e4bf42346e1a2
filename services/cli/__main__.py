"""`sipulung`, or `python -m services.cli`."""

import asyncio
import os
import sys

from services.cli.program import run


def main() -> int:
    """The exit code: 0 done, 1 refused or not reached, 2 used wrongly, 130 interrupted."""
    try:
        return asyncio.run(run(sys.argv[1:], os.environ, sys.stdout, sys.stderr))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough (`sipulung account list | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
