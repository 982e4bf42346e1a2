"""Addresses through the Kubernetes API: the host port of this pod on its node's external or internal address.

A list in SIPULUNG_MEDIA_ADVERTISE wins over the API's addresses; those of it without a port get the host port.
Needs `get` on pods and nodes, and `patch` on pods. Without the right to read nodes the pod's host IP is taken.
"""

import asyncio
import logging
from typing import Any, Final

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from services.common.config import ConfigError
from services.media.addresses.environment import parse_advertised

_TIMEOUT_S: Final = 5
_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
_log = logging.getLogger(__name__)


class KubernetesAddresses:
    """`advertise` is "auto" or the list; `api` of None is the cluster that this pod runs in."""

    def __init__(self, namespace: str, pod: str, advertise: str = "auto", api: client.CoreV1Api | None = None) -> None:
        if api is None:
            try:
                config.load_incluster_config()  # type: ignore[no-untyped-call]
            except config.ConfigException as error:
                raise ConfigError(
                    f"SIPULUNG_ADDRESS_SOURCE is 'kubernetes': allowed is that in a pod only ({error})"
                ) from None
            api = client.CoreV1Api()
        self._namespace, self._pod, self._advertise, self._api = namespace, pod, advertise, api
        self._told = -1
        self._failed = False
        self._telling: asyncio.Task[None] | None = None

    async def addresses(self, port: int) -> tuple[tuple[str, int], ...]:
        if self._advertise != "auto":
            # What is wrong with the list is said before the API is asked.
            parse_advertised(self._advertise, port)
        try:
            return await asyncio.to_thread(self._find, port)
        except (ApiException, HTTPError) as error:
            raise ConfigError(
                f"SIPULUNG_ADDRESS_SOURCE is 'kubernetes': pod {self._namespace}/{self._pod} cannot be read ({error})"
            ) from None

    def deletion_cost(self, sessions: int) -> None:
        if sessions != self._told and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(asyncio.to_thread(self._patch, sessions))

    def _find(self, port: int) -> tuple[tuple[str, int], ...]:
        # Typed as all optional; a running pod has every part that is read here.
        pod: Any = self._api.read_namespaced_pod(self._pod, self._namespace, _request_timeout=_TIMEOUT_S)
        host_port = next(
            (
                declared.host_port
                for container in pod.spec.containers
                for declared in container.ports or []
                if declared.container_port == port and declared.host_port
            ),
            None,
        )
        if self._advertise != "auto":
            return parse_advertised(self._advertise, host_port or port)
        if host_port is None:
            # Without a host port the pod is reached directly (a routed pod network, or host network).
            return ((pod.status.pod_ip, port),)
        external = self._external(pod.spec.node_name)
        return tuple((ip, host_port) for ip in dict.fromkeys([*external, pod.status.host_ip]))

    def _external(self, node_name: str) -> list[str]:
        try:
            node: Any = self._api.read_node(node_name, _request_timeout=_TIMEOUT_S)
        except ApiException as error:
            if error.status != 403:
                raise
            _log.info("nodes may not be read: the host's internal address is taken")
            return []
        return [address.address for address in node.status.addresses or [] if address.type == "ExternalIP"]

    def _patch(self, sessions: int) -> None:
        body = {"metadata": {"annotations": {_COST: str(sessions)}}}
        try:
            self._api.patch_namespaced_pod(self._pod, self._namespace, body, _request_timeout=_TIMEOUT_S)
            self._told, self._failed = sessions, False
        except (ApiException, HTTPError) as error:
            # Tried again each second: one line for each trouble, not for each try.
            if not self._failed:
                _log.warning("the deletion cost was not stored", extra={"error": repr(error)})
            self._failed = True
