//! What happens by time: losses asked for, feedback, reports, expiry. Fine steps only while media flows.

use super::{Datapath, NODE_SSRC};
use crate::counters::Counter;
use crate::event::Event;
use crate::ids::{TrackId, TransportId};
use crate::rtcp::{feedback, report};
use crate::time::Instant;
use std::time::Duration;

const FINE: Duration = Duration::from_millis(10);
const COARSE: Duration = Duration::from_millis(100);
const IDLE_AFTER: Duration = Duration::from_millis(500);
const SECOND: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Timers {
    media_at: Option<Instant>,
    fine_at: Instant,
    coarse_at: Instant,
    second_at: Instant,
}

impl Timers {
    pub fn media(&mut self, now: Instant) {
        self.media_at = Some(now);
    }

    fn flows(&self, now: Instant) -> bool {
        self.media_at.is_some_and(|at| now.since(at) < IDLE_AFTER)
    }
}

impl Datapath {
    /// When [`Datapath::tick`] or [`Datapath::ready`] have something to do at the latest.
    #[must_use]
    pub fn next_wakeup(&self, now: Instant) -> Instant {
        if self.transports.is_empty() {
            return now + SECOND;
        }
        let timer = if self.timers.flows(now) { self.timers.fine_at + FINE } else { self.timers.coarse_at + COARSE };
        let waiting = self.waiting.iter().filter_map(|id| self.transports.get(id)?.pacer.due()).min();
        waiting.map_or(timer, |due| due.min(timer))
    }

    pub fn tick(&mut self, now: Instant) {
        if self.timers.flows(now) && now.since(self.timers.fine_at) >= FINE {
            self.timers.fine_at = now;
            self.ask_for_losses(now);
            self.send_transport_feedback(now);
        }
        if now.since(self.timers.coarse_at) >= COARSE {
            self.timers.coarse_at = now;
            self.watch_transports(now);
            self.watch_rooms(now);
            let tracks: Vec<TrackId> = self.tracks.keys().copied().collect();
            for track in tracks {
                self.request_key_frames(now, track);
                if let Some(bitrates) = self.tracks.get_mut(&track).and_then(|known| known.changed_rates(now)) {
                    self.events.push(Event::LayersChanged { track, bitrates });
                }
            }
        }
        if now.since(self.timers.second_at) >= SECOND {
            self.timers.second_at = now;
            self.report_to_publishers(now);
            for transport in self.transports.values_mut() {
                transport.outbox.release();
            }
        }
    }

    fn ask_for_losses(&mut self, now: Instant) {
        for track in self.tracks.values_mut() {
            let Some(publisher) = self.transports.get_mut(&track.transport) else { continue };
            for layer in &mut track.layers {
                if layer.listeners.is_empty() || !layer.nacks.is_waiting() {
                    continue;
                }
                let due = layer.nacks.due(now, publisher.estimator.round_trip());
                if let (false, Some(ssrc)) = (due.is_empty(), layer.ssrc) {
                    if publisher.write_rtcp(now, &mut self.waiting, |buffer| feedback::write_nack(buffer, NODE_SSRC, ssrc, &due))
                    {
                        self.counters.count(Counter::NacksSent);
                    }
                }
            }
        }
    }

    fn send_transport_feedback(&mut self, now: Instant) {
        for transport in self.transports.values_mut() {
            if !transport.feedback.is_due(now) {
                continue;
            }
            let media = transport.roles.keys().next().copied().unwrap_or(NODE_SSRC);
            while let Some(body) = transport.feedback.take(now) {
                transport.write_rtcp(now, &mut self.waiting, |buffer| {
                    feedback::write_transport_feedback(buffer, NODE_SSRC, media, &body);
                });
            }
        }
    }

    fn watch_transports(&mut self, now: Instant) {
        let node = self.ntp(now);
        let mut silent = Vec::new();
        for transport in self.transports.values_mut() {
            if !transport.silent && transport.connected && now.since(transport.heard) >= self.config.silent_timeout {
                transport.silent = true;
                silent.push(transport.id);
                self.events.push(Event::Silent { transport: transport.id });
            }
            if transport.can_send() {
                transport.report_slots(now, node, &mut self.waiting);
            }
            if let Some((bitrate, loss_per_mille, rtt_ms)) = transport.estimator.report(now) {
                self.events.push(Event::Available { transport: transport.id, bitrate, loss_per_mille, rtt_ms });
            }
        }
        silent.into_iter().for_each(|id| self.end_slots(id));
    }

    fn watch_rooms(&mut self, now: Instant) {
        for (room, state) in &mut self.rooms {
            if let Some(tracks) = state.speakers.changed(now) {
                self.events.push(Event::Speakers { room: *room, tracks });
            }
        }
    }

    /// Receiver reports once a second: a browser stops writing mid and rid only when its stream was reported.
    fn report_to_publishers(&mut self, now: Instant) {
        let mut blocks: Vec<(TransportId, Vec<report::Block>)> = Vec::new();
        for track in self.tracks.values_mut() {
            for layer in &mut track.layers {
                layer.cache.expire(now);
                let recent = layer.last_packet.is_some_and(|at| now.since(at) < 5 * SECOND);
                let (Some(ssrc), Some(reception), true) = (layer.ssrc, &mut layer.reception, recent) else { continue };
                let block = reception.block(now, ssrc);
                match blocks.iter_mut().find(|(transport, _)| *transport == track.transport) {
                    Some((_, list)) => list.push(block),
                    None => blocks.push((track.transport, vec![block])),
                }
            }
        }
        for (transport, blocks) in blocks {
            if let Some(transport) = self.transports.get_mut(&transport) {
                transport.write_rtcp(now, &mut self.waiting, |buffer| report::write_receiver_report(buffer, NODE_SSRC, &blocks));
            }
        }
    }
}
