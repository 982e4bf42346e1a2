//! Does this packet begin a key frame? Only then may a slot switch to its stream.

use crate::codec::Codec;
use crate::vp8;

/// `dependency_descriptor`: the extension of the packet, where it is known.
#[must_use]
pub fn begins_key_frame(codec: Codec, payload: &[u8], dependency_descriptor: Option<&[u8]>) -> bool {
    match codec {
        Codec::Opus => !payload.is_empty(),
        Codec::Vp8 => vp8::parse(payload).is_some_and(|descriptor| descriptor.key_frame),
        Codec::Vp9 => vp9(payload),
        Codec::H264 => h264(payload),
        Codec::Av1 => av1(payload) || dependency_descriptor.is_some_and(structure_at_frame_start),
    }
}

/// RFC 9628 §4.2: beginning of a frame (B) that is not inter-predicted (P), at spatial layer 0.
fn vp9(payload: &[u8]) -> bool {
    let Some(&first) = payload.first() else {
        return false;
    };
    let (has_id, predicted, has_layers, begins) = (first & 0x80 != 0, first & 0x40 != 0, first & 0x20 != 0, first & 0x08 != 0);
    if predicted || !begins {
        return false;
    }
    if !has_layers {
        return true;
    }
    let mut at = 1;
    if has_id {
        at += if payload.get(1).is_some_and(|byte| byte & 0x80 != 0) { 2 } else { 1 };
    }
    payload.get(at).is_some_and(|layers| (layers >> 1) & 7 == 0)
}

const H264_IDR: u8 = 5;
const H264_SPS: u8 = 7;

/// RFC 6184 §5.4: a single NAL unit, an aggregation (STAP-A) or the first fragment (FU-A) with a parameter set or an IDR slice.
/// The parameter set comes first where there is one, so a switch begins there.
fn h264(payload: &[u8]) -> bool {
    let begins = |nal_type: u8| nal_type == H264_SPS || nal_type == H264_IDR;
    let Some((&first, rest)) = payload.split_first() else {
        return false;
    };
    match first & 31 {
        24 => {
            let mut rest = rest;
            while let [high, low, tail @ ..] = rest {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                if length == 0 || length > tail.len() {
                    return false;
                }
                if begins(tail[0] & 31) {
                    return true;
                }
                rest = &tail[length..];
            }
            false
        }
        28 => rest.first().is_some_and(|header| header & 0x80 != 0 && begins(header & 31)),
        nal_type => begins(nal_type),
    }
}

/// Whether a packet that begins a key frame relies on parameter sets that came before it.
#[must_use]
pub fn wants_parameters(codec: Codec, payload: &[u8]) -> bool {
    let nal_type = payload.first().map_or(0, |first| first & 31);
    codec == Codec::H264 && (nal_type == H264_IDR || nal_type == 28)
}

/// AV1 RTP payload format §4.4: the N bit of the aggregation header marks the first packet of a coded video sequence.
fn av1(payload: &[u8]) -> bool {
    payload.len() > 1 && payload[0] & 0x88 == 0x08
}

/// AV1 RTP payload format appendix A: a template dependency structure comes with the first packet of a key frame.
fn structure_at_frame_start(descriptor: &[u8]) -> bool {
    descriptor.len() > 3 && descriptor[0] & 0x80 != 0 && descriptor[3] & 0x80 != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(codec: Codec, payload: &[u8]) -> bool {
        begins_key_frame(codec, payload, None)
    }

    #[test]
    fn vp8_first_packet_with_the_key_bit() {
        assert!(key(Codec::Vp8, &[0x10, 0x00, 1]));
        assert!(!key(Codec::Vp8, &[0x10, 0x01, 1]));
        assert!(!key(Codec::Vp8, &[0x00, 0x00, 1]));
    }

    #[test]
    fn vp9_without_layers_and_with() {
        assert!(key(Codec::Vp9, &[0x88, 0x01, 1]));
        assert!(!key(Codec::Vp9, &[0xc8, 0x01, 1]));
        assert!(!key(Codec::Vp9, &[0x80, 0x01, 1]));
        assert!(key(Codec::Vp9, &[0xa8, 0x81, 0x01, 0x00]));
        assert!(!key(Codec::Vp9, &[0xa8, 0x01, 0x02]));
        assert!(!key(Codec::Vp9, &[0xa8]));
        assert!(!key(Codec::Vp9, &[]));
    }

    #[test]
    fn h264_single_aggregated_and_fragmented() {
        assert!(key(Codec::H264, &[0x65, 1]));
        assert!(key(Codec::H264, &[0x67, 1]));
        assert!(!key(Codec::H264, &[0x61, 1]));
        assert!(key(Codec::H264, &[0x78, 0, 1, 0x09, 0, 2, 0x67, 1]));
        assert!(!key(Codec::H264, &[0x78, 0, 1, 0x09, 0, 9, 0x67, 1]));
        assert!(!key(Codec::H264, &[0x78, 0, 0]));
        assert!(key(Codec::H264, &[0x7c, 0x85]));
        assert!(!key(Codec::H264, &[0x7c, 0x05]));
        assert!(!key(Codec::H264, &[0x7c, 0x81]));
        assert!(!key(Codec::H264, &[]));
    }

    #[test]
    fn h264_slices_rely_on_what_came_before_them() {
        assert!(wants_parameters(Codec::H264, &[0x65, 1]) && wants_parameters(Codec::H264, &[0x7c, 0x85]));
        assert!(!wants_parameters(Codec::H264, &[0x67, 1]) && !wants_parameters(Codec::H264, &[0x78, 0, 1, 0x67]));
        assert!(!wants_parameters(Codec::H264, &[]) && !wants_parameters(Codec::Vp8, &[0x65, 1]));
    }

    #[test]
    fn av1_new_sequence_bit_or_structure_in_the_descriptor() {
        assert!(key(Codec::Av1, &[0x08, 0x0a]));
        assert!(!key(Codec::Av1, &[0x88, 0x0a]));
        assert!(!key(Codec::Av1, &[0x00, 0x0a]));
        assert!(!key(Codec::Av1, &[0x08]));
        assert!(begins_key_frame(Codec::Av1, &[0x00, 0x0a], Some(&[0x80, 0, 1, 0x80])));
        assert!(!begins_key_frame(Codec::Av1, &[0x00, 0x0a], Some(&[0x80, 0, 1])));
    }

    #[test]
    fn any_opus_packet_may_begin() {
        assert!(key(Codec::Opus, &[1]));
        assert!(!key(Codec::Opus, &[]));
    }

    proptest! {
        #[test]
        fn never_panics(payload: Vec<u8>, descriptor: Option<Vec<u8>>) {
            for codec in [Codec::Opus, Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1] {
                let _ = begins_key_frame(codec, &payload, descriptor.as_deref());
            }
        }
    }
}
