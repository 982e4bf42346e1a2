//! The VP8 payload descriptor (RFC 7741 §4.2): where the picture id and TL0PICIDX stand, so that they can be rewritten in place.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Value, and offset within the payload. 15 bits wide if `wide`, else 7.
    pub picture_id: Option<(u16, usize)>,
    pub wide: bool,
    pub tl0_index: Option<(u8, usize)>,
    pub starts_frame: bool,
    /// The first packet of a key frame (the P bit of the VP8 header, RFC 7741 §4.3).
    pub key_frame: bool,
}

#[must_use]
pub fn parse(payload: &[u8]) -> Option<Descriptor> {
    let first = *payload.first()?;
    let mut at = 1;
    let mut descriptor = Descriptor {
        picture_id: None,
        wide: false,
        tl0_index: None,
        starts_frame: first & 0x10 != 0 && first & 0x0f == 0,
        key_frame: false,
    };
    if first & 0x80 != 0 {
        let flags = *payload.get(at)?;
        at += 1;
        if flags & 0x80 != 0 {
            let high = *payload.get(at)?;
            if high & 0x80 != 0 {
                let low = *payload.get(at + 1)?;
                descriptor.picture_id = Some((u16::from(high & 0x7f) << 8 | u16::from(low), at));
                descriptor.wide = true;
                at += 2;
            } else {
                descriptor.picture_id = Some((u16::from(high), at));
                at += 1;
            }
        }
        if flags & 0x40 != 0 {
            descriptor.tl0_index = Some((*payload.get(at)?, at));
            at += 1;
        }
        if flags & 0x30 != 0 {
            at += 1;
        }
    }
    let header = *payload.get(at)?;
    descriptor.key_frame = descriptor.starts_frame && header & 1 == 0;
    Some(descriptor)
}

impl Descriptor {
    /// The number of picture ids before they repeat.
    #[must_use]
    pub fn picture_ids(&self) -> u16 {
        if self.wide {
            1 << 15
        } else {
            1 << 7
        }
    }

    /// Writes both numbers, moved by their offsets, into a copy of the payload that this descriptor was read from.
    pub fn rewrite(&self, payload: &mut [u8], picture_id_offset: u16, tl0_offset: u8) {
        if let Some((id, at)) = self.picture_id {
            let id = id.wrapping_add(picture_id_offset) % self.picture_ids();
            if self.wide {
                payload[at] = 0x80 | (id >> 8) as u8;
                payload[at + 1] = id as u8;
            } else {
                payload[at] = id as u8;
            }
        }
        if let Some((index, at)) = self.tl0_index {
            payload[at] = index.wrapping_add(tl0_offset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_picture_id_and_tl0_of_a_key_frame() {
        let mut payload = [0x90, 0xe0, 0xff, 0xff, 0x10, 0x00, 0x00, 1];
        let descriptor = parse(&payload).unwrap();
        assert_eq!(descriptor.picture_id, Some((0x7fff, 2)));
        assert_eq!(descriptor.tl0_index, Some((0x10, 4)));
        assert!(descriptor.key_frame && descriptor.starts_frame);
        descriptor.rewrite(&mut payload, 2, 250);
        assert_eq!(payload[2..5], [0x80, 0x01, 0x0a]);
    }

    #[test]
    fn narrow_picture_id_of_a_delta_frame() {
        let mut payload = [0x90, 0x80, 0x7f, 0x01];
        let descriptor = parse(&payload).unwrap();
        assert!(!descriptor.key_frame);
        descriptor.rewrite(&mut payload, 1, 0);
        assert_eq!(payload[2], 0);
    }

    #[test]
    fn later_packets_of_a_key_frame_start_nothing() {
        assert!(!parse(&[0x00, 0x00]).unwrap().key_frame);
        assert!(!parse(&[0x11, 0x00]).unwrap().key_frame);
    }

    #[test]
    fn truncated() {
        for payload in [&[][..], &[0x90], &[0x90, 0x80], &[0x90, 0x80, 0x80], &[0x90, 0x40], &[0x90, 0xe0, 1, 2, 3]] {
            assert_eq!(parse(payload), None);
        }
    }

    proptest! {
        #[test]
        fn parsing_and_rewriting_never_panic(mut payload: Vec<u8>, id: u16, tl0: u8) {
            if let Some(descriptor) = parse(&payload) {
                descriptor.rewrite(&mut payload, id, tl0);
            }
        }
    }
}
