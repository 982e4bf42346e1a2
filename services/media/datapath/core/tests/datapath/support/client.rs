//! A participant's end: checks, keys, encoders, slots, reports and repairs, as a browser has them.

use super::link::Random;
use super::publisher::{Encoder, Packet};
use super::stream::Stream;
use sipulung_datapath_core::codec::{meaning, Meaning};
use sipulung_datapath_core::demux::{kind, Kind};
use sipulung_datapath_core::ids::{Path, Ssrc, TransportId};
use sipulung_datapath_core::rtcp::feedback::{read, write_nack, write_pli, write_remb, Feedback};
use sipulung_datapath_core::rtcp::report::{blocks, write_receiver_report, Block, SenderReport};
use sipulung_datapath_core::rtcp::{packets, RECEIVER_REPORT, TRANSPORT_FEEDBACK};
use sipulung_datapath_core::rtp::Header;
use sipulung_datapath_core::slot::SlotDescription;
use sipulung_datapath_core::srtp::{Receiver, Sender};
use sipulung_datapath_core::stun::{self, Key};
use sipulung_datapath_core::time::{Instant, Ntp};
use std::collections::BTreeMap;
use std::time::Duration;

pub struct Credentials {
    pub local_ufrag: String,
    pub node_ufrag: String,
    pub node_pwd: String,
}

pub struct Client {
    pub id: TransportId,
    pub path: Path,
    /// All that it ever sent from.
    pub paths: Vec<Path>,
    pub credentials: Credentials,
    pub sender: Sender,
    pub receiver: Receiver,
    /// Its clock less the node's, in microseconds.
    pub clock: i64,
    pub encoders: Vec<Encoder>,
    pub slots: Vec<SlotDescription>,
    pub streams: BTreeMap<Ssrc, Stream>,
    /// It asks for what is missing, and reports once a second.
    pub nacking: bool,
    pub reporting: bool,
    /// Bodies of transport-wide feedback after the two SSRCs.
    pub feedback: Vec<(Instant, Vec<u8>)>,
    pub blocks: Vec<Block>,
    pub answers: Vec<Vec<u8>>,
    pub records: Vec<Vec<u8>>,
    pub refused: usize,
    pub transport_cc: u16,
    pub sent_at: BTreeMap<u16, Instant>,
    pub outgoing: Vec<(Path, Vec<u8>)>,
    pub random: Random,
    checked: Option<Instant>,
    reported: Instant,
    last_reports: BTreeMap<Ssrc, (u32, Instant)>,
}

const CHECK_INTERVAL: Duration = Duration::from_millis(2500);
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const MINE: Ssrc = Ssrc(1);

impl Client {
    pub fn new(id: TransportId, path: Path, credentials: Credentials, sender: Sender, receiver: Receiver) -> Client {
        Client {
            id,
            path,
            paths: vec![path],
            credentials,
            sender,
            receiver,
            clock: i64::from(id.0) * 1_234_567,
            encoders: Vec::new(),
            slots: Vec::new(),
            streams: BTreeMap::new(),
            nacking: true,
            reporting: true,
            feedback: Vec::new(),
            blocks: Vec::new(),
            answers: Vec::new(),
            records: Vec::new(),
            refused: 0,
            transport_cc: 65_000,
            sent_at: BTreeMap::new(),
            outgoing: Vec::new(),
            random: Random(u64::from(id.0)),
            checked: None,
            reported: Instant::ZERO,
            last_reports: BTreeMap::new(),
        }
    }

    /// The bytes of a check.
    pub fn check(&mut self, nominate: bool) -> Vec<u8> {
        let mut transaction = [0; 12];
        transaction[..8].copy_from_slice(&self.random.next().to_be_bytes());
        let Credentials { local_ufrag, node_ufrag, node_pwd } = &self.credentials;
        stun::request(&transaction, local_ufrag, node_ufrag, 1, nominate, &Key::new(node_pwd))
    }

    pub fn connect(&mut self, now: Instant) {
        let check = self.check(true);
        self.outgoing.push((self.path, check));
        self.checked = Some(now);
    }

    /// From another address from now on.
    pub fn move_to(&mut self, now: Instant, path: Path) {
        self.path = path;
        self.paths.push(path);
        self.connect(now);
    }

    /// No check of its own accord.
    pub fn stop_checking(&mut self) {
        self.checked = None;
    }

    pub fn tick(&mut self, now: Instant) {
        if self.checked.is_some_and(|at| now.since(at) >= CHECK_INTERVAL) {
            self.connect(now);
        }
        let mut encoders = std::mem::take(&mut self.encoders);
        for encoder in &mut encoders {
            let made = encoder.due(now, &mut self.transport_cc);
            made.into_iter().for_each(|packet| self.send(now, packet));
        }
        self.encoders = encoders;
        if self.nacking {
            let slots = self.slots.iter().filter(|slot| slot.rtx_ssrc.is_some());
            for ssrc in slots.map(|slot| slot.ssrc).collect::<Vec<_>>() {
                let Some(stream) = self.streams.get_mut(&ssrc) else { continue };
                let missing = stream.nacks.due(now, Duration::from_millis(60));
                if !missing.is_empty() {
                    self.send_rtcp(|buffer| write_nack(buffer, MINE, ssrc, &missing));
                }
            }
        }
        if self.reporting && now.since(self.reported) >= REPORT_INTERVAL {
            self.reported = now;
            self.report(now);
        }
    }

    pub fn ntp(&self, now: Instant) -> Ntp {
        Ntp(super::world::NTP_AT_ZERO.0 + now.micros() as i64 + self.clock)
    }

