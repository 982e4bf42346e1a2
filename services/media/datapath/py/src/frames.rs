//! Datagrams in a TCP stream: each after its length in two bytes (RFC 4571 §2), as ICE-TCP has it (RFC 6544 §3).

use sipulung_datapath_core::demux::LARGEST;

/// The stream does not hold frames: nothing after this can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken;

/// What came and is not a whole frame yet.
#[derive(Default)]
pub struct Deframer {
    bytes: Vec<u8>,
}

impl Deframer {
    /// Hands every whole frame on.
    pub fn push(&mut self, received: &[u8], mut frame: impl FnMut(&mut [u8])) -> Result<(), Broken> {
        self.bytes.extend_from_slice(received);
        let mut start = 0;
        let result = loop {
            let Some(length) = self.bytes[start..].first_chunk().map(|length| usize::from(u16::from_be_bytes(*length))) else {
                break Ok(());
            };
            if length > LARGEST {
                break Err(Broken);
            }
            let Some(whole) = self.bytes[start + 2..].get_mut(..length) else { break Ok(()) };
            frame(whole);
            start += 2 + length;
        };
        self.bytes.drain(..start);
        result
    }
}

/// Appends a datagram as a frame; the core makes none larger than a frame can be.
pub fn write(datagram: &[u8], stream: &mut Vec<u8>) {
    stream.extend_from_slice(&(datagram.len() as u16).to_be_bytes());
    stream.extend_from_slice(datagram);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_whole_however_the_stream_is_cut() {
        let frames: [&[u8]; 4] = [b"abc", b"", &[7; LARGEST], b"d"];
        let mut stream = Vec::new();
        frames.iter().for_each(|frame| write(frame, &mut stream));
        for cut in [1, 2, 3, 5, 1000, stream.len()] {
            let (mut deframer, mut found) = (Deframer::default(), Vec::new());
            for piece in stream.chunks(cut) {
                deframer.push(piece, |frame| found.push(frame.to_vec())).expect("frames");
            }
            assert_eq!(found, frames);
        }
    }

    #[test]
    fn a_length_that_no_datagram_has_ends_the_stream_after_what_was_good() {
        let mut stream = Vec::new();
        write(b"good", &mut stream);
        stream.extend_from_slice(&[0xff, 0xff, 1]);
        let mut count = 0;
        assert_eq!(Deframer::default().push(&stream, |_| count += 1), Err(Broken));
        assert_eq!(count, 1);
    }
}
