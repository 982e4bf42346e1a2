//! Header extensions (RFC 8285): which id means what, the values read, the values written.

/// Ids of an m-line as negotiated, `None` where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    pub mid: Option<u8>,
    pub rid: Option<u8>,
    pub repaired_rid: Option<u8>,
    pub audio_level: Option<u8>,
    pub transport_cc: Option<u8>,
    pub abs_send_time: Option<u8>,
    pub abs_capture_time: Option<u8>,
    pub video_orientation: Option<u8>,
    pub dependency_descriptor: Option<u8>,
}

impl Extensions {
    /// Ids that only one of the two has. Within a bundle an id means the same on every m-line (RFC 8843 §10).
    pub fn merge(&mut self, other: &Extensions) {
        for (mine, theirs) in [
            (&mut self.mid, other.mid),
            (&mut self.rid, other.rid),
            (&mut self.repaired_rid, other.repaired_rid),
            (&mut self.audio_level, other.audio_level),
            (&mut self.transport_cc, other.transport_cc),
            (&mut self.abs_send_time, other.abs_send_time),
            (&mut self.abs_capture_time, other.abs_capture_time),
            (&mut self.video_orientation, other.video_orientation),
            (&mut self.dependency_descriptor, other.dependency_descriptor),
        ] {
            *mine = mine.or(theirs);
        }
    }
}

/// RFC 6464 §3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioLevel {
    pub voice: bool,
    /// −dBov: 0 is the loudest, 127 silence.
    pub level: u8,
}

/// What one packet's extensions say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<'a> {
    pub mid: Option<&'a [u8]>,
    pub rid: Option<&'a [u8]>,
    pub repaired_rid: Option<&'a [u8]>,
    pub audio_level: Option<AudioLevel>,
    pub transport_cc: Option<u16>,
    pub abs_capture_time: Option<&'a [u8]>,
    pub video_orientation: Option<u8>,
    pub dependency_descriptor: Option<&'a [u8]>,
}

const ONE_BYTE: u16 = 0xBEDE;

/// The elements of an extension block, in order; a malformed one ends the list (RFC 8285 §4.2, §4.3).
pub fn elements(profile: u16, block: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let two_byte = profile & 0xfff0 == 0x1000;
    let readable = two_byte || profile == ONE_BYTE;
    let mut rest = if readable { block } else { &[] };
    std::iter::from_fn(move || loop {
        let (&first, tail) = rest.split_first()?;
        if first == 0 {
            rest = tail;
            continue;
        }
        let (id, length, tail) = if two_byte {
            let (&length, tail) = tail.split_first()?;
            (first, usize::from(length), tail)
        } else if first >> 4 == 15 {
            return None;
        } else {
            (first >> 4, usize::from(first & 15) + 1, tail)
        };
        if length > tail.len() {
            return None;
        }
        let (value, tail) = tail.split_at(length);
        rest = tail;
        return Some((id, value));
    })
}

#[must_use]
pub fn read<'a>(ids: &Extensions, profile: u16, block: &'a [u8]) -> Values<'a> {
    let mut values = Values::default();
    for (id, value) in elements(profile, block) {
        let id = Some(id);
        if id == ids.transport_cc {
            if let [high, low, ..] = value {
                values.transport_cc = Some(u16::from_be_bytes([*high, *low]));
            }
        } else if id == ids.audio_level {
            values.audio_level = value.first().map(|byte| AudioLevel { voice: byte & 0x80 != 0, level: byte & 0x7f });
        } else if id == ids.mid {
            values.mid = Some(value);
        } else if id == ids.rid {
            values.rid = Some(value);
        } else if id == ids.repaired_rid {
            values.repaired_rid = Some(value);
        } else if id == ids.abs_capture_time {
            values.abs_capture_time = (value.len() == 8 || value.len() == 16).then_some(value);
        } else if id == ids.video_orientation {
            values.video_orientation = value.first().copied();
        } else if id == ids.dependency_descriptor {
            values.dependency_descriptor = (value.len() >= 3).then_some(value);
        }
    }
    values
}

/// Builds an extension block in `buffer`. One-byte headers unless a value or id needs two (RFC 8285 §4.1.2).
pub struct Writer<'b> {
    buffer: &'b mut Vec<u8>,
    start: usize,
    two_byte: bool,
}

