"""What a receiver's bandwidth is spent on: voices, then the screen, then the active speaker, then the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

# Three voices of Opus at 24 kbit/s in packets of 40 ms.
AUDIO_RATE: Final = 120_000
# Below that a page of text never arrives: its key frame alone takes 10 s.
SCREEN_FLOOR: Final = 60_000
# The heights of a camera's layers and their bit rates until they are measured.
LAYER_HEIGHTS: Final = (180, 360, 720)
LAYER_RATES: Final = (150_000, 500_000, 1_700_000)
# A layer that is not yet sent must fit with this much to spare, or quality would flap (per cent).
_RAISE_MARGIN: Final = 115


class Priority(IntEnum):
    SCREEN = 0
    SPEAKER = 1
    FACE = 2


class Limitation(IntEnum):
    """As `Limitation` in session.proto."""

    NONE = 1
    REDUCED = 2
    NO_FACES = 3
    AUDIO_ONLY = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """`layer` is what the tile's height needs; `rates` are bit/s by layer; `held` is what flows now, −1 nothing."""

    slot: int
    priority: Priority
    layer: int
    rates: tuple[int, ...]
    held: int = -1


@dataclass(frozen=True, slots=True)
class Allocation:
    """The layer of each slot that gets one."""

    layers: Mapping[int, int]
    limitation: Limitation


def wanted_layer(height: int, layers: int) -> int:
    """The smallest layer that is as high as the tile, among the `layers` (at least one) that exist."""
    for layer in range(layers - 1):
        if LAYER_HEIGHTS[min(layer, 2)] >= height:
            return layer
    return layers - 1


def nominal_rate(layer: int) -> int:
    """Bit/s of a camera layer that was not measured yet."""
    return LAYER_RATES[min(layer, 2)]


def _cost(wish: Wish, layer: int) -> int:
    rate = wish.rates[layer]
    return rate if layer <= wish.held else rate * _RAISE_MARGIN // 100


def allocate(available: int, wishes: Sequence[Wish]) -> Allocation:
    """Spend `available` bit/s: in the order of priority every wish gets its lowest layer, then all are raised."""
    left = max(0, available - AUDIO_RATE)
    order = sorted(wishes, key=lambda wish: (wish.priority, wish.slot))
    layers: dict[int, int] = {}
    for wish in order:
        if wish.priority is Priority.SCREEN:
            # A screen sends bursts and then nearly nothing, so it is served below its peak as well.
            if left >= SCREEN_FLOOR:
                layers[wish.slot] = 0
                left -= min(left, wish.rates[0])
        elif left >= _cost(wish, 0):
            layers[wish.slot] = 0
            left -= _cost(wish, 0)
    for wish in order:
        while wish.slot in layers and layers[wish.slot] < wish.layer:
            layer = layers[wish.slot]
            step = _cost(wish, layer + 1) - _cost(wish, layer)
            if step > left:
                break
            layers[wish.slot] = layer + 1
            left -= step
    return Allocation(layers, _limitation(order, layers))


def _limitation(wishes: Sequence[Wish], layers: Mapping[int, int]) -> Limitation:
    if all(layers.get(wish.slot) == wish.layer for wish in wishes):
        return Limitation.NONE
    if not layers:
        return Limitation.AUDIO_ONLY
    faces = [wish for wish in wishes if wish.priority is not Priority.SCREEN]
    if faces and not any(wish.slot in layers for wish in faces):
        return Limitation.NO_FACES
    return Limitation.REDUCED
