//! As much of SCTP (RFC 9260) as the receiving end of the data channel needs: it lets the node set up the association, acknowledges
//! what comes, and keeps it alive.

use std::collections::BTreeSet;

const PORT: u16 = 5000;
const DATA: u8 = 0;
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;
const SACK: u8 = 3;
const HEARTBEAT: u8 = 4;
const HEARTBEAT_ACK: u8 = 5;
const ABORT: u8 = 6;
const COOKIE_ECHO: u8 = 10;
const COOKIE_ACK: u8 = 11;
const STATE_COOKIE: u16 = 7;
const WINDOW: u32 = 1 << 20;

pub struct Association {
    tag: u32,
    peer: Option<Peer>,
    established: bool,
    /// Data chunks that came, each once.
    pub messages: u64,
}

struct Peer {
    tag: u32,
    /// The last number up to which everything is here.
    cumulative: u32,
    /// How far ahead of it those are that came early.
    early: BTreeSet<u16>,
}

impl Association {
    /// `tag`: anything but 0, this end's.
    pub fn new(tag: u32) -> Association {
        Association { tag, peer: None, established: false, messages: 0 }
    }

    pub fn is_established(&self) -> bool {
        self.established
    }

    /// What a packet is answered with.
    pub fn receive(&mut self, packet: &[u8]) -> Vec<Vec<u8>> {
        let Some(mut rest) = packet.get(12..) else { return Vec::new() };
        let mut answers = Vec::new();
        let mut data = false;
        while let Some(&[kind, _, high, low]) = rest.first_chunk() {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let Some(body) = rest.get(4..length) else { break };
            match kind {
                INIT => answers.extend(self.initiate(body)),
                COOKIE_ECHO => {
                    self.established = true;
                    answers.extend(self.packet(COOKIE_ACK, &[]));
                }
                DATA => {
                    data = true;
                    self.data(body);
                }
                HEARTBEAT => answers.extend(self.packet(HEARTBEAT_ACK, body)),
                ABORT => self.established = false,
                _ => {}
            }
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or(&[]);
        }
        if data {
            answers.extend(self.acknowledge());
        }
        answers
    }

    /// As browsers send them about every 30 s.
    pub fn heartbeat(&self) -> Option<Vec<u8>> {
        // A heartbeat information parameter (§3.3.5) of four bytes.
        self.packet(HEARTBEAT, &[0, 1, 0, 8, 1, 2, 3, 4])
    }

    fn initiate(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let tag = word(body, 0)?;
        self.peer = Some(Peer { tag, cumulative: word(body, 12)?.wrapping_sub(1), early: BTreeSet::new() });
        let mut answer = Vec::new();
        for value in [self.tag, WINDOW] {
            answer.extend_from_slice(&value.to_be_bytes());
        }
        answer.extend_from_slice(&[0xff; 4]);
        answer.extend_from_slice(&self.tag.to_be_bytes());
        // Nobody but the node reaches this end through DTLS, so the cookie has nothing to prove.
        answer.extend_from_slice(&STATE_COOKIE.to_be_bytes());
        answer.extend_from_slice(&8u16.to_be_bytes());
        answer.extend_from_slice(&self.tag.to_be_bytes());
        self.packet(INIT_ACK, &answer)
    }

    fn data(&mut self, body: &[u8]) {
        let (Some(peer), Some(number)) = (&mut self.peer, word(body, 0)) else { return };
        let ahead = number.wrapping_sub(peer.cumulative);
        let Some(ahead) = u16::try_from(ahead).ok().filter(|ahead| *ahead > 0) else { return };
        self.messages += u64::from(peer.early.insert(ahead));
        while peer.early.remove(&1) {
            peer.cumulative = peer.cumulative.wrapping_add(1);
            peer.early = peer.early.iter().map(|ahead| ahead - 1).collect();
        }
    }

