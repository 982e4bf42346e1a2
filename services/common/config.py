"""Readers for environment variables. A value that makes no sense stops a service at start, by name."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


class ConfigError(Exception):
    """The message names the variable, its value and what is allowed, on one line."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen or connect. Port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """From "host:port", "[v6]:port" or ":port" (all interfaces). Raises ValueError."""
        host, separator, port = text.rpartition(":")
        if not separator or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
            raise ValueError("no port")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            raise ValueError("an IPv6 address stands in brackets")
        if any(character.isspace() for character in host):
            raise ValueError("white space in the host")
        return cls(host or "0.0.0.0", int(port))  # noqa: S104 - ":port" asks for all interfaces


class Environment:
    """One process's settings. Every method raises `ConfigError`; a `default` of None makes the variable required."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str | None = None, pattern: str | None = None) -> str:
        """Any text, or text that the whole of `pattern` matches. An empty value is the default."""
        value = self._raw(name, default, "any text" if pattern is None else f"text that matches {pattern}")
        if pattern is not None and value != default and not re.fullmatch(pattern, value):
            raise _wrong(name, value, f"text that matches {pattern}")
        return value

    def integer(self, name: str, default: int | None, minimum: int, maximum: int) -> int:
        """A whole number between the two bounds, both included."""
        allowed = f"a whole number from {minimum} to {maximum}"
        value = self._raw(name, None if default is None else str(default), allowed)
        if not re.fullmatch(r"-?[0-9]{1,18}", value) or not minimum <= int(value) <= maximum:
            raise _wrong(name, value, allowed)
        return int(value)

    def address(self, name: str, default: str | None = None) -> Address:
        """host:port."""
        allowed = "host:port, [IPv6]:port or :port"
        value = self._raw(name, default, allowed)
        try:
            return Address.parse(value)
        except ValueError:
            raise _wrong(name, value, allowed) from None

    def url(self, name: str, default: str | None = None, schemes: Collection[str] = ("http", "https")) -> str:
        """A URL of one of the schemes with a host. A default of "" makes it optional."""
        allowed = "a URL with " + " or ".join(f"{scheme}://" for scheme in sorted(schemes))
        value = self._raw(name, default, allowed)
        if value == default == "":
            return value
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            usable = False
        if not usable:
            raise _wrong(name, _without_password(value), allowed)
        return value

    def path(self, name: str, default: str | None = None, must_exist: bool = True) -> Path:
        """A path of the file system, made absolute."""
        value = self._raw(name, default, "a path")
        path = Path(value).expanduser().absolute()
        if must_exist and not path.exists():
            raise _wrong(name, value, "a path that exists")
        return path

    def choice(self, name: str, default: str | None, allowed: Collection[str]) -> str:
        """One of a few words."""
        listed = ", ".join(sorted(allowed))
        value = self._raw(name, default, listed)
        if value not in allowed:
            raise _wrong(name, value, listed)
        return value

    def time_zone(self, name: str, default: str | None = None) -> ZoneInfo:
        """A time zone by its IANA name."""
        allowed = "an IANA time zone, as Asia/Makassar"
        value = self._raw(name, default, allowed)
        if value not in available_timezones():
            raise _wrong(name, value, allowed)
        return ZoneInfo(value)

    def flag(self, name: str, default: bool | None = False) -> bool:
        """1 or 0 (also true/false, yes/no, on/off)."""
        value = self._raw(name, None if default is None else str(int(default)), "1 or 0").lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise _wrong(name, value, "1 or 0")

    def _raw(self, name: str, default: str | None, allowed: str) -> str:
        value = self._values.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise ConfigError(f"{name} is not set: allowed is {allowed}")
        return default


def _wrong(name: str, value: str, allowed: str) -> ConfigError:
    return ConfigError(f"{name} is {value[:200]!r}: allowed is {allowed}")


def _without_password(url: str) -> str:
    """Errors are logged, so a password in a URL must not stand in them."""
    return re.sub(r"//[^/@]*@", "//***@", url)
