"""What ends a measurement."""


class BenchError(Exception):
    """The message says what did not happen; nothing of the run counts."""
