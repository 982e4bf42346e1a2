"""Whose voice each paired audio slot carries."""

from collections.abc import Collection, Mapping


def settle_pairs(held: Mapping[int, int], wanted: Mapping[int, int], loud: Collection[int]) -> dict[int, int]:
    """Microphone track by slot, one step nearer to `wanted`.

    A voice changes its slot only while it is silent, or a word would be torn: a slot whose old or new track is loud
    keeps what it has until a later call.
    """
    settled = dict(held)
    for slot in held:
        if wanted.get(slot) != held[slot] and held[slot] not in loud:
            del settled[slot]
    for slot, track in wanted.items():
        if slot not in settled and track not in loud and track not in settled.values():
            settled[slot] = track
    return settled
