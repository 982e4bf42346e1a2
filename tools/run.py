"""Run a whole installation on this machine: `make run`.

Starts honcho on the Procfile, creates the demo data, and, once all are ready, prints where to go and writes
STATE/demo.json. Ends with Ctrl-C, SIGTERM, or when a supervisor gave up; leaves no process behind.

STATE (default: run/) holds everything: nats/ and valkey/ (data), keys/ and tls/ (secrets), logs/, pids/ (a JSON file
per process), and demo.json while it runs.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.instance import demo
from tools.instance.addresses import network_addresses
from tools.instance.authority_page import CERTIFICATE_PATH, AuthorityPage
from tools.instance.certificate import Certificate, make_certificate
from tools.instance.environment import process_environment
from tools.instance.files import write_json
from tools.instance.lock import FileLock
from tools.instance.ports import busy_ports, kept_free_ports
from tools.instance.readiness import last_lines, read_status, valkey_answers, waiting_for
from tools.instance.secrets import Secrets, make_secrets
from tools.instance.settings import CA_PORT, PORTS, PROCESSES, ROOT, Settings, SettingsError, read_settings
from tools.instance.stores import write_store_configuration

START_TIMEOUT_S = 90.0
# Processes of an earlier run that was killed may still be ending.
EARLIER_RUN_S = 6.0
POLL_S = 0.15
# honcho itself kills what is left after 5 s.
STOP_TIMEOUT_S = 8.0
STATUS_STOPPED = 130


class StartError(Exception):
    """The installation did not start; the message says why and what to do."""


class Stopped(Exception):
    """Somebody asked this installation to end."""


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    state: Path
    free_ports: bool
    end_with_parent: bool
    procfile: Path


class Runner:
    """One run of an installation, from the first check to the last process."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._parent = os.getppid()
        self._stop = threading.Event()
        self._honcho: subprocess.Popen[str] | None = None
        self._authority_page: AuthorityPage | None = None

    def run(self) -> int:
        """Returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())
        started = time.monotonic()
        try:
            settings = self._settings()
            lock = self._lock(settings)
            try:
                self._run(settings, started)
            finally:
                self._end(settings)
                lock.close()
        except (SettingsError, StartError, demo.DemoError) as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
        except Stopped:
            return STATUS_STOPPED
        return 0

    def _settings(self) -> Settings:
        state = self._options.state
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        chosen = kept_free_ports(state / "ports.json", (*PORTS, CA_PORT)) if self._options.free_ports else None
        return read_settings(os.environ, state, chosen)

    def _lock(self, settings: Settings) -> FileLock:
        lock = FileLock(settings.path("instance.lock"))
        if not lock.take(EARLIER_RUN_S):
            raise StartError(f"An installation is running already with its state in {settings.state}. Stop it first.")
        settings.path("demo.json").unlink(missing_ok=True)
        return lock

    def _run(self, settings: Settings, started: float) -> None:
        busy = busy_ports(settings)
        if busy:
            raise StartError("\n".join(busy))
        for name in ("logs", "pids"):
            settings.path(name).mkdir(mode=0o700, exist_ok=True)
        for name in PROCESSES:
            settings.path("pids", f"{name}.json").unlink(missing_ok=True)
        addresses = network_addresses()
        secrets = make_secrets(settings.path("keys"))
        certificate = self._certificate(settings, addresses)
        write_store_configuration(settings, secrets)
        environment = process_environment(os.environ, settings, secrets, certificate)
        url = public_url(settings, addresses)
        client = demo.Client(url, certificate.authority if certificate else None)
        tenants = demo.demo_tenants(settings.path("bootstrap.json"))

        self._start_honcho(environment)
        self._create_tenants(settings, secrets, environment)
        self._await_ready(settings, client, started)
        meeting = demo.demo_meeting(client, tenants, settings.path("demo-meeting.json"))
        document = demo.demo_document(url, meeting, tenants)
        if certificate is not None:
            self._authority_page = AuthorityPage(settings.host, settings.ports["CA_PORT"], certificate.authority, url)
        announce(settings, document, addresses, time.monotonic() - started)
        write_json(settings.path("demo.json"), document)
        self._await_end()

    def _certificate(self, settings: Settings, addresses: list[str]) -> Certificate | None:
        if not settings.https:
            return None
        return make_certificate(settings.path("tls"), addresses, datetime.datetime.now(datetime.UTC))

    def _start_honcho(self, environment: dict[str, str]) -> None:
        print("Starting …", flush=True)
        # No environment file: everything is in the environment, and a .env of somebody else's has no say here.
        command = [
            sys.executable,
            "-m",
            "honcho",
            "--env",
            os.devnull,
            "--procfile",
            str(self._options.procfile),
            "start",
        ]
        self._honcho = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches the runner alone, which then stops the others in order.
            start_new_session=True,
        )
        assert self._honcho.stdout is not None  # because of stdout=PIPE
        threading.Thread(target=copy_output, args=(self._honcho.stdout,), daemon=True).start()

    def _create_tenants(self, settings: Settings, secrets: Secrets, environment: dict[str, str]) -> None:
        while not valkey_answers(settings.ports["VALKEY_PORT"], secrets.valkey_password):
            self._pause(settings)
        demo.create_tenants(settings.path("bootstrap.json"), settings.path("valkey"), environment)

    def _await_ready(self, settings: Settings, client: demo.Client, started: float) -> None:
        while missing := waiting_for(settings, client.page):
            if time.monotonic() - started > START_TIMEOUT_S:
                details = "\n".join(
                    f"  {name}: {why}\n{last_lines(settings.state, name)}" for name, why in missing.items()
                )
                raise StartError(f"Not ready after {START_TIMEOUT_S:.0f} s:\n{details}")
            self._pause(settings)

    def _pause(self, settings: Settings) -> None:
        """Wait a little, then see whether going on makes sense. Raises Stopped or StartError."""
        if self._stop.wait(POLL_S) or self._abandoned():
            raise Stopped
        for name in PROCESSES:
            status = read_status(settings.state, name)
            if status is not None and status.hopeless:
                log = settings.path("logs", f"{name}.log")
                raise StartError(f"{name} does not start. The end of {log}:\n{last_lines(settings.state, name)}")
        if self._honcho is not None and self._honcho.poll() is not None:
            raise StartError("A supervisor ended, and so everything did; see the lines above.")

    def _await_end(self) -> None:
        assert self._honcho is not None  # it was started before
        while self._honcho.poll() is None:
            if self._stop.wait(0.5) or self._abandoned():
                raise Stopped
        raise StartError("A supervisor ended, and so everything did; see the lines above.")

    def _abandoned(self) -> bool:
        return self._options.end_with_parent and os.getppid() != self._parent

    def _end(self, settings: Settings) -> None:
        settings.path("demo.json").unlink(missing_ok=True)
        if self._authority_page is not None:
            self._authority_page.close()
        if self._honcho is None or self._honcho.poll() is not None:
            return
        print("\nStopping …", flush=True)
        self._honcho.terminate()
        try:
            self._honcho.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            # Its supervisors see that this runner ends and stop by themselves.
            self._honcho.kill()


def public_url(settings: Settings, addresses: list[str]) -> str:
    """Where to go: this machine's network address when it serves the network, else the loopback address."""
    host = "127.0.0.1"
    if settings.https and addresses and settings.host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
        host = addresses[0]
    elif settings.host not in ("0.0.0.0", "::"):  # noqa: S104
        host = settings.host
    return f"{'https' if settings.https else 'http'}://{bracketed(host)}:{settings.ports['HTTP_PORT']}"