    fn acknowledge(&self) -> Option<Vec<u8>> {
        let peer = self.peer.as_ref()?;
        let mut gaps: Vec<(u16, u16)> = Vec::new();
        for ahead in &peer.early {
            match gaps.last_mut() {
                Some((_, end)) if *end + 1 == *ahead => *end = *ahead,
                _ => gaps.push((*ahead, *ahead)),
            }
        }
        let mut body = Vec::new();
        body.extend_from_slice(&peer.cumulative.to_be_bytes());
        body.extend_from_slice(&WINDOW.to_be_bytes());
        body.extend_from_slice(&(gaps.len() as u16).to_be_bytes());
        body.extend_from_slice(&[0, 0]);
        for (start, end) in gaps {
            body.extend_from_slice(&start.to_be_bytes());
            body.extend_from_slice(&end.to_be_bytes());
        }
        self.packet(SACK, &body)
    }

    fn packet(&self, kind: u8, body: &[u8]) -> Option<Vec<u8>> {
        let peer = self.peer.as_ref()?;
        let mut packet = Vec::with_capacity(16 + body.len());
        packet.extend_from_slice(&PORT.to_be_bytes());
        packet.extend_from_slice(&PORT.to_be_bytes());
        packet.extend_from_slice(&peer.tag.to_be_bytes());
        packet.extend_from_slice(&[0; 4]);
        packet.extend_from_slice(&[kind, 0]);
        packet.extend_from_slice(&(4 + body.len() as u16).to_be_bytes());
        packet.extend_from_slice(body);
        packet.resize(packet.len().next_multiple_of(4), 0);
        let checksum = crc32c::crc32c(&packet);
        packet[8..12].copy_from_slice(&checksum.to_le_bytes());
        Some(packet)
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; 12];
        packet.extend_from_slice(&[kind, 3]);
        packet.extend_from_slice(&(4 + body.len() as u16).to_be_bytes());
        packet.extend_from_slice(body);
        packet
    }

    fn data(number: u32) -> Vec<u8> {
        chunk(DATA, &[&number.to_be_bytes()[..], &[0; 8], b"hello"].concat())
    }

    fn associated() -> Association {
        let mut association = Association::new(5);
        let init = [&9u32.to_be_bytes()[..], &[0; 8], &100u32.to_be_bytes()].concat();
        let answers = association.receive(&chunk(INIT, &init));
        assert_eq!((answers[0][12], word(&answers[0], 4), word(&answers[0], 16)), (INIT_ACK, Some(9), Some(5)));
        let answers = association.receive(&chunk(COOKIE_ECHO, &5u32.to_be_bytes()));
        assert_eq!(answers[0][12], COOKIE_ACK);
        assert!(association.is_established());
        association
    }

    #[test]
    fn gaps_are_told_and_closed() {
        let mut association = associated();
        let early = association.receive(&data(102));
        assert_eq!((word(&early[0], 16), early[0][24..28].to_vec()), (Some(99), vec![0, 1, 0, 0]));
        assert_eq!(early[0][28..32], [0, 3, 0, 3]);
        association.receive(&data(100));
        let closed = association.receive(&data(101));
        assert_eq!((word(&closed[0], 16), association.messages), (Some(102), 3));
        association.receive(&data(101));
        assert_eq!(association.messages, 3);
    }

    #[test]
    fn heartbeats_go_both_ways_and_an_abort_ends_it() {
        let mut association = associated();
        assert_eq!(association.heartbeat().map(|packet| packet[12]), Some(HEARTBEAT));
        let answers = association.receive(&chunk(HEARTBEAT, &[0, 1, 0, 4]));
        assert_eq!(answers[0][12..], [HEARTBEAT_ACK, 0, 0, 8, 0, 1, 0, 4]);
        association.receive(&chunk(ABORT, &[]));
        assert!(!association.is_established());
        assert!(association.receive(&[1, 2, 3]).is_empty());
    }
}
