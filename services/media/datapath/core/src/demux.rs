//! What a datagram is, by its first byte (RFC 7983 §7), once.

/// The largest datagram that is looked at: no WebRTC endpoint sends more than an Ethernet frame.
pub const LARGEST: usize = 1500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Stun,
    Dtls,
    Rtp,
    Rtcp,
    Refused(Refusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Empty,
    Oversized,
    Truncated,
    UnknownFirstByte,
}

#[must_use]
pub fn kind(datagram: &[u8]) -> Kind {
    let Some(&first) = datagram.first() else {
        return Kind::Refused(Refusal::Empty);
    };
    if datagram.len() > LARGEST {
        return Kind::Refused(Refusal::Oversized);
    }
    match first {
        0..=3 if datagram.len() < 20 => Kind::Refused(Refusal::Truncated),
        0..=3 => Kind::Stun,
        20..=63 if datagram.len() < 13 => Kind::Refused(Refusal::Truncated),
        20..=63 => Kind::Dtls,
        // A RTCP packet has at least 8 bytes, a RTP packet 12; protected ones have more.
        128..=191 if datagram.len() < 12 => Kind::Refused(Refusal::Truncated),
        // RFC 5761 §4: the second byte tells RTCP types 192–223 from RTP.
        128..=191 if (192..=223).contains(&datagram[1]) => Kind::Rtcp,
        128..=191 => Kind::Rtp,
        _ => Kind::Refused(Refusal::UnknownFirstByte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(first: u8, second: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        bytes[0] = first;
        bytes[1] = second;
        bytes
    }

    #[test]
    fn each_range_of_first_bytes() {
        assert_eq!(kind(&datagram(0, 1, 20)), Kind::Stun);
        assert_eq!(kind(&datagram(22, 254, 13)), Kind::Dtls);
        assert_eq!(kind(&datagram(128, 96, 12)), Kind::Rtp);
        assert_eq!(kind(&datagram(144, 224, 12)), Kind::Rtp);
        assert_eq!(kind(&datagram(128, 200, 12)), Kind::Rtcp);
        for first in [4, 19, 64, 127, 192, 255] {
            assert_eq!(kind(&datagram(first, 0, 100)), Kind::Refused(Refusal::UnknownFirstByte));
        }
    }

    #[test]
    fn empty_oversized_and_truncated() {
        assert_eq!(kind(&[]), Kind::Refused(Refusal::Empty));
        assert_eq!(kind(&datagram(128, 96, 1501)), Kind::Refused(Refusal::Oversized));
        assert_eq!(kind(&datagram(128, 96, 11)), Kind::Refused(Refusal::Truncated));
        assert_eq!(kind(&datagram(1, 1, 19)), Kind::Refused(Refusal::Truncated));
        assert_eq!(kind(&datagram(22, 1, 12)), Kind::Refused(Refusal::Truncated));
    }
}