def bracketed(host: str) -> str:
    """A host as it stands in a URL: IPv6 in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


# honcho's own lines about what it started and stopped; the supervisors say what matters.
_OF_HONCHO = re.compile(r"^\S+ system\s+\| ")


def copy_output(output: IO[str]) -> None:
    """Pass on what the supervisors print."""
    for line in output:
        if not _OF_HONCHO.match(line):
            print(line, end="", flush=True)


def announce(settings: Settings, document: demo.Json, addresses: list[str], took_s: float) -> None:
    """Print where to go and with which words to get in."""
    url, meeting = document["url"], document["meeting"]
    lines = ["", f"Sipulung is ready ({took_s:.1f} s).", "", f"  Address         {url}"]
    lines += [
        f"  Demo meeting    ID {demo.spaced(meeting['id'])}, password {meeting['password']}",
        f"  Invitation      {demo.invitation(url, meeting)}",
        f"  Hosts sign in   {url}/host",
    ]
    for tenant in document["tenants"]:
        lines += ["", f"  {tenant['name']}"]
        lines += [f"    {one['user']:<22} {one['password']}   {one['role']}" for one in tenant["accounts"]]
    if settings.https:
        page = f"http://{bracketed(addresses[0] if addresses else '127.0.0.1')}:{settings.ports['CA_PORT']}"
        lines += [
            "",
            f"  A phone on this network: open {page} on it, download the certificate, install it as a CA certificate",
            "  (Android: Settings > Security > Encryption & credentials > Install a certificate > CA certificate;",
            "  iPhone: Settings > General > VPN & Device Management, then About > Certificate Trust Settings),",
            f"  then open {url}. The certificate itself: {page}{CERTIFICATE_PATH}",
        ]
    lines += [
        "",
        f"  Logs: {settings.path('logs')}   The same as JSON: {settings.path('demo.json')}",
        "  Ctrl-C ends it.",
        "",
    ]
    print("\n".join(lines), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a whole installation on this machine.")
    parser.add_argument("--state", type=Path, default=ROOT / "run", help="the folder for everything it keeps (run/)")
    parser.add_argument("--free-ports", action="store_true", help="choose free ports, kept in STATE/ports.json")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the process that started this ends")
    parser.add_argument("--procfile", type=Path, default=ROOT / "Procfile", help="what to start (Procfile)")
    arguments = parser.parse_args()
    os.umask(0o077)
    options = Options(arguments.state, arguments.free_ports, arguments.end_with_parent, arguments.procfile)
    return Runner(options).run()


if __name__ == "__main__":
    sys.exit(main())
