"""Why an offer is not answered."""


class SdpRefused(ValueError):
    """The offer cannot be answered; `line` counts from 1, 0 is the whole description."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line
        self.message = message
