//! One datapath, its clients, and the links between, in steps of a millisecond.

use super::client::{Client, Credentials};
use super::link::{Link, Random};
use super::publisher::Encoder;
use super::{HEARD_AS, IDS, OPUS, SEEN_AS, VP8};
use sipulung_datapath_core::codec::PayloadType;
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::demux::{kind, Kind};
use sipulung_datapath_core::ids::{LayerIndex, Path, RoomId, SlotIndex, Ssrc, TrackId, TransportId};
use sipulung_datapath_core::rtp::Header;
use sipulung_datapath_core::slot::{self, SlotDescription};
use sipulung_datapath_core::srtp::{Master, Profile, Receiver, Sender};
use sipulung_datapath_core::time::{Instant, Ntp};
use sipulung_datapath_core::track::{self, TrackDescription};
use sipulung_datapath_core::{Command, Config, Datapath, Event};
use std::collections::BTreeMap;
use std::time::Duration;

pub const NTP_AT_ZERO: Ntp = Ntp(3_990_000_000_000_000);
pub const ROOM: RoomId = RoomId(1);
const STEP: Duration = Duration::from_millis(1);

enum Flight {
    ToNode(Path, Vec<u8>),
    ToClient(usize, Vec<u8>),
}

pub struct World {
    pub now: Instant,
    pub datapath: Datapath,
    pub clients: Vec<Client>,
    pub up: Vec<Link>,
    pub down: Vec<Link>,
    pub events: Vec<Event>,
    /// Datagrams that left the node, by path.
    pub sent: BTreeMap<String, usize>,
    profile: Profile,
    random: Random,
    /// Opens everything as it leaves the node: it would refuse an index used twice.
    witnesses: Vec<Receiver>,
    flights: BTreeMap<(Instant, u64), Flight>,
    number: u64,
    next_handle: u32,
}

fn master(profile: Profile, id: u32, from_node: bool) -> Master {
    let seed = id as u8 * 2 + u8::from(from_node);
    let bytes = |length: usize, salt: u8| (0..length).map(|at| (at as u8).wrapping_mul(31) ^ seed ^ salt).collect();
    Master { profile, key: bytes(profile.key_length(), 0), salt: bytes(profile.salt_length(), 0x5a) }
}

impl World {
    pub fn new(seed: u64) -> World {
        World::with_profile(seed, Profile::AeadAes128Gcm)
    }

    pub fn with_profile(seed: u64, profile: Profile) -> World {
        let config = Config { silent_timeout: Duration::from_secs(5), ntp_at_zero: NTP_AT_ZERO };
        let mut world = World {
            now: Instant::from_millis(1000),
            datapath: Datapath::new(config),
            clients: Vec::new(),
            up: Vec::new(),
            down: Vec::new(),
            events: Vec::new(),
            sent: BTreeMap::new(),
            profile,
            random: Random(seed),
            witnesses: Vec::new(),
            flights: BTreeMap::new(),
            number: 0,
            next_handle: 100,
        };
        world.apply(Command::AddRoom(ROOM));
        world
    }

    pub fn apply(&mut self, command: Command) {
        self.datapath.apply(self.now, command);
    }

    pub fn count(&self, counter: Counter) -> u64 {
        self.datapath.counters().get(counter)
    }

    fn handle(&mut self) -> u32 {
        self.next_handle += 1;
        self.next_handle
    }

    /// A transport, with keys, that knows nothing of the network yet. Returns its place in `clients`.
    pub fn add(&mut self, room: RoomId) -> usize {
        let id = self.handle();
        let transport = TransportId(id);
        let (node_ufrag, node_pwd) = (format!("node{id}"), format!("node-password-{id}"));
        let credentials = Credentials { local_ufrag: format!("client{id}"), node_ufrag, node_pwd };
        self.apply(Command::AddTransport {
            transport,
            room,
            local_ufrag: credentials.node_ufrag.clone(),
            local_pwd: credentials.node_pwd.clone(),
            remote_ufrag: credentials.local_ufrag.clone(),
        });
        let (node, own) = (master(self.profile, id, true), master(self.profile, id, false));
        let receiver = || Receiver::new(&node).unwrap();
        let path = Path::Udp(([10, 0, 0, 1], 10_000 + id as u16).into());
        self.clients.push(Client::new(transport, path, credentials, Sender::new(own.clone()).unwrap(), receiver()));
        self.witnesses.push(receiver());
        self.up.push(Link::CLEAN);
        self.down.push(Link::CLEAN);
        self.apply(Command::SetKeys { transport, local: node, remote: own });
        self.clients.len() - 1
    }