impl<'b> Writer<'b> {
    /// `two_byte`: some value is longer than 16 bytes or empty, or an id is above 14.
    pub fn new(buffer: &'b mut Vec<u8>, two_byte: bool) -> Self {
        let start = buffer.len();
        let profile = if two_byte { 0x1000 } else { ONE_BYTE };
        buffer.extend_from_slice(&profile.to_be_bytes());
        buffer.extend_from_slice(&[0, 0]);
        Writer { buffer, start, two_byte }
    }

    /// The caller keeps to what `two_byte` promised; a value that does not fit is left out.
    pub fn element(&mut self, id: u8, value: &[u8]) {
        if self.two_byte && value.len() <= 255 {
            self.buffer.extend_from_slice(&[id, value.len() as u8]);
        } else if !self.two_byte && (1..=16).contains(&value.len()) && (1..=14).contains(&id) {
            self.buffer.push(id << 4 | (value.len() - 1) as u8);
        } else {
            return;
        }
        self.buffer.extend_from_slice(value);
    }

    /// Pads to 32 bits and writes the length. Returns whether there was any element; without one nothing remains.
    pub fn finish(self) -> bool {
        let length = self.buffer.len() - self.start - 4;
        if length == 0 {
            self.buffer.truncate(self.start);
            return false;
        }
        let words = length.div_ceil(4);
        self.buffer.resize(self.start + 4 + words * 4, 0);
        self.buffer[self.start + 2..self.start + 4].copy_from_slice(&(words as u16).to_be_bytes());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IDS: Extensions = Extensions {
        mid: Some(1),
        rid: Some(2),
        repaired_rid: Some(3),
        audio_level: Some(4),
        transport_cc: Some(5),
        abs_send_time: Some(6),
        abs_capture_time: Some(7),
        video_orientation: Some(8),
        dependency_descriptor: Some(9),
    };

    fn written(two_byte: bool, elements: &[(u8, &[u8])]) -> (u16, Vec<u8>) {
        let mut buffer = Vec::new();
        let mut writer = Writer::new(&mut buffer, two_byte);
        for (id, value) in elements {
            writer.element(*id, value);
        }
        assert!(writer.finish());
        assert_eq!(buffer.len() % 4, 0);
        (u16::from_be_bytes([buffer[0], buffer[1]]), buffer.split_off(4))
    }

    #[test]
    fn values_of_one_and_two_byte_headers() {
        for two_byte in [false, true] {
            let (profile, block) = written(
                two_byte,
                &[(1, b"0"), (2, b"q"), (4, &[0x80 | 30]), (5, &[1, 2]), (7, &[0; 8]), (8, &[1]), (9, &[1, 2, 3])],
            );
            let values = read(&IDS, profile, &block);
            assert_eq!(values.mid, Some(&b"0"[..]));
            assert_eq!(values.rid, Some(&b"q"[..]));
            assert_eq!(values.audio_level, Some(AudioLevel { voice: true, level: 30 }));
            assert_eq!(values.transport_cc, Some(0x0102));
            assert_eq!(values.abs_capture_time.map(<[u8]>::len), Some(8));
            assert_eq!(values.video_orientation, Some(1));
            assert_eq!(values.dependency_descriptor, Some(&[1, 2, 3][..]));
        }
    }

    #[test]
    fn id_15_ends_and_padding_is_skipped() {
        let block = [0, 0, 0x10, b'a', 0xf0, 0x20, b'b'];
        let values = read(&IDS, ONE_BYTE, &block);
        assert_eq!((values.mid, values.rid), (Some(&b"a"[..]), None));
    }

    #[test]
    fn an_element_longer_than_the_block_is_not_read() {
        assert_eq!(read(&IDS, ONE_BYTE, &[0x1f, b'a']), Values::default());
        assert_eq!(read(&IDS, 0x1000, &[1, 200, b'a']), Values::default());
        assert_eq!(read(&IDS, 0x1234, &[0x10, b'a']), Values::default());
    }

    #[test]
    fn a_writer_without_elements_leaves_nothing() {
        let mut buffer = vec![9];
        assert!(!Writer::new(&mut buffer, false).finish());
        assert_eq!(buffer, [9]);
    }

    #[test]
    fn merging_keeps_what_is_known() {
        let mut ids = Extensions { mid: Some(3), ..Extensions::default() };
        ids.merge(&IDS);
        assert_eq!((ids.mid, ids.rid), (Some(3), Some(2)));
    }

    proptest! {
        #[test]
        fn reading_never_panics(profile: u16, block: Vec<u8>) {
            let _ = read(&IDS, profile, &block);
            let _ = read(&IDS, ONE_BYTE, &block);
            let _ = read(&IDS, 0x1000, &block);
        }
    }
}
