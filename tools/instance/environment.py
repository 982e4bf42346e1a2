"""The environment of the processes in the Procfile."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from tools.instance.certificate import Certificate
from tools.instance.secrets import Secrets
from tools.instance.settings import ROOT, Settings
from tools.instance.stores import nats_server, valkey_server


def process_environment(
    outer: Mapping[str, str], settings: Settings, secrets: Secrets, certificate: Certificate | None
) -> dict[str, str]:
    """What honcho passes on: the runner's own environment, the Procfile's variables, and those of the services.

    A SIPULUNG_ variable that is set already wins over the default here, except where the installation would not
    hold together.
    """
    ports = settings.ports
    defaults = {
        "SIPULUNG_LOG_LEVEL": "info",
        "SIPULUNG_OTLP_ENDPOINT": "",
        "SIPULUNG_CREATE_KEYS": "1",
        "SIPULUNG_MEDIA_ADVERTISE": "auto",
        "MEDIA_HOST": "0.0.0.0",  # noqa: S104 (browsers know this machine by its network addresses)
    }
    fixed = {
        "STATE": str(settings.state),
        "PYTHON": sys.executable,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}",
        "PYTHONUNBUFFERED": "1",
        "NATS_SERVER": str(nats_server()),
        "VALKEY_SERVER": str(valkey_server()),
        "SIPULUNG_NATS_URL": f"nats://{secrets.nats_token}@127.0.0.1:{ports['NATS_PORT']}",
        "SIPULUNG_REDIS_URL": f"redis://:{secrets.valkey_password}@127.0.0.1:{ports['VALKEY_PORT']}/0",
        "SIPULUNG_SERVICE_KEY_FILE": str(secrets.service_key_file),
        "SIPULUNG_SIGNING_KEYS_DIR": str(secrets.signing_keys),
        "SIPULUNG_AUTH_ADDRESS": f"127.0.0.1:{ports['AUTH_PORT']}",
        "SIPULUNG_ROSTER_ADDRESS": f"127.0.0.1:{ports['ROSTER_PORT']}",
        "SIPULUNG_HTTP_LISTEN": f"{settings.host}:{ports['HTTP_PORT']}",
        "SIPULUNG_WEB_ROOT": str(settings.web_root),
        "SIPULUNG_TLS_CERT_FILE": str(certificate.chain) if certificate else "",
        "SIPULUNG_TLS_KEY_FILE": str(certificate.key) if certificate else "",
    }
    return {**defaults, **outer, **fixed, **{name: str(number) for name, number in ports.items()}}
