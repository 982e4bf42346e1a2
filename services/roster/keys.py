"""The Redis keys of roster. The tenant stands in braces, so that a cluster keeps all keys of a tenant together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from services.common import subjects
from services.common.ids import AccountId, MeetingId, TenantId

# The set of tenants that have a meeting. The only key without a tenant: it is where the sweep begins.
TENANTS = "roster:tenants"
# Held, with expiry, by the replica that deletes what is too old.
RETENTION_LOCK = "roster:retention"


class MeetingRef(NamedTuple):
    """Which meeting, of which tenant: nothing is looked up by a meeting's id alone."""

    tenant_id: TenantId
    meeting_id: MeetingId


_OFFICE = "office-"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Entries that wait for their place in a hash chain.

    That of a meeting's attendance, of a day's office hours ("20261124"), or (neither) of a tenant's audit.
    """

    tenant_id: TenantId
    meeting_id: MeetingId | None
    day: str = ""

    @classmethod
    def office(cls, tenant_id: TenantId, day: str) -> Outbox:
        """That of one local day's office hours."""
        return cls(tenant_id, None, day)

    @classmethod
    def named(cls, tenant_id: TenantId, name: str) -> Outbox:
        """The reverse of `name`."""
        if name.startswith(_OFFICE):
            return cls.office(tenant_id, name.removeprefix(_OFFICE))
        return cls(tenant_id, None if name == "audit" else MeetingId(name))

    @property
    def key(self) -> str:
        """The list of entries, oldest first. It has no expiry."""
        return f"roster:{{{self.tenant_id}}}:outbox:{self.name}"

    @property
    def name(self) -> str:
        """How the tenant's set of filled outboxes names it."""
        return f"{_OFFICE}{self.day}" if self.day else self.meeting_id or "audit"

    @property
    def subject(self) -> str:
        """Where its records go."""
        if self.day:
            return subjects.office(self.tenant_id, self.day)
        if self.meeting_id is None:
            return subjects.audit(self.tenant_id, "roster")
        return subjects.attendance(self.tenant_id, self.meeting_id)

    @property
    def stream(self) -> str:
        """The JetStream stream that keeps them."""
        if self.day:
            return subjects.OFFICE_STREAM
        return subjects.AUDIT_STREAM if self.meeting_id is None else subjects.ATTENDANCE_STREAM


def meeting(ref: MeetingRef) -> str:
    """Hash, for ever: definition `d`, sequence `s`, time of the last event `t`, seats taken `n`."""
    return f"roster:{{{ref.tenant_id}}}:meeting:{ref.meeting_id}"


def live(ref: MeetingRef) -> str:
    """Hash with expiry: participant id → StoredMember."""
    return f"roster:{{{ref.tenant_id}}}:live:{ref.meeting_id}"


def chat(ref: MeetingRef) -> str:
    """List with expiry: ChatLine, oldest first."""
    return f"roster:{{{ref.tenant_id}}}:chat:{ref.meeting_id}"


def polls(ref: MeetingRef) -> str:
    """Hash with expiry: poll id → StoredPoll."""
    return f"roster:{{{ref.tenant_id}}}:polls:{ref.meeting_id}"


def seen(ref: MeetingRef) -> str:
    """Hash with expiry: participant id → when signaling last said connected, or minus when it said gone."""
    return f"roster:{{{ref.tenant_id}}}:seen:{ref.meeting_id}"


def owner(tenant_id: TenantId, account_id: AccountId) -> str:
    """Sorted set of equal scores, for ever: "<13 digits of creation time>:<meeting id>"."""
    return f"roster:{{{tenant_id}}}:owner:{account_id}"


def accessed(tenant_id: TenantId, account_id: AccountId) -> str:
    """Sorted set of equal scores, until retention drops them: "<13 digits of time>:<8 random>:" and an Access."""
    return f"roster:{{{tenant_id}}}:accessed:{account_id}"


def looking(tenant_id: TenantId, reader: AccountId, what: str) -> str:
    """Set with expiry: the accounts in whose lists this reader's look at that stands already."""
    return f"roster:{{{tenant_id}}}:looking:{reader}:{what}"


