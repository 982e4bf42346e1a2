"""What roster counts. Tenants are labels; meetings and people are not: there are too many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from opentelemetry.metrics import CallbackOptions, Observation

from services.common.frequent_counter import FrequentCounter
from services.common.telemetry import Telemetry
from services.roster.core.change import Changed, Event, Joined, Left, Moderated, Reacted, Said, Voted
from services.roster.core.membership import Membership
from sipulung.roster.v1 import participant_pb2


class RosterMetrics:
    """Counters, and gauges that the sweep fills."""

    def __init__(self, telemetry: Telemetry) -> None:
        meter = telemetry.meter
        self._joins = meter.create_counter("roster_joins", "1", "Participants who entered a meeting.")
        self._leaves = meter.create_counter("roster_leaves", "1", "Participants who left, by reason.")
        self._lost = meter.create_counter("roster_lost", "1", "Participants whose media was lost.")
        self._lines = FrequentCounter(meter, "roster_chat_lines", "1", "Lines of chat.", ("tenant",))
        self._votes = FrequentCounter(meter, "roster_votes", "1", "Votes in polls, changed ones included.", ("tenant",))
        self._acts = meter.create_counter("roster_host_acts", "1", "What hosts did in meetings, by act.")
        self._reactions = FrequentCounter(meter, "roster_reactions", "1", "Reactions shown.", ("tenant",))
        self.conflicts = meter.create_counter("roster_conflicts", "1", "Changes made again: a replica was first.")
        self.resyncs = meter.create_counter("roster_resyncs", "1", "Snapshots sent to watchers after a gap.")
        self.settled = meter.create_counter(
            "roster_occurrences_settled", "1", "Occurrences and meetings that ended by themselves."
        )
        self.recorded = meter.create_counter("roster_records", "1", "Records appended to a log.")
        self.deleted = meter.create_counter("roster_deleted", "1", "Records deleted because they were too old, by log.")
        self.deletion_refused = meter.create_counter(
            "roster_deletion_refused", "1", "Sweeps of old records that deleted nothing because a clock is wrong."
        )
        self.declarations = meter.create_counter("roster_declarations", "1", "Declarations of office hours, by state.")
        self.watchers = meter.create_up_down_counter("roster_watchers", "1", "Open Watch streams.")
        self.latency = meter.create_histogram(
            "roster_event_latency",
            "s",
            "From a command's arrival to its event at this replica's watchers.",
            explicit_bucket_boundaries_advisory=[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
        )
        self.present: Mapping[str, int] = {}
        self.meetings: Mapping[str, int] = {}
        self.outboxes = 0
        meter.create_observable_gauge("roster_participants", [self._present], "1", "People in meetings.")
        meter.create_observable_gauge("roster_active_meetings", [self._meetings], "1", "Meetings with people in them.")
        meter.create_observable_gauge("roster_outboxes", [self._outboxes], "1", "Logs with entries that wait.")

    def count(self, tenant_id: str, events: Iterable[Event]) -> None:
        """Counts what happened."""
        labels = {"tenant": tenant_id}
        for event in events:
            match event.what:
                case Joined():
                    self._joins.add(1, labels)
                case Left(_, reason):
                    self._leaves.add(1, {**labels, "reason": participant_pb2.LeaveReason.Name(reason)})
                case Said():
                    self._lines.add(1, tenant_id)
                case Moderated(by, _, act):
                    # "take_over": nobody did it, the host was lost.
                    self._acts.add(1, {**labels, "act": str(act.WhichOneof("act")) if by else "take_over"})
                case Reacted():
                    self._reactions.add(1, tenant_id)
                case Voted():
                    self._votes.add(1, tenant_id)
                case Changed(member) if member.membership is Membership.LOST:
                    self._lost.add(1, labels)

    def _present(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(count, {"tenant": tenant_id}) for tenant_id, count in self.present.items()]

    def _meetings(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(count, {"tenant": tenant_id}) for tenant_id, count in self.meetings.items()]

    def _outboxes(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(self.outboxes)]
