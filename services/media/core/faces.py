"""Who fills each face slot of one viewer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice


@dataclass(frozen=True, slots=True)
class Tile:
    """A face slot that a viewer shows: `height` in pixels, 0 hidden; `pinned` is its only participant, "" anybody."""

    slot: int
    height: int
    pinned: str = ""


def _wanted(room: int, ranked: Iterable[str], barred: Collection[str]) -> list[str]:
    # Nobody is ranked more than three times (spoke, holds a slot, is there), so this many hold enough people.
    distinct = dict.fromkeys(islice((person for person in ranked if person not in barred), 3 * room))
    return list(distinct)[:room]


def fill_faces(
    tiles: Sequence[Tile],
    held: Mapping[int, str],
    speakers: Sequence[str],
    others: Sequence[str],
    cameras: Collection[str],
    viewer: str,
) -> dict[int, str]:
    """The participant of each visible slot; slots that nobody fills are absent.

    `speakers` (latest first) and `others` (in the order they came) are those whose cameras are on. Pinned slots get
    their person or nobody; recent speakers come before those who hold a slot, those before the rest. Whoever stays,
    stays where they are. The cost grows with the viewer's slots, not with the meeting.
    """
    pinned = {tile.slot: tile.pinned for tile in tiles if tile.height and tile.pinned}
    free = [tile.slot for tile in tiles if tile.height and not tile.pinned]
    barred = {viewer, *pinned.values()}
    staying = [held[slot] for slot in free if held.get(slot) in cameras]
    wanted = _wanted(len(free), chain(speakers, staying, others), barred)
    filled = {slot: person for slot, person in pinned.items() if person in cameras and person != viewer}
    for slot in free:
        person = held.get(slot, "")
        if person in wanted:
            filled[slot] = person
            wanted.remove(person)
    empty = [slot for slot in free if slot not in filled]
    filled.update(zip(empty, wanted, strict=False))
    return filled