def past(ref: MeetingRef) -> str:
    """Hash, for ever: number of an occurrence that is over → Occurrence; of one that nobody came to or that was called
    off, the minute since 1970 that it stands under (of a version before: "0", the last of them)."""
    return f"roster:{{{ref.tenant_id}}}:past:{ref.meeting_id}"


def upcoming(tenant_id: TenantId, whose: str) -> str:
    """Set of the ids of meetings that are not over, of an account, a unit or everybody (`whose`)."""
    return f"roster:{{{tenant_id}}}:upcoming:{whose}"


def passed(tenant_id: TenantId, whose: str) -> str:
    """Sorted set of equal scores, for ever: "<13 digits of the beginning>:<meeting id>:<field in `past`>" of what is
    over."""
    return f"roster:{{{tenant_id}}}:passed:{whose}"


def due(tenant_id: TenantId) -> str:
    """Sorted set: meeting id → when to look whether the meeting has ended by itself (Unix ms)."""
    return f"roster:{{{tenant_id}}}:due"


def listed(tenant_id: TenantId) -> str:
    """Exists when the meetings of a version without `upcoming` and `passed` have been brought into them."""
    return f"roster:{{{tenant_id}}}:listed"


EVERYBODY = "all"


def of_account(account_id: AccountId) -> str:
    """Whose meetings: an account's."""
    return f"account:{account_id}"


def of_unit(unit_id: str) -> str:
    """Whose meetings: those of a unit's people."""
    return f"unit:{unit_id}"


def deleted(tenant_id: TenantId) -> str:
    """Hash, for ever: meeting id → Deletion, of the meetings whose log retention has shortened, and of days of office
    hours ("20261124"), which go as a whole, and of the chains of the audit log ("audit:auth", "audit:roster")."""
    return f"roster:{{{tenant_id}}}:deleted"


def retained(tenant_id: TenantId) -> str:
    """The first day that the tenant keeps, for how long it keeps, and for how long the audit log: last seen to."""
    return f"roster:{{{tenant_id}}}:retained"


def active(tenant_id: TenantId) -> str:
    """Hash: meeting id → sequence, of the meetings that somebody is in."""
    return f"roster:{{{tenant_id}}}:active"


def pending(tenant_id: TenantId) -> str:
    """Set of the names of outboxes that are not empty."""
    return f"roster:{{{tenant_id}}}:pending"


def attended(tenant_id: TenantId, account_id: AccountId) -> str:
    """Sorted set by time, as long as the attendance log: "<meeting id>:<when they joined>" of a signed-in person."""
    return f"roster:{{{tenant_id}}}:attended:{account_id}"


def attended_known(tenant_id: TenantId) -> str:
    """Present when the sets `attended` of the tenant hold all that its attendance log has."""
    return f"roster:{{{tenant_id}}}:attended-known"


def office(tenant_id: TenantId, day: str) -> str:
    """Hash with expiry: account id → StoredOfficeDay; its field `known` says that all of the log's day is in it."""
    return f"roster:{{{tenant_id}}}:office:{day}"


def spoken(tenant_id: TenantId, account_id: AccountId) -> str:
    """Hash, as long as the office log: local day ("20261124") → StoredOfficeDay of that person."""
    return f"roster:{{{tenant_id}}}:spoken:{account_id}"


def spoken_known(tenant_id: TenantId) -> str:
    """Present when the hashes `spoken` of the tenant hold all that its office log has."""
    return f"roster:{{{tenant_id}}}:spoken-known"


def audited(tenant_id: TenantId, account_id: AccountId) -> str:
    """List, as long as the audit log: sequences in the stream AUDIT of what concerns a person, growing."""
    return f"roster:{{{tenant_id}}}:audited:{account_id}"


def audited_known(tenant_id: TenantId) -> str:
    """Which stream AUDIT, and up to which sequence the lists `audited` of the tenant hold all that it has."""
    return f"roster:{{{tenant_id}}}:audited-known"
