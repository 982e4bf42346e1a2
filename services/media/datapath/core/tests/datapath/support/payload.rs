//! Payloads that codecs' rules are true of, and that tell a test where they come from.

use sipulung_datapath_core::codec::Codec;
use sipulung_datapath_core::vp8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// The SSRC that it was published under.
    pub source: u32,
    pub frame: u32,
    pub packet: u16,
    pub packets: u16,
    pub key: bool,
}

const TAG_LENGTH: usize = 13;

/// VP8's own numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub picture: u16,
    pub wide: bool,
    pub tl0: u8,
}

pub fn write(codec: Codec, tag: Tag, numbers: Numbers, size: usize) -> Vec<u8> {
    let first = tag.packet == 0;
    let mut payload = match codec {
        Codec::Opus => Vec::new(),
        Codec::Vp8 => {
            let mut descriptor = vec![if first { 0x90 } else { 0x80 }, 0xc0];
            if numbers.wide {
                descriptor.extend_from_slice(&(0x8000 | numbers.picture).to_be_bytes());
            } else {
                descriptor.push((numbers.picture & 0x7f) as u8);
            }
            // TL0PICIDX, then the payload header: its lowest bit says that the frame is no key frame.
            descriptor.extend_from_slice(&[numbers.tl0, u8::from(!tag.key)]);
            descriptor
        }
        // A key frame begins with parameter sets; its slice is in fragments behind them.
        Codec::H264 if first && tag.key => vec![0x67, 0],
        Codec::H264 => {
            let starts = tag.packet == u16::from(tag.key);
            vec![0x7c, if starts { 0x80 } else { 0 } | if tag.key { 5 } else { 1 }]
        }
        Codec::Av1 => vec![if !first {
            0x80
        } else if tag.key {
            0x08
        } else {
            0
        }],
        Codec::Vp9 => unreachable!("no test sends it"),
    };
    payload.extend_from_slice(&tag.source.to_be_bytes());
    payload.extend_from_slice(&tag.frame.to_be_bytes());
    payload.extend_from_slice(&tag.packet.to_be_bytes());
    payload.extend_from_slice(&tag.packets.to_be_bytes());
    payload.push(u8::from(tag.key));
    payload.resize(payload.len().max(size), 0xa5);
    payload
}

/// None: nobody wrote it here.
pub fn read(codec: Codec, payload: &[u8]) -> Option<(Tag, Option<Numbers>)> {
    let (at, numbers) = match codec {
        Codec::Opus => (0, None),
        Codec::Vp8 => {
            let descriptor = vp8::parse(payload)?;
            let (picture, _) = descriptor.picture_id?;
            let (tl0, at) = descriptor.tl0_index?;
            (at + 2, Some(Numbers { picture, wide: descriptor.wide, tl0 }))
        }
        Codec::H264 => (2, None),
        Codec::Av1 => (1, None),
        Codec::Vp9 => unreachable!("no test sends it"),
    };
    let tag: &[u8; TAG_LENGTH] = payload.get(at..)?.first_chunk()?;
    let word = |at: usize| u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]);
    let half = |at: usize| u16::from_be_bytes([tag[at], tag[at + 1]]);
    Some((Tag { source: word(0), frame: word(4), packet: half(8), packets: half(10), key: tag[12] == 1 }, numbers))
}
