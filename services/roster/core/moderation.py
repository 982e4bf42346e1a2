"""What hosts and co-hosts do in a running meeting. Each act is told to everybody and noted in the audit log.

Who may: hosts and co-hosts, by their role as it is now. Nobody acts on a host, and a co-host on participants only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.common.errors import InvalidField, PermissionDenied
from services.common.ids import ParticipantId
from services.roster.core import commands, lobby
from services.roster.core.change import Change, Changed, Draft, Moderated, Updated
from services.roster.core.identity import kept_out_with, same_person
from services.roster.core.member import Member
from services.roster.core.membership import Membership, Move
from services.roster.core.parting import part
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import moderation_pb2, participant_pb2

Act = moderation_pb2.HostAct
PARTICIPANT, CO_HOST, HOST = (
    common_pb2.MEETING_ROLE_PARTICIPANT,
    common_pb2.MEETING_ROLE_CO_HOST,
    common_pb2.MEETING_ROLE_HOST,
)


def moderate(state: MeetingState, by: ParticipantId, act: Act, now_ms: int) -> Change:
    """Carries the act out. What is as it is wanted already changes nothing.

    Raises MeetingEnded, WrongState (the caller is not in the meeting), PermissionDenied, InvalidField (somebody who is
    not there, at their field; who waits no more is left out) and MeetingFull (admitting more people than there are
    seats).
    """
    host = state.taking_part(by, now_ms)
    if host.role < CO_HOST:
        raise PermissionDenied("only hosts and co-hosts can do this")
    kind = act.WhichOneof("act")
    if kind is None:
        raise InvalidField("act", f"is required: one of {', '.join(_ACTS)}, end_for_all")
    if kind == "end_for_all":
        _host_only(host)
        told = Moderated(by, host.name, act, ())
        return commands.end(state, f"participant:{by}", now_ms, told)
    draft = Draft(state, now_ms)
    _ACTS[kind](draft, host, act)
    return draft.change()


def _mute(draft: Draft, host: Member, act: Act) -> None:
    ids = act.mute.participant_ids
    everybody = [member for member in draft.members.values() if member.in_meeting and member.role == PARTICIPANT]
    whom = _those(draft, host, "mute", ids) if ids else everybody
    _note(draft, host, act, "mute", whom)


def _stop_camera(draft: Draft, host: Member, act: Act) -> None:
    _note(draft, host, act, "stop_camera", [_one(draft, host, "stop_camera", act.stop_camera.participant_id)])


def _stop_share(draft: Draft, host: Member, act: Act) -> None:
    _note(draft, host, act, "stop_share", [_one(draft, host, "stop_share", act.stop_share.participant_id)])


def _remove(draft: Draft, host: Member, act: Act) -> None:
    # On all their devices.
    whom = [
        member
        for member in _whole_person(draft, host, "remove", act.remove.participant_id, also=(Membership.WAITING,))
        if member.in_meeting or member.waiting
    ]
    others = _waiting_in_their_place(draft, host, whom)
    # Told first, so that their clients know who did it, and others where those who are gone were.
    _note(draft, host, act, "remove", [*whom, *others])
    for member in whom:
        part(draft, member, participant_pb2.LEAVE_REASON_REMOVED, Move.REMOVE)
    for member in others:
        part(draft, member, participant_pb2.LEAVE_REASON_DENIED, Move.DENY)


def _waiting_in_their_place(draft: Draft, host: Member, removed: Sequence[Member]) -> list[Member]:
    """Who waits on a device of theirs by another name: it may be them, and "admit all" would let them in again.

    They are denied, not removed: their device is kept out already, and their account may be a colleague's, who is not
    kept out on another device.
    """
    return [
        member
        for member in draft.members.values()
        if member.waiting
        and member not in removed
        and _may_act_on(host, member)
        and any(kept_out_with(one.person, member.person) for one in removed)
    ]


def _lower_hand(draft: Draft, host: Member, act: Act) -> None:
    participant_id = act.lower_hand.participant_id
    # To lower all is no act against anybody: a hand that is up is no right of a host.
    whom = [_one(draft, host, "lower_hand", participant_id)] if participant_id else [*draft.members.values()]
    lowered = [replace(member, hand_raised_at_ms=0) for member in whom if member.hand_raised_at_ms]
    for member in lowered:
        draft.put(member)
        draft.tell(Changed(member))
    _note(draft, host, act, "lower_hand", lowered)


def _spotlight(draft: Draft, host: Member, act: Act) -> None:
    participant_id = act.spotlight.participant_id
    # No act against anybody: everybody may be shown large, hosts too.
    whom = [_there(draft, "act.spotlight.participant_id", participant_id)] if participant_id else []
    if participant_id != draft.definition.spotlight:
        draft.redefine(spotlight=participant_id)
        draft.tell(Updated(draft.definition, draft.present))
        _note(draft, host, act, "spotlight", whom, even_nobody=True)


def _set_role(draft: Draft, host: Member, act: Act) -> None:
    _host_only(host)
    role = act.set_role.role
    if role not in (PARTICIPANT, CO_HOST):
        raise InvalidField("act.set_role.role", "must be participant or co-host")
    # Whoever left is remembered with their role, and would come back with it.
    also = (Membership.LEFT,) if role == PARTICIPANT else ()
    # On all their devices, and on those that they may come back with.
    whom = [
        replace(member, role=role)
        for member in _whole_person(draft, host, "set_role", act.set_role.participant_id, also=also)
        if member.role != role
    ]
    for member in whom:
        draft.put(member)
        if member.in_meeting:
            draft.tell(Changed(member))
    there = [member for member in whom if member.in_meeting] or whom
    _note(draft, host, act, "set_role", there, common_pb2.MeetingRole.Name(role).removeprefix("MEETING_ROLE_").lower())


def _admit(draft: Draft, host: Member, act: Act) -> None:
    whom = lobby.admit(draft, _waiting(draft, act.admit.participant_ids))
    _note(draft, host, act, "admit", whom)


def _deny(draft: Draft, host: Member, act: Act) -> None:
    whom = _waiting(draft, act.deny.participant_ids)
    for member in whom:
        part(draft, member, participant_pb2.LEAVE_REASON_DENIED, Move.DENY)
    _note(draft, host, act, "deny", whom)


def _change_settings(draft: Draft, host: Member, act: Act) -> None:
    before = draft.definition.settings
    asked = {name.name: value for name, value in act.change_settings.ListFields()}
    for name in ("share_mode", "chat_mode"):
        if act.change_settings.HasField(name):
            # Unspecified means everybody.
            asked[name] = asked.get(name) or 1
    edits = {name: value for name, value in asked.items() if value != getattr(before, name)}
    if not edits:
        return
    draft.redefine(settings=replace(before, **edits), revision=draft.definition.revision + 1)
    draft.tell(Updated(draft.definition, draft.present))
    draft.tell(Moderated(host.person.participant_id, host.name, act, ()))
    if "locked" in edits:
        draft.note(host, "meeting.lock" if edits.pop("locked") else "meeting.unlock", host.name)
    if edits:
        draft.note(host, "meeting.change_settings", f"{host.name}: {_settings_text(edits)}")


_ACTS: dict[str, Callable[[Draft, Member, Act], None]] = {
    "mute": _mute,
    "stop_camera": _stop_camera,
    "stop_share": _stop_share,
    "remove": _remove,
    "lower_hand": _lower_hand,
    "spotlight": _spotlight,
    "set_role": _set_role,
    "admit": _admit,
    "deny": _deny,
    "change_settings": _change_settings,
}


def _host_only(host: Member) -> None:
    if host.role != HOST:
        raise PermissionDenied("only a host can do this, a co-host cannot")


def _may_act_on(host: Member, target: Member) -> bool:
    return target.role < CO_HOST or (host.role == HOST and target.role < HOST)


def _check_may_act_on(host: Member, path: str, member: Member) -> None:
    if not _may_act_on(host, member):
        raise PermissionDenied("nobody acts on a host, and only a host on co-hosts", field=path)


def _there(draft: Draft, path: str, participant_id: str, also: Collection[Membership] = ()) -> Member:
    member = draft.members.get(ParticipantId(participant_id))
    if member is None or not (member.in_meeting or member.membership in also):
        raise InvalidField(path, "is nobody who is in this meeting now")
    return member


def _target(draft: Draft, host: Member, path: str, participant_id: str) -> Member:
    member = _there(draft, path, participant_id)
    _check_may_act_on(host, path, member)
    return member


def _one(draft: Draft, host: Member, kind: str, participant_id: str) -> Member:
    return _target(draft, host, f"act.{kind}.participant_id", participant_id)


def _whole_person(
    draft: Draft, host: Member, kind: str, participant_id: str, also: Collection[Membership]
) -> list[Member]:
    """The one who is meant, on every device that is remembered.

    Whoever is host on one of them is host: what is done to another device would not keep them from coming back so.
    """
    path = f"act.{kind}.participant_id"
    target = _there(draft, path, participant_id, also)
    whole = [member for member in draft.members.values() if same_person(member.person, target.person)]
    for member in whole:
        _check_may_act_on(host, path, member)
    return whole


def _those(draft: Draft, host: Member, kind: str, ids: Iterable[str]) -> list[Member]:
    found = {
        participant_id: _target(draft, host, f"act.{kind}.participant_ids[{index}]", participant_id)
        for index, participant_id in enumerate(ids)
    }
    return list(found.values())


def _waiting(draft: Draft, ids: Sequence[str]) -> tuple[Member, ...]:
    """Those who wait, each once.

    Whoever another host has let in meanwhile, or who gave up and is known no more, is no mistake: they are left out,
    and the others do not wait any longer because of them.
    """
    wanted = [ParticipantId(participant_id) for participant_id in dict.fromkeys(ids)] or [*draft.members]
    return tuple(
        member for participant_id in wanted if (member := draft.members.get(participant_id)) and member.waiting
    )


def _note(
    draft: Draft, host: Member, act: Act, action: str, whom: Sequence[Member], more: str = "", even_nobody: bool = False
) -> None:
    """Tells the act and writes it down, unless it concerned nobody."""
    if not whom and not even_nobody:
        return
    affected = tuple(member.person.participant_id for member in whom)
    draft.tell(Moderated(host.person.participant_id, host.name, act, affected))
    names = ", ".join(f"{member.name} ({member.person.participant_id})" for member in whom) or "nobody"
    draft.note(host, f"meeting.{action}", f"{host.name}: {names}{' → ' if more else ''}{more}", whom)


def _settings_text(values: Mapping[str, int]) -> str:
    """How the audit log names settings."""
    names: dict[str, Callable[[Any], str]] = {
        "share_mode": moderation_pb2.ShareMode.Name,
        "chat_mode": moderation_pb2.ChatMode.Name,
    }
    return ", ".join(f"{key} {names.get(key, bool)(value)}" for key, value in values.items())
