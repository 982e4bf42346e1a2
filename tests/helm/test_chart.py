"""The chart as a whole: it lints, its objects are valid, wrong values are refused."""

from __future__ import annotations

from typing import Any

import helm_python
import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from tests.helm.rendered import CHART, VALUES, Object, notes, render

OLDEST, NEWEST = "1.30", "1.36"


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES.keys())
def test_lints_without_a_finding(values: Object) -> None:
    report = helm_python.lint(CHART, values, strict=True, namespace="daerah")

    assert report["messages"] == []
    assert not report["errors"]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES.keys())
def test_every_object_is_valid(values: Object, version: str) -> None:
    objects = render(values)

    assert objects
    for one in objects:
        # The Prometheus operator's kind; test_objects.py compares it as a whole.
        if one["apiVersion"] != "monitoring.coreos.com/v1":
            kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES.keys())
def test_names_are_unique_and_labels_tell_whose_they_are(values: Object) -> None:
    objects = render(values)
    names = [(one["kind"], one["metadata"]["name"]) for one in objects]

    assert len(names) == len(set(names))
    for one in objects:
        assert one["metadata"]["labels"]["app.kubernetes.io/instance"] == "rapat"
        assert len(one["metadata"]["name"]) <= 63


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES.keys())
def test_every_pod_is_confined(values: Object) -> None:
    pods = [one["spec"]["template"]["spec"] for one in render(values) if one["kind"] in ("Deployment", "StatefulSet")]

    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert "hostNetwork" not in pod
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()
            assert container["resources"]["requests"]
            assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES.keys())
def test_every_reference_to_an_own_object_exists(values: Object) -> None:
    objects = render(values)
    secrets = {one["metadata"]["name"] for one in objects if one["kind"] == "Secret"}
    accounts = {one["metadata"]["name"] for one in objects if one["kind"] == "ServiceAccount"}
    given = {"my-valkey", "rapat-tls", "my-service-key", "my-signing-keys"}

    for one in objects:
        if one["kind"] not in ("Deployment", "StatefulSet"):
            continue
        pod = one["spec"]["template"]["spec"]
        used = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
        for container in pod["containers"]:
            for entry in container.get("env", []):
                reference = entry.get("valueFrom", {}).get("secretKeyRef")
                if reference:
                    used.add(reference["name"])
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            claims = {claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", [])}
            assert mounted == {volume["name"] for volume in pod["volumes"]} | claims
        assert used <= secrets | given
        assert pod.get("serviceAccountName", "") in accounts | {""}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"media": {"prot": 7001}}, "'prot' not allowed"),
        ({"media": {"port": 80}}, "/media/port"),
        ({"auth": {"replicas": "two"}}, "/auth/replicas"),
        ({"roster": {"meetingCapacity": 0}}, "/roster/meetingCapacity"),
        ({"roster": {"attendanceDays": 0}}, "/roster/attendanceDays"),
        ({"roster": {"auditDays": 29}}, "/roster/auditDays"),
        ({"roster": {"reportMemoryMiB": 64}}, "/roster/reportMemoryMiB"),
        ({"auth": {"refreshTokenSeconds": 10}}, "/auth/refreshTokenSeconds"),
        ({"timeZone": "Waktu Indonesia Tengah"}, "/timeZone"),
        ({"logLevel": "loud"}, "/logLevel"),
        ({"nats": {"url": "http://nats:4222"}}, "/nats/url"),
        ({"nats": {"replicas": 2}}, "/nats/replicas"),
        ({"valkey": {"storage": {"size": "5 GB"}}}, "/valkey/storage/size"),
        ({"signaling": {"trustedProxies": ["10.0.0.1"]}}, "/signaling/trustedProxies/0"),
        ({"signaling": {"ingress": {"enabled": True}}}, "/signaling/ingress/host"),
        ({"environment": {"sipulung-x": "1"}}, "sipulung-x"),
        ({"telemetry": {"otlpEndpoint": "collector"}}, "/telemetry/otlpEndpoint"),
    ],
)
def test_wrong_values_are_refused_by_name(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(helm_python.HelmError) as refused:
        render(values)

    assert complaint in str(refused.value)


def test_notes_warn_of_plain_http_only_then() -> None:
    assert "HTTPS pages only" in notes()
    assert "HTTPS pages only" not in notes(VALUES["own TLS"])
    assert "https://rapat.example.go.id" in notes(VALUES["everything"])
