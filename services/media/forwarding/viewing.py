"""What one viewer is shown: the core's decisions, applied to the packet path as differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.media.core.allocation import Priority, Wish, allocate, nominal_rate, wanted_layer
from services.media.core.faces import fill_faces
from services.media.core.pairing import settle_pairs
from services.media.forwarding.packet_path import PacketPath
from services.media.forwarding.session import PublishedTrack, Session, Shown
from sipulung.media.v1 import session_pb2

if TYPE_CHECKING:
    from services.media.forwarding.room import Room

_SCREEN_SLOT: Final = 0
# Bit/s of a screen that was not measured yet.
_SCREEN_RATE: Final = 1_000_000
_CAMERA: Final = session_pb2.SOURCE_CAMERA
_SCREEN: Final = session_pb2.SOURCE_SCREEN


def _rates(track: PublishedTrack) -> tuple[int, ...]:
    measured = track.bitrates
    if track.sent.source == "screen":
        return (measured[0] if measured and measured[0] else _SCREEN_RATE,)
    return tuple(
        measured[layer] if layer < len(measured) and measured[layer] else nominal_rate(layer)
        for layer in range(track.layers)
    )


def _flowing(track: PublishedTrack, layer: int) -> int:
    """The best layer up to `layer` that arrives; where none does, `layer` itself, which is then asked for."""
    arriving = [index for index, rate in enumerate(track.bitrates) if rate]
    below = [index for index in arriving if index <= layer]
    return below[-1] if below else (arriving[0] if arriving else layer)


def show(room: Room, viewer: Session, path: PacketPath) -> None:
    """Bring one viewer up to date. Nothing is shown before admission."""
    wishes: list[Wish] = []
    tracks: dict[int, tuple[str, session_pb2.Source.ValueType, PublishedTrack]] = {}
    paused: dict[int, session_pb2.PauseCause.ValueType] = {}
    if viewer.admitted:
        _wish_faces(room, viewer, wishes, tracks, paused)
        _wish_screen(room, viewer, wishes, tracks, paused)
    allocation = allocate(viewer.capacity.usable, wishes)
    shown: dict[int, Shown] = {}
    layers = {wish.slot: wish.layer for wish in wishes}
    for slot, (person, source, track) in tracks.items():
        cause = paused.get(slot, session_pb2.PAUSE_CAUSE_UNSPECIFIED)
        if (slot, track.handle) in viewer.undecodable:
            cause = session_pb2.PAUSE_CAUSE_CODEC
        granted = allocation.layers.get(slot, -1)
        missing = slot in layers and granted < 0
        # What is missing because it was not tried yet comes within seconds, without a word of the network.
        if missing and not cause and viewer.capacity.limited:
            cause = session_pb2.PAUSE_CAUSE_BANDWIDTH
        layer = -1 if cause or missing else _flowing(track, granted)
        shown[slot] = Shown(person, source, track.handle, layer, 0 if cause else granted + 1, cause)
    viewer.limitation = int(allocation.limitation)
    _apply(room, viewer, shown, path)
    pair(room, viewer, path)


def _wish_faces(
    room: Room,
    viewer: Session,
    wishes: list[Wish],
    tracks: dict[int, tuple[str, session_pb2.Source.ValueType, PublishedTrack]],
    paused: dict[int, session_pb2.PauseCause.ValueType],
) -> None:
    heights = {t.slot: t.height for t in viewer.tiles if t.slot != _SCREEN_SLOT and t.slot in viewer.video_slots}
    tiles = [tile for tile in viewer.tiles if tile.slot in heights]
    viewer.faces = fill_faces(tiles, viewer.faces, room.spoke, room.seen, room.cameras, viewer.participant)
    for slot, person in viewer.faces.items():
        track = room.cameras[person]
        tracks[slot] = (person, _CAMERA, track)
        if viewer.saving != session_pb2.DATA_SAVING_OFF:
            paused[slot] = session_pb2.PAUSE_CAUSE_DATA_SAVING
            continue
        held = viewer.shown.get(slot)
        layer = wanted_layer(heights[slot], track.layers)
        priority = Priority.SPEAKER if person == room.dominant else Priority.FACE
        now = held.layer if held is not None and held.track == track.handle else -1
        wishes.append(Wish(slot, priority, layer, _rates(track), now))


def _wish_screen(
    room: Room,
    viewer: Session,
    wishes: list[Wish],
    tracks: dict[int, tuple[str, session_pb2.Source.ValueType, PublishedTrack]],
    paused: dict[int, session_pb2.PauseCause.ValueType],
) -> None:
    visible = any(tile.slot == _SCREEN_SLOT and tile.height for tile in viewer.tiles)
    if not visible or _SCREEN_SLOT not in viewer.video_slots:
        return
    # The latest share of somebody else's.
    for person in reversed(room.screens):
        if person == viewer.participant:
            continue
        track = room.screens[person]
        tracks[_SCREEN_SLOT] = (person, _SCREEN, track)
        if viewer.saving == session_pb2.DATA_SAVING_AUDIO_ONLY:
            paused[_SCREEN_SLOT] = session_pb2.PAUSE_CAUSE_DATA_SAVING
        else:
            wishes.append(Wish(_SCREEN_SLOT, Priority.SCREEN, 0, _rates(track), 0))
        return


def _apply(room: Room, viewer: Session, shown: dict[int, Shown], path: PacketPath) -> None:
    before = viewer.shown
    for slot in before.keys() | shown.keys():
        old, new = before.get(slot), shown.get(slot)
        if old == new:
            continue
        if old is None or new is None or (old.track, old.wanted) != (new.track, new.wanted):
            if old is not None:
                room.want(old, old.wanted, 0)
            if new is not None:
                room.want(new, 0, new.wanted)
        flowed = (old.track, old.layer) if old is not None and old.layer >= 0 else None
        flows = (new.track, new.layer) if new is not None and new.layer >= 0 else None
        if flows == flowed:
            continue
        index = viewer.video_slots[slot]
        if flows is None:
            path.assign_video(viewer.handle, index, None)
        else:
            path.assign_video(viewer.handle, index, *flows)
    viewer.shown = shown


def pair(room: Room, viewer: Session, path: PacketPath) -> None:
    """Voices beside faces, and the sound of the shared tab beside the screen."""
    wanted: dict[int, int] = {}
    for slot, shown in viewer.shown.items():
        sound = (room.screen_sounds if shown.source == _SCREEN else room.microphones).get(shown.participant)
        if slot in viewer.audio_slots and sound is not None and sound.handle not in wanted.values():
            wanted[slot] = sound.handle
    settled = settle_pairs(viewer.pairs, wanted, room.loud)
    if settled == viewer.pairs:
        return
    for slot in viewer.pairs.keys() - settled.keys():
        path.pair_audio(viewer.handle, viewer.audio_slots[slot], None)
    for slot, track in settled.items():
        if viewer.pairs.get(slot) != track:
            path.pair_audio(viewer.handle, viewer.audio_slots[slot], track)
    viewer.pairs = settled


def assignments(viewer: Session) -> session_pb2.Assignments:
    """As the client is told: every slot that it shows and has."""
    message = session_pb2.Assignments(layout_number=viewer.layout_number)
    for tile in viewer.tiles:
        shown = viewer.shown.get(tile.slot)
        if shown is not None:
            message.slots.add(
                slot=tile.slot,
                participant_id=shown.participant,
                source=shown.source,
                paused=shown.paused,
            )
        elif tile.slot in viewer.video_slots:
            message.slots.add(slot=tile.slot)
    return message