    fn report(&mut self, now: Instant) {
        let ntp = self.ntp(now);
        let reports: Vec<_> = self.encoders.iter().filter(|encoder| encoder.on).map(|encoder| encoder.report(now, ntp)).collect();
        for report in reports {
            self.send_rtcp(|buffer| report.write(buffer));
        }
        let mut blocks = Vec::new();
        for (ssrc, stream) in &mut self.streams {
            let Some(reception) = &mut stream.reception else { continue };
            let mut block = reception.block(now, *ssrc);
            if let Some((compact, at)) = self.last_reports.get(ssrc) {
                block.last_report = *compact;
                block.delay = (now.since(*at).as_micros() * 65_536 / 1_000_000) as u32;
            }
            blocks.push(block);
        }
        if !blocks.is_empty() {
            self.send_rtcp(|buffer| write_receiver_report(buffer, MINE, &blocks));
        }
    }

    pub fn send(&mut self, now: Instant, packet: Packet) {
        let Packet { mut bytes, header_length, ssrc, index, transport_cc } = packet;
        self.sent_at.insert(transport_cc, now);
        self.sender.protect_rtp(&mut bytes, 0, header_length, Ssrc(ssrc), index);
        self.outgoing.push((self.path, bytes));
    }

    pub fn send_rtcp(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = Vec::new();
        write(&mut bytes);
        self.sender.protect_rtcp(&mut bytes, 0);
        self.outgoing.push((self.path, bytes));
    }

    pub fn ask_for_key_frame(&mut self, media: Ssrc) {
        self.send_rtcp(|buffer| write_pli(buffer, MINE, media));
    }

    pub fn estimate(&mut self, bitrate: u64) {
        self.send_rtcp(|buffer| write_remb(buffer, MINE, &[], bitrate));
    }

    pub fn probe(&mut self, now: Instant, encoder: usize) {
        let packet = self.encoders[encoder].padding(now, &mut self.transport_cc);
        self.send(now, packet);
    }

    pub fn receive(&mut self, now: Instant, mut datagram: Vec<u8>) {
        match kind(&datagram) {
            Kind::Stun => self.answers.push(datagram),
            Kind::Dtls => self.records.push(datagram),
            Kind::Rtp => self.rtp(now, &mut datagram),
            Kind::Rtcp => self.rtcp(now, &mut datagram),
            Kind::Refused(refusal) => panic!("the node sent what it would refuse: {refusal:?}"),
        }
    }

    fn rtp(&mut self, now: Instant, datagram: &mut [u8]) {
        let header = Header::parse(datagram).expect("an RTP header");
        let slot = self.slots.iter().find(|slot| slot.ssrc == header.ssrc || slot.rtx_ssrc == Some(header.ssrc));
        let slot = slot.unwrap_or_else(|| panic!("no slot has {:?}", header.ssrc));
        // Refused where the link delivered it twice.
        let Ok(length) = self.receiver.unprotect_rtp(&header, datagram) else {
            self.refused += 1;
            return;
        };
        let packet = &datagram[..length];
        let (codec, original) = match meaning(&slot.payload_types, header.pt).expect("a payload type of the slot") {
            Meaning::Media(codec) => {
                assert_eq!(header.ssrc, slot.ssrc);
                (codec, None)
            }
            Meaning::Rtx { repaired } => {
                assert_eq!(Some(header.ssrc), slot.rtx_ssrc);
                let Some(Meaning::Media(codec)) = meaning(&slot.payload_types, repaired) else { unreachable!() };
                (codec, Some(u16::from_be_bytes([packet[header.length], packet[header.length + 1]])))
            }
        };
        self.streams.entry(slot.ssrc).or_default().packet(now, codec, &header, original, packet);
    }

    fn rtcp(&mut self, now: Instant, datagram: &mut [u8]) {
        let Ok(length) = self.receiver.unprotect_rtcp(datagram) else {
            self.refused += 1;
            return;
        };
        for packet in packets(&datagram[..length]) {
            let packet = packet.expect("well-formed RTCP");
            if let Some(report) = SenderReport::parse(&packet) {
                self.last_reports.insert(report.ssrc, (report.ntp.compact(), now));
                self.streams.entry(report.ssrc).or_default().reports.push((now, report));
            }
            if packet.kind == RECEIVER_REPORT {
                self.blocks.extend(blocks(&packet));
            }
            if (packet.kind, packet.count) == (TRANSPORT_FEEDBACK, 15) {
                self.feedback.push((now, packet.body[8..].to_vec()));
            }
            match read(&packet) {
                Some(Feedback::KeyFrameRequest { media }) => {
                    let encoder = self.encoders.iter_mut().find(|encoder| encoder.ssrc == media.0);
                    if let Some(encoder) = encoder {
                        encoder.key_next = true;
                        encoder.key_requests.push(now);
                    }
                }
                Some(Feedback::Nack { media, sequences }) => self.repair(now, media, &sequences),
                _ => {}
            }
        }
    }

    fn repair(&mut self, now: Instant, media: Ssrc, sequences: &[u16]) {
        let Some(at) = self.encoders.iter().position(|encoder| encoder.ssrc == media.0) else { return };
        self.encoders[at].nacked += sequences.len();
        for sequence in sequences {
            if let Some(packet) = self.encoders[at].again(*sequence, &mut self.transport_cc) {
                self.send(now, packet);
            }
        }
    }

    /// What came in the slot at this place of the list.
    pub fn slot(&self, index: usize) -> &Stream {
        static NOTHING: std::sync::LazyLock<Stream> = std::sync::LazyLock::new(Stream::default);
        self.streams.get(&self.slots[index].ssrc).unwrap_or(&NOTHING)
    }
}
