"""Whole objects, as a cluster gets them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.signaling.reports_api import LARGEST_REPORT
from tests.helm.rendered import VALUES, environment, find, render


def selector(component: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "sipulung",
        "app.kubernetes.io/instance": "rapat",
        "app.kubernetes.io/component": component,
    }


def labels(component: str) -> dict[str, str]:
    return {
        **selector(component),
        "app.kubernetes.io/version": "0.1.0",
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/part-of": "sipulung",
        "helm.sh/chart": "sipulung-0.1.0",
    }


def metadata(component: str) -> dict[str, Any]:
    return {"name": f"rapat-sipulung-{component}", "namespace": "daerah", "labels": labels(component)}


def field(path: str) -> dict[str, Any]:
    return {"valueFrom": {"fieldRef": {"fieldPath": path}}}


def stores(key: str) -> dict[str, Any]:
    return {"valueFrom": {"secretKeyRef": {"name": "rapat-sipulung-stores", "key": key}}}


def probe(path: str, **more: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "admin"}, **more}


def test_a_service_is_deployed_whole() -> None:
    assert find(render(), "Deployment", "rapat-sipulung-roster") == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata("roster"),
        "spec": {
            "replicas": 2,
            "revisionHistoryLimit": 3,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "selector": {"matchLabels": selector("roster")},
            "template": {
                "metadata": {"labels": labels("roster")},
                "spec": {
                    "serviceAccountName": "rapat-sipulung-roster",
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    "terminationGracePeriodSeconds": 30,
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": 10001,
                        "runAsGroup": 10001,
                        "fsGroup": 10001,
                        "fsGroupChangePolicy": "OnRootMismatch",
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "topologySpreadConstraints": [
                        {
                            "maxSkew": 1,
                            "topologyKey": "kubernetes.io/hostname",
                            "whenUnsatisfiable": "ScheduleAnyway",
                            "labelSelector": {"matchLabels": selector("roster")},
                            "matchLabelKeys": ["pod-template-hash"],
                        }
                    ],
                    "containers": [
                        {
                            "name": "roster",
                            "image": "registry.example/sipulung/roster:0.1.0",
                            "imagePullPolicy": "IfNotPresent",
                            "env": [
                                {"name": "POD_NAME", **field("metadata.name")},
                                {"name": "POD_NAMESPACE", **field("metadata.namespace")},
                                {"name": "POD_IP", **field("status.podIP")},
                                {"name": "NODE_NAME", **field("spec.nodeName")},
                                {"name": "SIPULUNG_GRPC_LISTEN", "value": "0.0.0.0:7100"},
                                {"name": "SIPULUNG_ADMIN_LISTEN", "value": "0.0.0.0:7200"},
                                {"name": "SIPULUNG_NATS_URL", **stores("nats-url")},
                                {"name": "SIPULUNG_REDIS_URL", **stores("redis-url")},
                                {"name": "SIPULUNG_SERVICE_KEY_FILE", "value": "/etc/sipulung/service/service.key"},
                                {"name": "SIPULUNG_AUTH_ADDRESS", "value": "rapat-sipulung-auth:7100"},
                                {"name": "SIPULUNG_ROSTER_ADDRESS", "value": "rapat-sipulung-roster:7100"},
                                {"name": "SIPULUNG_OTLP_ENDPOINT", "value": ""},
                                {"name": "SIPULUNG_LOG_LEVEL", "value": "info"},
                                {"name": "SIPULUNG_MEETING_CAPACITY", "value": "100"},
                                {"name": "SIPULUNG_GRACE_SECONDS", "value": "30"},
                                {"name": "SIPULUNG_HOST_LOST_SECONDS", "value": "120"},
                                {"name": "SIPULUNG_STREAM_REPLICAS", "value": "3"},
                                {"name": "SIPULUNG_ATTENDANCE_DAYS", "value": "730"},
                                {"name": "SIPULUNG_AUDIT_DAYS", "value": "730"},
                                {"name": "SIPULUNG_REPORT_MEMORY_MIB", "value": "768"},
                                {"name": "SIPULUNG_TIME_ZONE", "value": "Asia/Makassar"},
                            ],
                            "ports": [
                                {"name": "grpc", "containerPort": 7100},
                                {"name": "admin", "containerPort": 7200},
                            ],
                            "startupProbe": probe("/livez", periodSeconds=1, failureThreshold=60),
                            "livenessProbe": probe("/livez", periodSeconds=10, timeoutSeconds=5, failureThreshold=3),
                            "readinessProbe": probe("/readyz", periodSeconds=3, timeoutSeconds=3, failureThreshold=2),
                            "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
                            "resources": {
                                "requests": {"cpu": "100m", "memory": "256Mi"},
                                "limits": {"memory": "1536Mi"},
                            },
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "readOnlyRootFilesystem": True,
                                "capabilities": {"drop": ["ALL"]},
                            },
                            "volumeMounts": [
                                {"name": "service-key", "mountPath": "/etc/sipulung/service", "readOnly": True},
                                {"name": "tmp", "mountPath": "/tmp"},
                            ],
                        }
                    ],
                    "volumes": [
                        {
                            "name": "service-key",
                            "secret": {"secretName": "rapat-sipulung-service-key", "defaultMode": 0o440},
                        },
                        {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
                    ],
                },
            },
        },
    }


def test_media_gets_one_port_for_udp_and_tcp_and_its_own_names() -> None:
    deployment = find(render(), "Deployment", "rapat-sipulung-media")
    pod = deployment["spec"]["template"]["spec"]

    assert pod["automountServiceAccountToken"] is True
    assert pod["containers"][0]["ports"][2:] == [
        {"name": "media-udp", "containerPort": 7001, "hostPort": 7001, "protocol": "UDP"},
        {"name": "media-tcp", "containerPort": 7001, "hostPort": 7001, "protocol": "TCP"},
    ]
    variables = environment(deployment)
    assert variables["SIPULUNG_NODE_ID"] == "$(POD_NAME)"
    assert variables["SIPULUNG_GRPC_ADVERTISE"] == "$(POD_IP):7100"
    assert variables["SIPULUNG_MEDIA_ADVERTISE"] == "auto"
    assert variables["SIPULUNG_ADDRESS_SOURCE"] == "kubernetes"
    # Of the grace time, 5 s are for the preStop sleep and 15 s for closing what is left.
    assert variables["SIPULUNG_DRAIN_SECONDS"] == "100"


def test_media_may_read_nodes_only_to_learn_its_address() -> None:
    objects = render()

    assert find(objects, "Role", "rapat-sipulung-media")["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "patch"]}
    ]
    assert find(objects, "ClusterRole", "daerah-rapat-sipulung-media")["rules"] == [
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}
    ]
    given = render(VALUES["own TLS"])
    assert not [one for one in given if "Role" in one["kind"]]
    deployment = find(given, "Deployment", "rapat-sipulung-media")
    assert deployment["spec"]["template"]["spec"]["automountServiceAccountToken"] is False
    assert environment(deployment)["SIPULUNG_ADDRESS_SOURCE"] == "environment"
    assert environment(deployment)["SIPULUNG_MEDIA_ADVERTISE"] == "203.0.113.7,[2001:db8::7]:7001"


def test_ingress_autoscaler_monitor_and_disruption_budget() -> None:
    objects = render(VALUES["everything"])

    assert find(objects, "Ingress", "rapat-sipulung-signaling") == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            **metadata("signaling"),
            "annotations": {
                "nginx.ingress.kubernetes.io/proxy-read-timeout": "7200",
                "nginx.ingress.kubernetes.io/proxy-body-size": "32m",
            },
        },
        "spec": {
            "ingressClassName": "nginx",
            "tls": [{"hosts": ["rapat.example.go.id"], "secretName": "rapat-tls"}],
            "rules": [
                {
                    "host": "rapat.example.go.id",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "rapat-sipulung-signaling", "port": {"name": "http"}}},
                            }
                        ]
                    },
                }
            ],
        },
    }
    autoscaler = find(objects, "HorizontalPodAutoscaler", "rapat-sipulung-signaling")["spec"]
    assert (autoscaler["minReplicas"], autoscaler["maxReplicas"]) == (3, 10)
    assert "replicas" not in find(objects, "Deployment", "rapat-sipulung-signaling")["spec"]
    assert find(objects, "PodMonitor", "rapat-sipulung")["spec"] == {
        "selector": {"matchLabels": {"app.kubernetes.io/instance": "rapat", "app.kubernetes.io/part-of": "sipulung"}},
        "podMetricsEndpoints": [{"port": "admin", "path": "/metrics", "interval": "30s"}],
    }
    assert find(objects, "PodDisruptionBudget", "rapat-sipulung-media") == {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata("media"),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": selector("media")}},
    }


def test_given_stores_are_not_installed() -> None:
    objects = render(VALUES["given stores"])

    assert not [one for one in objects if one["kind"] in ("StatefulSet", "PersistentVolumeClaim")]
    assert not [one for one in objects if one["metadata"]["name"].endswith("-stores")]
    variables = environment(find(objects, "Deployment", "rapat-sipulung-auth"))
    assert variables["SIPULUNG_NATS_URL"] == "nats://nats.example:4222"
    assert variables["SIPULUNG_REDIS_URL"] == {"secretKeyRef": {"name": "my-valkey", "key": "url"}}


def test_settings_of_attendance_and_time_reach_their_services() -> None:
    objects = render(
        {
            "timeZone": "Asia/Jayapura",
            "roster": {"attendanceDays": 365, "auditDays": 400},
            "auth": {"refreshTokenSeconds": 2_592_000},
        }
    )

    roster = environment(find(objects, "Deployment", "rapat-sipulung-roster"))
    assert (roster["SIPULUNG_ATTENDANCE_DAYS"], roster["SIPULUNG_AUDIT_DAYS"]) == ("365", "400")
    assert roster["SIPULUNG_TIME_ZONE"] == "Asia/Jayapura"
    signaling = environment(find(objects, "Deployment", "rapat-sipulung-signaling"))
    assert signaling["SIPULUNG_TIME_ZONE"] == "Asia/Jayapura"
    auth = environment(find(objects, "Deployment", "rapat-sipulung-auth"))
    assert auth["SIPULUNG_REFRESH_TOKEN_SECONDS"] == "2592000"


def test_roster_has_room_beside_the_process_that_makes_reports() -> None:
    """The two share a pod, and who passes its limit takes both down."""
    deployment = find(render(), "Deployment", "rapat-sipulung-roster")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))
    assert limit - int(environment(deployment)["SIPULUNG_REPORT_MEMORY_MIB"]) >= 768


def test_the_ingress_takes_a_report_that_is_to_be_verified() -> None:
    annotations = find(render(VALUES["everything"]), "Ingress", "rapat-sipulung-signaling")["metadata"]["annotations"]

    # nginx counts in MiB.
    size = annotations["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert int(size.removesuffix("m")) * 1024**2 == LARGEST_REPORT


def test_an_environment_that_is_given_takes_the_place_of_the_charts() -> None:
    given = {"SIPULUNG_TIME_ZONE": "Asia/Jakarta", "SIPULUNG_LOG_LEVEL": "debug"}
    values = {"environment": given, "roster": {"environment": {"SIPULUNG_ATTENDANCE_DAYS": "90"}}}
    objects = render(values)

    # `environment` fails where a name stands twice, as the API server does.
    roster = environment(find(objects, "Deployment", "rapat-sipulung-roster"))
    assert {**given, "SIPULUNG_ATTENDANCE_DAYS": "90"}.items() <= roster.items()
    assert given.items() <= environment(find(objects, "Deployment", "rapat-sipulung-media")).items()


def test_own_environment_goes_before_the_common_one() -> None:
    values = {
        "environment": {"SIPULUNG_X": "all", "SIPULUNG_Y": "all"},
        "auth": {"environment": {"SIPULUNG_X": "auth"}},
    }
    objects = render(values)

    auth = environment(find(objects, "Deployment", "rapat-sipulung-auth"))
    roster = environment(find(objects, "Deployment", "rapat-sipulung-roster"))
    assert (auth["SIPULUNG_X"], auth["SIPULUNG_Y"]) == ("auth", "all")
    assert roster["SIPULUNG_X"] == "all"


def test_secrets_are_strong_and_stay() -> None:
    objects = render()
    signing = find(objects, "Secret", "rapat-sipulung-signing-keys")
    ((name, pem),) = signing["data"].items()
    key = load_pem_private_key(base64.b64decode(pem), password=None)

    assert name.endswith(".pem")
    assert isinstance(key, Ed25519PrivateKey)
    service_key = find(objects, "Secret", "rapat-sipulung-service-key")["data"]["service.key"]
    assert len(base64.b64decode(service_key)) >= 32
    for one in objects:
        if one["kind"] == "Secret":
            assert one["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    kinds = [one["metadata"]["name"] for one in render(VALUES["everything"]) if one["kind"] == "Secret"]
    assert kinds == ["rapat-sipulung-stores"]


@pytest.mark.parametrize(
    ("component", "ports"),
    [
        ("auth", {7100, 7200}),
        ("roster", {7100, 7200}),
        ("signaling", {7100, 7200, 8080}),
        ("media", {7100, 7200, 7001}),
        ("nats", {4222, 6222}),
        ("valkey", {6379}),
    ],
)
def test_network_policies_open_what_is_needed(component: str, ports: set[int]) -> None:
    objects = render(VALUES["everything"])
    policy = find(objects, "NetworkPolicy", f"rapat-sipulung-{component}")

    opened = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
    to_all = {port["port"] for rule in policy["spec"]["ingress"] if "from" not in rule for port in rule["ports"]}
    assert opened == ports
    assert to_all == opened & {8080, 7001}
    # Each service calls each: signaling asks roster and auth, roster asks auth, and all need the stores.
    callers = policy["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"].items()
    pods = [one for one in objects if one["kind"] in ("Deployment", "StatefulSet")]
    assert {one["metadata"]["name"].rpartition("-")[2] for one in pods} == {
        "auth",
        "roster",
        "signaling",
        "media",
        "nats",
        "valkey",
    }
    for pod in pods:
        assert callers <= pod["spec"]["template"]["metadata"]["labels"].items()
