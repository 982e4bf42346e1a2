"""A host with two participants and four in the lobby does everything that hosts do, on a PC and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Playwright

from tests.e2e.conftest import Devices
from tests.e2e.host_acts import attention, audit, leaving, lobby, media, polls
from tests.e2e.host_acts.room import gathered
from tests.support.instance import Instance


@pytest.mark.parametrize("layout", ["pc", "phone"])
def test_a_host_is_in_charge(
    playwright: Playwright, devices: dict[str, Devices], instance: Instance, layout: str
) -> None:
    with gathered(playwright, devices, instance, layout) as room:
        lobby.one_some_and_all(room)
        media.muted_and_free_to_unmute(room)
        media.all_muted_and_not_free_any_more(room)
        media.a_camera_is_stopped(room)
        media.a_share_is_stopped_and_only_hosts_may(room)
        attention.somebody_is_spotlit(room)
        attention.hands_in_order(room)
        attention.a_reaction_is_seen(room)
        attention.people_are_found_by_name(room)
        polls.asked_voted_and_closed(room)
        attention.chat_to_hosts_only(room)
        leaving.a_co_host_has_the_controls(room)
        leaving.locked_and_removed(room)
        leaving.ended_for_all(room)
        audit.has_every_act(room)
