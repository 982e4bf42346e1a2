//! The codecs that are forwarded, and the payload types that stand for them on one m-line.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Opus,
    Vp8,
    Vp9,
    H264,
    Av1,
}

impl Codec {
    #[must_use]
    pub fn from_name(name: &str) -> Option<Codec> {
        Some(match name {
            "opus" => Codec::Opus,
            "vp8" => Codec::Vp8,
            "vp9" => Codec::Vp9,
            "h264" => Codec::H264,
            "av1" => Codec::Av1,
            _ => return None,
        })
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Codec::Opus => "opus",
            Codec::Vp8 => "vp8",
            Codec::Vp9 => "vp9",
            Codec::H264 => "h264",
            Codec::Av1 => "av1",
        }
    }

    /// Ticks of the RTP clock per second.
    #[must_use]
    pub fn clock_rate(self) -> u32 {
        match self {
            Codec::Opus => 48_000,
            _ => 90_000,
        }
    }

    #[must_use]
    pub fn is_audio(self) -> bool {
        self == Codec::Opus
    }
}

/// One payload type of an m-line, with the type that repairs it (RFC 4588), if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadType {
    pub codec: Codec,
    pub pt: u8,
    pub rtx: Option<u8>,
}

/// What a payload type number means on an m-line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Media(Codec),
    /// Repairs packets of this payload type.
    Rtx {
        repaired: u8,
    },
}

#[must_use]
pub fn meaning(payload_types: &[PayloadType], pt: u8) -> Option<Meaning> {
    payload_types.iter().find_map(|known| {
        if known.pt == pt {
            Some(Meaning::Media(known.codec))
        } else if known.rtx == Some(pt) {
            Some(Meaning::Rtx { repaired: known.pt })
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_meanings() {
        for codec in [Codec::Opus, Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1] {
            assert_eq!(Codec::from_name(codec.name()), Some(codec));
        }
        assert_eq!(Codec::from_name("theora"), None);
        let types = [PayloadType { codec: Codec::Vp8, pt: 96, rtx: Some(97) }];
        assert_eq!(meaning(&types, 96), Some(Meaning::Media(Codec::Vp8)));
        assert_eq!(meaning(&types, 97), Some(Meaning::Rtx { repaired: 96 }));
        assert_eq!(meaning(&types, 98), None);
    }
}
