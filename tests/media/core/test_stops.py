"""What hosts turned off, until the client has heard of it."""

from services.media.core.stops import Stops


def test_a_stop_holds_until_it_was_heard() -> None:
    stops = Stops()
    stops.stop(["microphone"])
    stops.heard(0)
    assert (stops.number, stops.sources) == (1, frozenset({"microphone"}))
    stops.stop(["camera"])
    stops.heard(1)
    assert stops.sources == {"microphone", "camera"}
    stops.heard(2)
    assert (stops.number, stops.sources) == (2, frozenset())


def test_numbers_go_on_where_another_node_left_them() -> None:
    stops = Stops()
    stops.heard(7)
    stops.stop(["screen"])
    assert stops.number == 8
    stops.heard(7)
    assert stops.sources == {"screen"}


def test_nothing_is_held_for_a_client_that_knows_no_stops() -> None:
    stops = Stops()
    stops.stop(["microphone"])
    stops.heard(None)
    assert stops.sources == frozenset()
