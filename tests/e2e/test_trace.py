"""The trace of a real browser's join, from the click on Lanjut to the first picture of somebody else."""

from __future__ import annotations

import re

from playwright.sync_api import Playwright, Request

from tests.e2e.conftest import Devices
from tests.e2e.fake_media import RED
from tests.e2e.person import Person
from tests.support.collector import Collector
from tests.support.instance import Instance
from tests.support.join_trace import TREE, UNKNOWN, complete, tree_of


def test_a_join_is_one_trace(
    playwright: Playwright, devices: dict[str, Devices], instance: Instance, collector: Collector
) -> None:
    def person(name: str, kind: str) -> Person:
        return Person.at(playwright, name, camera=devices[kind].camera, microphone=devices[kind].microphone)

    meeting = instance.demo["meeting"]
    there, comes = person("Siti Merah", "red"), person("Budi Biru", "blue")
    parents: list[str] = []

    def keep(request: Request) -> None:
        if request.url.endswith("/api/v1/join"):
            parents.append(request.headers["traceparent"])

    try:
        there.join(instance.url, meeting["id"], meeting["password"])
        comes.page.on("request", keep)
        comes.join(instance.url, meeting["id"], meeting["password"])
        comes.sees_colour(there.name, RED)
        (parent,) = parents
        match = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-01", parent)
        assert match, parent
        spans = collector.wait_for(match[1], complete)
    finally:
        comes.close()
        there.close()

    tree = tree_of(spans)
    for key, expected in TREE.items():
        assert tree[key][: len(expected)] == expected, key
    assert not [key for key, above in tree.items() if UNKNOWN in above]
    (root,) = [span for span in spans if not span.parent_id]
    assert (root.name, root.span_id) == ("browser.join", match[2])
    steps = ("token", "socket", "answer", "ice", "dtls", "entered", "first_frame")
    assert [step for step in steps if not root.attributes.get(f"join.{step}_ms")] == []
    # From the first byte of the browser to its first picture, everybody's work lies within its time (clocks of one
    # machine; a millisecond for rounding).
    for span in spans:
        if span.name not in ("browser.join", "signaling.timings"):
            assert span.started_ns >= root.started_ns - 1_000_000, span
