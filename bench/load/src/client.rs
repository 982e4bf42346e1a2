//! One client: its socket, its way from the first check to the data channel, and what flows then.

use crate::clock::Clock;
use crate::delays::Delays;
use crate::dtls::{Event, Identity, Secure};
use crate::loss::Loss;
use crate::protocol::{Counted, Description};
use crate::publishing::{sent_at, Publishing};
use crate::sctp::Association;
use crate::watching::{Arrival, Watching};
use mio::net::UdpSocket;
use sipulung_datapath_core::demux::{self, Kind};
use sipulung_datapath_core::ids::Ssrc;
use sipulung_datapath_core::rtcp::feedback::{self, write_remb, Feedback};
use sipulung_datapath_core::rtcp::packets;
use sipulung_datapath_core::rtcp::report::{write_receiver_report, SenderReport};
use sipulung_datapath_core::rtp::Header;
use sipulung_datapath_core::srtp::{Receiver, Sender};
use sipulung_datapath_core::stun::{self, Key};
use sipulung_datapath_core::time::Instant;
use socket2::{Domain, Protocol, Socket, Type};
use std::net::SocketAddr;
use std::time::Duration;

const FIRST_CHECKS: Duration = Duration::from_millis(100);
/// As Chromium checks a pair that works.
const CHECKS: Duration = Duration::from_millis(2500);
const REPORTS: Duration = Duration::from_secs(1);
const HEARTBEATS: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(15);
/// Host candidate of component 1 (RFC 8445 §5.1.2.1).
const PRIORITY: u32 = (110 << 24) + (65535 << 8) + 255;
/// As a receiver on a fast network says: more than all that is sent.
const ESTIMATE: u64 = 20_000_000;
const SOCKET_BUFFER: usize = 4 << 20;

/// What all clients write to.
pub struct Tally {
    pub counted: Counted,
    pub delays: Delays,
}

#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Opening,
    /// Milliseconds that it took.
    Open(f64),
    Failed(String),
}

pub struct Client {
    pub socket: UdpSocket,
    pub state: State,
    id: u32,
    own_ssrc: Ssrc,
    ufrags: (String, String),
    key: Key,
    fingerprint: String,
    checks: u64,
    check_at: Instant,
    checked: bool,
    started: Instant,
    secure: Option<Secure>,
    sender: Option<Sender>,
    receiver: Option<Receiver>,
    association: Association,
    heartbeat_at: Instant,
    report_at: Instant,
    watches: Vec<Watching>,
    pub publishing: Option<Publishing>,
    pub loss: Loss,
}

