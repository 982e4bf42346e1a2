//! One camera: frames at an even pace, each a burst of packets of equal size, numbered for transport-wide feedback.

use crate::clock::Clock;
use crate::protocol::Published;
use sipulung_datapath_core::extensions::Writer;
use sipulung_datapath_core::ids::Ssrc;
use sipulung_datapath_core::rtcp::report::SenderReport;
use sipulung_datapath_core::rtp::fixed_header;
use sipulung_datapath_core::srtp::Sender;
use sipulung_datapath_core::time::Instant;
use std::time::Duration;

/// Where the time of sending stands in a payload: after the VP8 descriptor and the first bytes of the frame's header.
const TIME_AT: usize = 16;
pub const SMALLEST_PAYLOAD: usize = TIME_AT + 8;

pub struct Pace {
    pub interval: Duration,
    pub frame_packets: u32,
    pub payload_bytes: usize,
    pub next: Instant,
}

pub struct Publishing {
    ssrc: Ssrc,
    pt: u8,
    transport_cc: u8,
    pub pace: Option<Pace>,
    pub key_wanted: bool,
    index: u64,
    transport_wide: u16,
    picture: u16,
    bytes: u64,
}

impl Publishing {
    pub fn new(published: &Published) -> Publishing {
        Publishing {
            ssrc: Ssrc(published.ssrc),
            pt: published.pt,
            transport_cc: published.transport_cc,
            pace: None,
            key_wanted: true,
            index: 1,
            transport_wide: 0,
            picture: 0,
            bytes: 0,
        }
    }

    /// Sends a frame if one is due; returns its packets.
    pub fn frame(&mut self, clock: &Clock, now: Instant, sender: &Sender, mut send: impl FnMut(&[u8])) -> u64 {
        let Some(pace) = &mut self.pace else { return 0 };
        if now < pace.next {
            return 0;
        }
        pace.next = pace.next + pace.interval;
        let (packets, size) = (pace.frame_packets, pace.payload_bytes);
        let key = std::mem::take(&mut self.key_wanted);
        let timestamp = rtp_time(now);
        self.picture = (self.picture + 1) & 0x7fff;
        for place in 0..packets {
            let mut packet = fixed_header(true, place + 1 == packets, self.pt, self.index as u16, timestamp, self.ssrc).to_vec();
            let mut writer = Writer::new(&mut packet, false);
            writer.element(self.transport_cc, &self.transport_wide.to_be_bytes());
            writer.finish();
            let header = packet.len();
            self.transport_wide = self.transport_wide.wrapping_add(1);
            self.payload(&mut packet, place == 0, key, size, clock.now());
            sender.protect_rtp(&mut packet, 0, header, self.ssrc, self.index);
            self.index += 1;
            self.bytes += size as u64;
            send(&packet);
        }
        u64::from(packets)
    }

    /// RFC 7741 §4.2: a descriptor with a 15-bit picture id; the frame's first byte says by its last bit whether it is a key frame.
    fn payload(&self, packet: &mut Vec<u8>, first: bool, key: bool, size: usize, now: Instant) {
        let start = packet.len();
        let [high, low] = (0x8000 | self.picture).to_be_bytes();
        packet.extend_from_slice(&[0x80 | u8::from(first) << 4, 0x80, high, low, u8::from(!key)]);
        packet.resize(start + TIME_AT, 0);
        packet.extend_from_slice(&now.micros().to_be_bytes());
        packet.resize(start + size, 0x5a);
    }

    pub fn report(&self, clock: &Clock, now: Instant, buffer: &mut Vec<u8>) {
        let (packets, bytes) = (self.index as u32 - 1, self.bytes as u32);
        SenderReport { ssrc: self.ssrc, ntp: clock.ntp(now), rtp: rtp_time(now), packets, bytes }.write(buffer);
    }

    pub fn has_sent(&self) -> bool {
        self.index > 1
    }
}

fn rtp_time(now: Instant) -> u32 {
    (now.micros() * 9 / 100) as u32
}

/// When a payload was sent.
pub fn sent_at(payload: &[u8]) -> Option<Instant> {
    let bytes: [u8; 8] = payload.get(TIME_AT..TIME_AT + 8)?.try_into().ok()?;
    Some(Instant(u64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sipulung_datapath_core::rtp::Header;
    use sipulung_datapath_core::srtp::{Master, Profile, Receiver};
    use sipulung_datapath_core::vp8;

    #[test]
    fn a_frame_can_be_read_back() {
        let master = Master { profile: Profile::AeadAes128Gcm, key: vec![1; 16], salt: vec![2; 12] };
        let (sender, mut receiver) = (Sender::new(master.clone()).unwrap(), Receiver::new(&master).unwrap());
        let clock = Clock::start();
        let mut publishing = Publishing::new(&Published { ssrc: 7, pt: 96, transport_cc: 3 });
        let interval = Duration::from_millis(33);
        publishing.pace = Some(Pace { interval, frame_packets: 2, payload_bytes: 1100, next: Instant::ZERO });
        let mut packets = Vec::new();
        assert_eq!(publishing.frame(&clock, Instant::ZERO, &sender, |packet| packets.push(packet.to_vec())), 2);
        assert_eq!(publishing.frame(&clock, Instant::ZERO, &sender, |_| panic!("not due")), 0);
        let mut keys = Vec::new();
        for packet in &mut packets {
            let header = Header::parse(packet).unwrap();
            let length = receiver.unprotect_rtp(&header, packet).unwrap();
            let payload = &packet[header.length..length];
            assert_eq!(payload.len(), 1100);
            assert!(sent_at(payload).is_some());
            keys.push(vp8::parse(payload).unwrap().key_frame);
        }
        assert_eq!(keys, [true, false]);
    }
}
