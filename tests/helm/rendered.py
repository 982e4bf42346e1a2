"""The chart, rendered by Helm's own engine."""

from __future__ import annotations

from typing import Any

import helm_python
import yaml

from tools.instance.settings import ROOT

CHART = ROOT / "helm" / "sipulung"
Object = dict[str, Any]

# The sets of values that every general check runs over.
VALUES: dict[str, Object] = {
    "default": {},
    "given stores": {
        "nats": {"url": "nats://nats.example:4222", "streamReplicas": 1},
        "valkey": {"urlSecret": {"name": "my-valkey"}},
    },
    "own TLS": {
        "signaling": {
            "tls": {"secretName": "rapat-tls"},
            "service": {"type": "LoadBalancer", "port": 443},
            "trustedProxies": ["10.0.0.0/8", "fd00::/8"],
        },
        "media": {"advertise": ["203.0.113.7", "[2001:db8::7]:7001"]},
    },
    "everything": {
        "imagePullSecrets": ["registry"],
        "environment": {"SIPULUNG_PREVIEW_SECONDS": "60"},
        "secrets": {"serviceKey": "my-service-key", "signingKeys": "my-signing-keys"},
        "auth": {"podAnnotations": {"a": "b"}, "nodeSelector": {"disk": "fast"}},
        "signaling": {
            "autoscaling": {"enabled": True, "minReplicas": 3},
            "ingress": {
                "enabled": True,
                "className": "nginx",
                "host": "rapat.example.go.id",
                "tlsSecretName": "rapat-tls",
                "annotations": {"nginx.ingress.kubernetes.io/proxy-read-timeout": "7200"},
            },
        },
        "media": {
            "tolerations": [{"key": "media", "operator": "Exists"}],
            "rollout": {"maxSurge": "25%", "maxUnavailable": 0},
        },
        "nats": {"replicas": 1, "streamReplicas": 1, "storage": {"className": "local"}},
        "telemetry": {"otlpEndpoint": "http://collector:4317", "podMonitor": {"enabled": True}},
        "networkPolicy": {"enabled": True, "monitoringNamespaceLabels": {"team": "monitoring"}},
    },
}


def render(values: Object | None = None) -> list[Object]:
    """All objects of a release named rapat in the namespace daerah."""
    with helm_python.Chart.load(CHART) as chart:
        files = chart.render(values, name="rapat", namespace="daerah")
    manifests = (text for name, text in sorted(files.items()) if name.endswith(".yaml"))
    return [one for text in manifests for one in yaml.safe_load_all(text) if one is not None]


def notes(values: Object | None = None) -> str:
    """What Helm prints after an installation."""
    with helm_python.Chart.load(CHART) as chart:
        return chart.render(values, name="rapat", namespace="daerah")["sipulung/templates/NOTES.txt"]


def find(objects: list[Object], kind: str, name: str) -> Object:
    """The one object of that kind and name."""
    (found,) = [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]
    return found


def environment(deployment: Object) -> dict[str, Any]:
    """A deployment's environment: name → value, or the whole `valueFrom`."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    entries = container["env"]
    names = [entry["name"] for entry in entries]
    assert len(names) == len(set(names)), "a variable is set twice"
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}
