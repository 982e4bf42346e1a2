"""What is sent follows what is watched: the top layer for a large tile, and nothing when nobody looks."""

from playwright.sync_api import Playwright

from tests.e2e.person import Person, wait_for
from tests.support.instance import Instance

_HEIGHT = "(tile) => tile.querySelector('video')?.videoHeight ?? 0"


def test_a_large_tile_gets_the_top_layer_and_an_unwatched_camera_sends_nothing(
    playwright: Playwright, instance: Instance
) -> None:
    meeting = instance.new_meeting("Rapat berdua")
    # Without a file the fake camera has 720 lines, which a device of two cores would not ask of it.
    publisher, viewer = (Person.at(playwright, name) for name in ("Ani", "Budi"))
    try:
        publisher.context.add_init_script("Object.defineProperty(navigator, 'hardwareConcurrency', {value: 8})")
        viewer.page.set_viewport_size({"width": 1920, "height": 1080})
        for each in (publisher, viewer):
            each.join(instance.url, meeting["id"], meeting["password"])
        wait_for(
            "a picture of 720 lines", lambda: viewer.tile(publisher.name).first.evaluate(_HEIGHT) == 720, seconds=60
        )

        viewer.leave()

        def stopped() -> bool:
            before = publisher.sent_packets("video")
            publisher.page.wait_for_timeout(1500)
            return publisher.sent_packets("video") == before

        wait_for("the camera of somebody who is alone stops sending", stopped, seconds=60)
        assert publisher.sent_packets("video") > 0
    finally:
        publisher.close()
        viewer.close()
