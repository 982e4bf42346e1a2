"""Faces, pairs, allocation, capacity, demand and the states of a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.media.core.allocation import AUDIO_RATE, Limitation, Priority, Wish, allocate, nominal_rate, wanted_layer
from services.media.core.capacity import Capacity
from services.media.core.demand import LOWER_AFTER_MS, Demand
from services.media.core.faces import Tile, fill_faces
from services.media.core.pairing import settle_pairs
from services.media.core.session_state import Happening, ImpossibleTransition, State, lifetime_ms, step

TILES = [Tile(1, 180), Tile(2, 180), Tile(3, 180)]
PEOPLE = ["ana", "budi", "citra", "dewi", "eka"]


def test_cameras_fill_slots_in_the_order_they_came() -> None:
    assert fill_faces(TILES, {}, [], PEOPLE, PEOPLE, "ana") == {1: "budi", 2: "citra", 3: "dewi"}


def test_a_speaker_takes_the_place_of_the_last_and_nobody_else_moves() -> None:
    held = {1: "budi", 2: "citra", 3: "dewi"}
    assert fill_faces(TILES, held, ["eka"], PEOPLE, PEOPLE, "ana") == {1: "budi", 2: "citra", 3: "eka"}
    assert fill_faces(TILES, held, ["citra"], PEOPLE, PEOPLE, "ana") == held


def test_pinned_and_hidden_tiles() -> None:
    tiles = [Tile(1, 180, "dewi"), Tile(2, 180, "fajar"), Tile(3, 0), Tile(4, 180), Tile(5, 180, "ana")]
    assert fill_faces(tiles, {4: "dewi"}, [], PEOPLE, PEOPLE, "ana") == {1: "dewi", 4: "budi"}


@given(st.lists(st.sampled_from(PEOPLE), unique=True), st.dictionaries(st.integers(1, 3), st.sampled_from(PEOPLE)))
def test_nobody_is_shown_twice_and_never_oneself(speakers: list[str], held: dict[int, str]) -> None:
    filled = fill_faces(TILES, held, speakers, PEOPLE, PEOPLE, "ana")
    assert len(set(filled.values())) == len(filled) == 3
    assert "ana" not in filled.values()


def test_a_voice_moves_while_it_is_silent() -> None:
    assert settle_pairs({}, {1: 7}, set()) == {1: 7}
    assert settle_pairs({}, {1: 7}, {7}) == {}
    assert settle_pairs({1: 7}, {1: 8}, {7}) == {1: 7}
    assert settle_pairs({1: 7}, {1: 8}, set()) == {1: 8}
    assert settle_pairs({1: 7, 2: 8}, {2: 7}, {7}) == {1: 7}


FACE = Wish(1, Priority.FACE, 2, (150_000, 500_000, 1_700_000))
SPEAKER = Wish(2, Priority.SPEAKER, 2, (150_000, 500_000, 1_700_000))
SCREEN = Wish(0, Priority.SCREEN, 0, (400_000,), 0)


@pytest.mark.parametrize(
    ("available", "layers", "limitation"),
    [
        (0, {}, Limitation.AUDIO_ONLY),
        (AUDIO_RATE + 60_000, {0: 0}, Limitation.NO_FACES),
        (AUDIO_RATE + 400_000 + 180_000, {0: 0, 2: 0}, Limitation.REDUCED),
        (AUDIO_RATE + 400_000 + 800_000, {0: 0, 2: 1, 1: 0}, Limitation.REDUCED),
        (10_000_000, {0: 0, 2: 2, 1: 2}, Limitation.NONE),
    ],
)
def test_bandwidth_goes_to_the_screen_then_the_speaker(
    available: int, layers: dict[int, int], limitation: Limitation
) -> None:
    allocation = allocate(available, [FACE, SPEAKER, SCREEN])
    assert (allocation.layers, allocation.limitation) == (layers, limitation)


def test_what_flows_is_kept_where_it_would_not_be_begun() -> None:
    available = AUDIO_RATE + 500_000
    assert allocate(available, [FACE]).layers == {1: 0}
    assert allocate(available, [Wish(1, Priority.FACE, 2, FACE.rates, held=1)]).layers == {1: 1}
    assert allocate(available, []).limitation is Limitation.NONE
    assert allocate(AUDIO_RATE, [FACE]).limitation is Limitation.AUDIO_ONLY


@pytest.mark.parametrize(
    ("height", "layers", "layer"), [(90, 3, 0), (181, 3, 1), (720, 3, 2), (2160, 3, 2), (720, 1, 0)]
)
def test_the_smallest_layer_that_is_high_enough(height: int, layers: int, layer: int) -> None:
    assert wanted_layer(height, layers) == layer
    assert nominal_rate(9) == nominal_rate(2)


def test_a_connection_without_a_known_limit_is_tried_every_second() -> None:
    capacity = Capacity(1_000_000)
    assert not capacity.dare(1_000)
    assert capacity.dare(2_000)
    assert not capacity.dare(2_500)
    assert capacity.dare(3_000)
    assert (capacity.usable, capacity.limited) == (2_250_000, False)
    capacity.report(1_200_000, 0, 3_500)
    assert (capacity.usable, capacity.limited) == (2_250_000, False)
    capacity.report(2_500_000, 0, 4_000)
    assert (capacity.usable, capacity.daring, capacity.limited) == (2_500_000, 0, False)


def test_after_congestion_trials_wait_longer_each_time_one_fails() -> None:
    capacity = Capacity(1_000_000)
    capacity.report(200_000, 0, 1_000)
    assert capacity.limited
    assert not capacity.dare(4_999)
    assert capacity.dare(5_000)
    assert capacity.usable == 300_000
    # Nothing came of it: on with the next step.
    assert not capacity.dare(6_999)
    assert capacity.dare(7_000)
    assert capacity.usable == 450_000
    # That was too much.
    capacity.report(200_000, 100, 8_000)
    assert capacity.usable == 200_000
    assert not capacity.dare(15_999)
    assert capacity.dare(16_000)
    capacity.report(250_000, 0, 16_500)
    assert (capacity.usable, capacity.limited) == (300_000, True)
    capacity.report(900_000, 0, 17_000)
    assert (capacity.usable, capacity.daring, capacity.limited) == (900_000, 0, False)


def test_demand_rises_at_once_and_falls_later() -> None:
    demand = Demand()
    demand.change(0, 3)
    demand.change(0, 1)
    demand.change(0, 1)
    assert demand.decide(0)
    assert demand.asked == 3
    assert not demand.decide(1)
    demand.change(3, 0)
    assert not demand.decide(10)
    assert demand.pending
    assert not demand.decide(9 + LOWER_AFTER_MS)
    assert demand.decide(10 + LOWER_AFTER_MS)
    assert demand.asked == 1
    demand.change(1, 2)
    assert demand.decide(20)
    demand.change(2, 1)
    assert not demand.decide(30)
    demand.change(1, 2)
    assert not demand.decide(40)
    assert not demand.pending


def test_a_camera_that_is_about_to_be_watched_runs_low() -> None:
    demand = Demand()
    demand.warm = True
    assert demand.decide(0)
    assert demand.asked == 1
    demand.change(0, 3)
    assert demand.decide(1)
    assert demand.asked == 3
    demand.change(3, 0)
    demand.warm = False
    assert not demand.decide(2)
    assert demand.decide(2 + LOWER_AFTER_MS)
    assert demand.asked == 0


def test_the_life_of_a_session() -> None:
    state = State.OPENING
    for happening in (Happening.PAIR, Happening.SECURED, Happening.SILENCE, Happening.PAIR, Happening.END):
        state = step(state, happening)
    assert state is State.CLOSED
    with pytest.raises(ImpossibleTransition, match="PAIR in CLOSED"):
        step(State.CLOSED, Happening.PAIR)


def test_lifetimes() -> None:
    assert lifetime_ms(State.OPENING, True, 5) == 30_000
    assert lifetime_ms(State.SILENT, True, 5) == 60_000
    assert lifetime_ms(State.CONNECTED, False, 5) == 5
    assert lifetime_ms(State.CONNECTED, True, 5) is None
    assert lifetime_ms(State.CLOSED, False, 5) is None
