"""Whom a record of the audit log concerns, and what of it they may see: never what it says of somebody else."""

from __future__ import annotations

import re

from services.common.ids import AccountId
from sipulung.roster.v1 import attendance_pb2

_ACCOUNT = "account:"
_PARTICIPANT = "participant:"
# What the log says of a role that a host gave, after the names of those who got it.
_ROLES = frozenset({"participant", "co_host"})
# Acts of a host that are done to nobody: their detail begins with the host's name.
_OF_THE_MEETING = frozenset({"meeting.change_settings", "poll.open", "poll.close"})
# Their detail names others, or counts them.
_OF_OTHERS = frozenset({"meeting.take_over", "attendance.read"})
# Auth's word for an account of another tenant: that of an operator of the province.
_BY_TENANT = re.compile(r"(^|, )by tenant:\S+$")


def concerned(record: attendance_pb2.AuditRecord) -> frozenset[AccountId]:
    """The accounts that did it or that it was done to."""
    return frozenset((*_authors(record), *_touched(record)))


def done_by(record: attendance_pb2.AuditRecord, account_id: AccountId) -> bool:
    """Whether the account did it."""
    return account_id in _authors(record)


def done_to(record: attendance_pb2.AuditRecord, account_id: AccountId) -> bool:
    """Whether it was done to the account."""
    return account_id in _touched(record)


def detail_for(record: attendance_pb2.AuditRecord, account_id: AccountId) -> str:
    """What may be told to somebody whom it concerns; "" where nothing may."""
    if record.actor.startswith(_PARTICIPANT):
        return _of_a_host(record, account_id)
    if record.action in _OF_OTHERS and not done_by(record, account_id):
        return ""
    return _BY_TENANT.sub("", record.detail)


def _of_a_host(record: attendance_pb2.AuditRecord, account_id: AccountId) -> str:
    """What the log says of an act of a host names all those to whom it was done."""
    if record.action == "meeting.set_role":
        role = record.detail.rpartition(" → ")[2]
        return role if role in _ROLES else ""
    if record.action in _OF_THE_MEETING and done_by(record, account_id):
        return record.detail.removeprefix(f"{record.actor_name}: ")
    return ""


def _authors(record: attendance_pb2.AuditRecord) -> tuple[AccountId, ...]:
    return (*_account(record.actor), *((AccountId(record.actor_account_id),) if record.actor_account_id else ()))


def _touched(record: attendance_pb2.AuditRecord) -> tuple[AccountId, ...]:
    return (*_account(record.object), *map(AccountId, record.accounts))


def _account(named: str) -> tuple[AccountId, ...]:
    return (AccountId(named.removeprefix(_ACCOUNT)),) if named.startswith(_ACCOUNT) else ()