    /// A participant who is connected and admitted.
    pub fn join(&mut self) -> usize {
        let client = self.add(ROOM);
        self.admit(client, true);
        self.connect(client);
        client
    }

    pub fn connect(&mut self, client: usize) {
        let now = self.now;
        self.clients[client].connect(now);
        self.run(20);
    }

    pub fn admit(&mut self, client: usize, admitted: bool) {
        let transport = self.clients[client].id;
        self.apply(Command::SetAdmitted { transport, admitted });
    }

    pub fn describe(&self, mid: &str, kind: track::Kind, types: &[PayloadType], rids: &[&'static str]) -> TrackDescription {
        let rids = rids.iter().map(ToString::to_string).collect();
        TrackDescription { mid: mid.into(), kind, payload_types: types.to_vec(), extensions: IDS, rids, ssrcs: Vec::new() }
    }

    pub fn add_track(&mut self, client: usize, description: TrackDescription) -> TrackId {
        let track = TrackId(self.handle());
        let transport = self.clients[client].id;
        self.apply(Command::AddTrack { transport, track, description });
        track
    }

    /// A track with one encoder per rid, or one. Returns the track and the SSRC of its lowest layer; the next has the next.
    pub fn publish(
        &mut self,
        client: usize,
        mid: &str,
        kind: track::Kind,
        types: PayloadType,
        rids: &[&'static str],
    ) -> (TrackId, u32) {
        let track = self.add_track(client, self.describe(mid, kind, &[types], rids));
        let first = track.0 * 1000;
        let layers: Vec<_> = if rids.is_empty() { vec![None] } else { rids.iter().copied().map(Some).collect() };
        for (layer, rid) in layers.into_iter().enumerate() {
            let mut encoder = Encoder::new(track, mid, rid, first + layer as u32, types);
            encoder.packets += layer as u16 * 2;
            self.clients[client].encoders.push(encoder);
        }
        (track, first)
    }

    pub fn microphone(&mut self, client: usize) -> (TrackId, u32) {
        self.publish(client, "mic", track::Kind::Audio, OPUS, &[])
    }

    pub fn camera(&mut self, client: usize) -> (TrackId, u32) {
        self.publish(client, "cam", track::Kind::Camera, VP8, &["q", "h", "f"])
    }

    pub fn encoder(&mut self, ssrc: u32) -> &mut Encoder {
        let mut encoders = self.clients.iter_mut().flat_map(|client| &mut client.encoders);
        encoders.find(|encoder| encoder.ssrc == ssrc).expect("an encoder with this SSRC")
    }

    /// `free` audio slots, then pairs: audio at `free + 2 * pair`, video right behind.
    pub fn slots(&mut self, client: usize, free: usize, pairs: usize) {
        let transport = self.clients[client].id;
        let slot = |index: usize, kind: slot::Kind, paired: bool| SlotDescription {
            kind,
            mid: format!("s{index}"),
            ssrc: Ssrc(transport.0 * 10_000_000 + index as u32 * 10),
            payload_types: if kind == slot::Kind::Audio { HEARD_AS.to_vec() } else { SEEN_AS.to_vec() },
            extensions: IDS,
            rtx_ssrc: (kind == slot::Kind::Video).then_some(Ssrc(transport.0 * 10_000_000 + index as u32 * 10 + 1)),
            paired,
        };
        let mut slots: Vec<_> = (0..free).map(|index| slot(index, slot::Kind::Audio, false)).collect();
        for _ in 0..pairs {
            slots.push(slot(slots.len(), slot::Kind::Audio, true));
            slots.push(slot(slots.len(), slot::Kind::Video, false));
        }
        self.clients[client].slots.clone_from(&slots);
        self.apply(Command::SetSlots { transport, slots });
    }

    pub fn assign(&mut self, client: usize, slot: usize, shown: Option<(TrackId, u8)>) {
        let (track, layer) = (shown.map(|(track, _)| track), LayerIndex(shown.map_or(0, |(_, layer)| layer)));
        let transport = self.clients[client].id;
        self.apply(Command::AssignVideo { transport, slot: SlotIndex(slot as u16), track, layer });
    }

    pub fn pair(&mut self, client: usize, slot: usize, track: Option<TrackId>) {
        let transport = self.clients[client].id;
        self.apply(Command::PairAudio { transport, slot: SlotIndex(slot as u16), track });
    }

    pub fn enable(&mut self, track: TrackId, enabled: bool) {
        self.apply(Command::SetTrackEnabled { track, enabled });
    }

    /// A datagram straight into the node.
    pub fn deliver(&mut self, path: Path, mut datagram: Vec<u8>) {
        self.datapath.receive(self.now, path, &mut datagram);
        self.collect();
    }

    pub fn run(&mut self, millis: u64) {
        for _ in 0..millis {
            self.step();
        }
    }

    fn step(&mut self) {
        let until = self.now + STEP;
        while let Some(entry) = self.flights.first_entry().filter(|entry| entry.key().0 <= until) {
            let ((at, _), flight) = entry.remove_entry();
            self.now = self.now.max(at);
            match flight {
                Flight::ToNode(path, mut datagram) => self.datapath.receive(self.now, path, &mut datagram),
                Flight::ToClient(client, datagram) => self.clients[client].receive(self.now, datagram),
            }
            self.collect();
        }
        self.now = until;
        for client in 0..self.clients.len() {
            self.clients[client].tick(until);
        }
        self.datapath.tick(until);
        self.collect();
        assert!(self.datapath.next_wakeup(until) > until, "a busy loop");
    }

    /// What is to leave, leaves: over the links.
    fn collect(&mut self) {
        let now = self.now;
        for client in 0..self.clients.len() {
            for (path, datagram) in std::mem::take(&mut self.clients[client].outgoing) {
                for at in self.up[client].carry(&mut self.random, now) {
                    self.number += 1;
                    self.flights.insert((at, self.number), Flight::ToNode(path, datagram.clone()));
                }
            }
        }
        let mut leaving = self.datapath.take_immediate();
        for ready in self.datapath.ready(now) {
            assert_eq!(ready.ends.last().map(|end| *end as usize), Some(ready.bytes.len()));
            let mut start = 0;
            for end in ready.ends {
                leaving.push((ready.path, ready.bytes[start..*end as usize].to_vec()));
                start = *end as usize;
            }
        }
        self.datapath.sent(now);
        self.events.extend(self.datapath.take_events());
        for (path, datagram) in leaving {
            *self.sent.entry(format!("{path:?}")).or_default() += 1;
            let Some(client) = self.clients.iter().position(|client| client.paths.contains(&path)) else { continue };
            self.witness(client, &datagram);
            // What was sent to an address that the client has left is gone.
            if self.clients[client].path != path {
                continue;
            }
            for at in self.down[client].carry(&mut self.random, now) {
                self.number += 1;
                self.flights.insert((at, self.number), Flight::ToClient(client, datagram.clone()));
            }
        }
    }

    fn witness(&mut self, client: usize, datagram: &[u8]) {
        assert!(datagram.len() <= 1500);
        let mut copy = datagram.to_vec();
        let opened = match kind(datagram) {
            Kind::Rtp => self.witnesses[client].unprotect_rtp(&Header::parse(datagram).unwrap(), &mut copy),
            Kind::Rtcp => self.witnesses[client].unprotect_rtcp(&mut copy),
            _ => return,
        };
        opened.expect("what leaves is protected, each under its own index");
    }

    pub fn sent_to(&self, path: Path) -> usize {
        self.sent.get(&format!("{path:?}")).copied().unwrap_or(0)
    }

    pub fn clear_sent(&mut self) {
        self.sent.clear();
    }

    pub fn connections(&self, client: usize) -> Vec<(Path, bool)> {
        let id = self.clients[client].id;
        let connected = |event: &Event| match event {
            Event::Connected { transport, path, changed } if *transport == id => Some((*path, *changed)),
            _ => None,
        };
        self.events.iter().filter_map(connected).collect()
    }

    pub fn silences(&self, client: usize) -> usize {
        let silent = Event::Silent { transport: self.clients[client].id };
        self.events.iter().filter(|event| **event == silent).count()
    }

    /// The last that was told of who speaks.
    pub fn speakers(&self) -> Vec<TrackId> {
        let last = self.events.iter().rev().find_map(|event| match event {
            Event::Speakers { tracks, .. } => Some(tracks.clone()),
            _ => None,
        });
        last.unwrap_or_default()
    }

    pub fn rates(&self, track: TrackId) -> Vec<u64> {
        let last = self.events.iter().rev().find_map(|event| match event {
            Event::LayersChanged { track: known, bitrates } if *known == track => Some(bitrates.clone()),
            _ => None,
        });
        last.unwrap_or_default()
    }
}