fn connected_socket(node: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(node), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_recv_buffer_size(SOCKET_BUFFER)?;
    socket.set_nonblocking(true)?;
    socket.connect(&node.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}

impl Client {
    pub fn new(now: Instant, description: Description, loss_per_mille: u32) -> std::io::Result<Client> {
        let id = description.client;
        // Spread over their intervals, as clients that joined at different times are.
        let phase = Duration::from_millis(u64::from(id) * 37 % 1000);
        Ok(Client {
            socket: connected_socket(description.node)?,
            state: State::Opening,
            id,
            own_ssrc: Ssrc(0x1000_0000 + id),
            key: Key::new(&description.remote_pwd),
            ufrags: (description.local_ufrag, description.remote_ufrag),
            fingerprint: description.fingerprint,
            checks: 0,
            check_at: now,
            checked: false,
            started: now,
            secure: None,
            sender: None,
            receiver: None,
            association: Association::new(0x5000_0000 + id),
            heartbeat_at: now + HEARTBEATS + phase,
            report_at: now + phase,
            watches: description.watches.iter().map(|watched| Watching::new(watched.ssrc, watched.rtx_ssrc)).collect(),
            publishing: description.publishes.as_ref().map(Publishing::new),
            loss: Loss::new(id, loss_per_mille),
        })
    }

    pub fn receive(&mut self, clock: &Clock, identity: &Identity, datagram: &mut [u8], tally: &mut Tally) {
        let now = clock.now();
        match demux::kind(datagram) {
            Kind::Stun => self.answered(clock, now, identity, datagram),
            Kind::Dtls => {
                let events = self.secure.as_mut().map(|secure| secure.receive(clock.system(now), datagram));
                self.follow(now, events.unwrap_or_else(|| Ok(Vec::new())), tally);
            }
            Kind::Rtp => self.rtp(now, datagram, tally),
            Kind::Rtcp => self.rtcp(now, datagram, tally),
            Kind::Refused(_) => tally.counted.unreadable += 1,
        }
    }

    /// What time brings; called every few milliseconds while media flows.
    pub fn tick(&mut self, clock: &Clock, now: Instant, tally: &mut Tally) {
        if let State::Failed(_) = self.state {
            return;
        }
        if now >= self.check_at {
            self.check(now, tally);
        }
        if let Some(secure) = self.secure.as_mut().filter(|secure| secure.due <= clock.system(now)) {
            let events = secure.tick(clock.system(now));
            self.follow(now, events, tally);
        }
        if self.state == State::Opening && now.since(self.started) > PATIENCE {
            let place = match (self.checked, &self.sender) {
                (false, _) => "no check was answered",
                (true, None) => "the DTLS handshake did not end",
                (true, Some(_)) => "the SCTP association did not come up",
            };
            self.state = State::Failed(format!("client {}: {place}", self.id));
        }
        if now >= self.heartbeat_at {
            self.heartbeat_at = now + HEARTBEATS;
            if let Some(heartbeat) = self.association.heartbeat() {
                self.send_secure(now, &heartbeat, tally);
            }
        }
        self.feedback(clock, now, tally);
    }

    /// Sends a frame if one is due.
    pub fn publish(&mut self, clock: &Clock, now: Instant, tally: &mut Tally) {
        if let (Some(publishing), Some(sender)) = (&mut self.publishing, &self.sender) {
            let socket = &self.socket;
            tally.counted.published += publishing.frame(clock, now, sender, |packet| send(socket, packet));
        }
    }

    pub fn close(&mut self) {
        let events = self.secure.as_mut().and_then(|secure| secure.close().ok());
        for event in events.into_iter().flatten() {
            if let Event::Send(packet) = event {
                send(&self.socket, &packet);
            }
        }
    }

    fn check(&mut self, now: Instant, tally: &mut Tally) {
        let mut transaction = [0; 12];
        transaction[..4].copy_from_slice(&self.id.to_be_bytes());
        transaction[4..].copy_from_slice(&self.checks.to_be_bytes());
        self.checks += 1;
        self.check_at = now + if self.checked { CHECKS } else { FIRST_CHECKS };
        tally.counted.checks += 1;
        send(&self.socket, &stun::request(&transaction, &self.ufrags.0, &self.ufrags.1, PRIORITY, true, &self.key));
    }

    /// A binding success (RFC 8489 §6.3.3); this end asked only one kind of thing, so its number is proof enough.
    fn answered(&mut self, clock: &Clock, now: Instant, identity: &Identity, datagram: &[u8]) {
        if datagram[..2] != [0x01, 0x01] || datagram[8..12] != self.id.to_be_bytes() || self.checked {
            return;
        }
        self.checked = true;
        self.check_at = now + CHECKS.mul_f64(f64::from(self.id % 100 + 1) / 100.0);
        let mut secure = Secure::new(identity, self.fingerprint.clone(), clock.system(now));
        // Nothing but the first flight can come of it, which the next tick would send too.
        secure.due = clock.system(now);
        self.secure = Some(secure);
    }

    fn follow(&mut self, now: Instant, events: Result<Vec<Event>, String>, tally: &mut Tally) {
        let events = match events {
            Ok(events) => events,
            Err(message) => {
                self.state = State::Failed(format!("client {}: {message}", self.id));
                return;
            }
        };
        for event in events {
            match event {
                Event::Send(packet) => send(&self.socket, &packet),
                Event::Keys { local, remote } => {
                    self.sender = Sender::new(local);
                    self.receiver = Receiver::new(&remote);
                }
                Event::Data(packet) => {
                    let before = self.association.messages;
                    let answers = self.association.receive(&packet);
                    tally.counted.messages += self.association.messages - before;
                    for answer in answers {
                        self.send_secure(now, &answer, tally);
                    }
                }
                Event::Closed => self.state = State::Failed(format!("client {}: the node closed the connection", self.id)),
            }
        }
        if self.state == State::Opening && self.sender.is_some() && self.association.is_established() {
            self.state = State::Open(now.since(self.started).as_secs_f64() * 1000.0);
        }
    }

    fn send_secure(&mut self, now: Instant, data: &[u8], tally: &mut Tally) {
        if let Some(secure) = &mut self.secure {
            let events = secure.send(data);
            self.follow(now, events, tally);
        }
    }

    fn rtp(&mut self, now: Instant, datagram: &mut [u8], tally: &mut Tally) {
        if self.loss.hits() {
            tally.counted.lost += 1;
            return;
        }
        let opened = Header::parse(datagram).and_then(|header| {
            let length = self.receiver.as_mut()?.unprotect_rtp(&header, datagram).ok()?;
            Some((header, length))
        });
        let Some((header, length)) = opened else {
            tally.counted.unreadable += 1;
            return;
        };
        let payload = &datagram[header.length..length];
        for watching in &mut self.watches {
            let arrival = if watching.ssrc == header.ssrc {
                if let Some(sent) = sent_at(payload) {
                    tally.delays.add(now.since(sent).as_micros() as u64);
                }
                watching.media(now, header.sequence)
            } else if let (true, Some([high, low])) = (watching.rtx_ssrc == header.ssrc, payload.first_chunk()) {
                let arrival = watching.repaired(u16::from_be_bytes([*high, *low]));
                tally.counted.repaired += u64::from(arrival == Arrival::New);
                arrival
            } else {
                continue;
            };
            match arrival {
                Arrival::New => tally.counted.delivered += 1,
                Arrival::Known => tally.counted.duplicates += 1,
            }
            return;
        }
        tally.counted.unreadable += 1;
    }

    fn rtcp(&mut self, now: Instant, datagram: &mut [u8], tally: &mut Tally) {
        let length = self.receiver.as_mut().and_then(|receiver| receiver.unprotect_rtcp(datagram).ok());
        let Some(length) = length else {
            tally.counted.unreadable += 1;
            return;
        };
        for packet in packets(&datagram[..length]).flatten() {
            if let Some(report) = SenderReport::parse(&packet) {
                let watching = self.watches.iter_mut().find(|watching| watching.ssrc == report.ssrc);
                if let Some(watching) = watching {
                    watching.sender_report(now, report.ntp);
                }
            }
            match (feedback::read(&packet), &mut self.publishing) {
                (Some(Feedback::KeyFrameRequest { .. }), Some(publishing)) => {
                    publishing.key_wanted = true;
                    tally.counted.key_frames_asked += 1;
                }
                (Some(Feedback::Nack { sequences, .. }), _) => tally.counted.nacked_by_node += sequences.len() as u64,
                _ => {}
            }
        }
    }

    /// Reports and the estimate once a second, requests for what is missing at once.
    fn feedback(&mut self, clock: &Clock, now: Instant, tally: &mut Tally) {
        let Some(sender) = &mut self.sender else { return };
        let mut buffer = Vec::new();
        for watching in &mut self.watches {
            tally.counted.gaps += watching.give_up(now);
            tally.counted.nacked += watching.ask(now, self.own_ssrc, &mut buffer);
        }
        if !buffer.is_empty() {
            sender.protect_rtcp(&mut buffer, 0);
            send(&self.socket, &buffer);
        }
        if now < self.report_at {
            return;
        }
        self.report_at = now + REPORTS;
        buffer.clear();
        if let Some(publishing) = self.publishing.as_ref().filter(|publishing| publishing.has_sent()) {
            publishing.report(clock, now, &mut buffer);
        } else {
            let blocks: Vec<_> = self.watches.iter_mut().filter_map(|watching| watching.block(now)).collect();
            let media: Vec<Ssrc> = blocks.iter().map(|block| block.ssrc).collect();
            // A browser that was sent nothing has nothing to report, but for the estimate that it starts with.
            write_receiver_report(&mut buffer, self.own_ssrc, &blocks);
            if !media.is_empty() || !self.watches.is_empty() && now.since(self.started) < 3 * REPORTS {
                write_remb(&mut buffer, self.own_ssrc, &media, ESTIMATE);
            } else {
                return;
            }
        }
        tally.counted.reports += 1;
        sender.protect_rtcp(&mut buffer, 0);
        send(&self.socket, &buffer);
    }
}

/// What the kernel has no room for is lost, as on any link.
fn send(socket: &UdpSocket, packet: &[u8]) {
    let _ = socket.send(packet);
}
