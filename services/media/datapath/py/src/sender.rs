//! What leaves over UDP: runs of datagrams to many destinations in one system call, each run segmented by the kernel.

use crate::udp::{write_segment_size, Control, UdpSocket};
use libc::{c_int, iovec, mmsghdr};
use sipulung_datapath_core::counters::{Counter, Counters};
use sipulung_datapath_core::outbox::{runs, Run};
use socket2::SockAddr;
use std::io;
use std::marker::PhantomData;
use std::mem::zeroed;
use std::net::SocketAddr;

/// UIO_MAXIOV: the kernel takes no more messages in one call.
const MOST_MESSAGES: usize = 1024;

struct Part<'a> {
    to: SockAddr,
    bytes: &'a [u8],
    segment: usize,
    count: usize,
}

/// Collects for one round of the thread. `'a` is how long the bytes wait in the outboxes.
pub struct Sender<'a> {
    socket: &'a UdpSocket,
    gso: &'a mut Segmentation,
    parts: Vec<Part<'a>>,
}

/// Whether this kernel and device segment. A device that cannot compute checksums says EIO, and goes on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segmentation {
    On,
    Off,
}

/// The structures of one call; they borrow from the parts.
struct Calls<'a> {
    headers: Vec<mmsghdr>,
    _controls: Box<[Control]>,
    _vectors: Box<[iovec]>,
    _parts: PhantomData<&'a [u8]>,
}

impl<'a> Sender<'a> {
    pub fn new(socket: &'a UdpSocket, gso: &'a mut Segmentation) -> Self {
        Sender { socket, gso, parts: Vec::new() }
    }

    /// Datagrams back to back, and where each ends.
    pub fn add(&mut self, to: SocketAddr, bytes: &'a [u8], ends: &[u32]) {
        let to = self.socket.destination(to);
        for run in runs(ends) {
            match *self.gso {
                Segmentation::On => self.parts.push(part(&to, bytes, run)),
                Segmentation::Off => self.parts.extend(singles(&part(&to, bytes, run))),
            }
        }
    }

    /// Sends all. What the kernel refuses is counted and dropped: media is never late.
    pub fn flush(mut self, counters: &mut Counters) {
        let parts = std::mem::take(&mut self.parts);
        let refused = self.send_all(&parts, counters);
        if !refused.is_empty() {
            let ones: Vec<Part> = refused.iter().flat_map(|index| singles(&parts[*index])).collect();
            self.send_all(&ones, counters);
        }
    }

    /// Returns which runs have to be sent one by one.
    fn send_all(&mut self, parts: &[Part], counters: &mut Counters) -> Vec<usize> {
        let mut refused = Vec::new();
        let mut calls = calls(parts);
        let mut next = 0;
        while next < parts.len() {
            let most = (parts.len() - next).min(MOST_MESSAGES) as u32;
            // SAFETY: the headers point to addresses, vectors and controls that live as long as `calls` and `parts`.
            let sent = unsafe { libc::sendmmsg(self.socket.raw(), calls.headers[next..].as_mut_ptr(), most, libc::MSG_DONTWAIT) };
            counters.count(Counter::SendCalls);
            if sent > 0 {
                for part in &parts[next..next + sent as usize] {
                    counters.add(Counter::PacketsSent, part.count as u64);
                    counters.add(Counter::BytesSent, part.bytes.len() as u64);
                    if part.count > 1 {
                        counters.add(Counter::SendSegments, part.count as u64);
                    }
                }
                next += sent as usize;
                continue;
            }
            // Nothing was sent: the error is the first message's.
            let part = &parts[next];
            let dropped = match io::Error::last_os_error().raw_os_error() {
                Some(libc::EINTR) => continue,
                Some(code @ (libc::EIO | libc::EINVAL | libc::EMSGSIZE | libc::EOPNOTSUPP)) if part.count > 1 => {
                    counters.count(Counter::GsoRefused);
                    if is_for_good(code) {
                        *self.gso = Segmentation::Off;
                    }
                    refused.push(next);
                    next += 1;
                    continue;
                }
                Some(libc::EAGAIN | libc::ENOBUFS) => Counter::DropSocketFull,
                _ => Counter::DropSend,
            };
            counters.add(dropped, part.count as u64);
            next += 1;
        }
        refused
    }
}

fn is_for_good(code: c_int) -> bool {
    matches!(code, libc::EIO | libc::EOPNOTSUPP)
}

fn part<'a>(to: &SockAddr, bytes: &'a [u8], run: Run) -> Part<'a> {
    Part { to: to.clone(), bytes: &bytes[run.start..run.end], segment: run.segment, count: run.count }
}

fn singles<'a>(part: &Part<'a>) -> Vec<Part<'a>> {
    let pieces = part.bytes.chunks(part.segment.max(1));
    pieces.map(|bytes| Part { to: part.to.clone(), bytes, segment: bytes.len(), count: 1 }).collect()
}

fn calls<'a>(parts: &'a [Part<'a>]) -> Calls<'a> {
    let mut controls = vec![Control::EMPTY; parts.len()].into_boxed_slice();
    // `sendmmsg` reads what the vectors point to, and never writes there.
    let vector = |part: &Part| iovec { iov_base: part.bytes.as_ptr().cast_mut().cast(), iov_len: part.bytes.len() };
    let mut vectors: Box<[iovec]> = parts.iter().map(vector).collect();
    let headers = parts.iter().zip(&mut controls).zip(&mut vectors).map(|((part, control), vector)| {
        // SAFETY: all zeros are a valid value of this plain structure of C.
        let mut header: mmsghdr = unsafe { zeroed() };
        header.msg_hdr.msg_name = part.to.as_ptr().cast_mut().cast();
        header.msg_hdr.msg_namelen = part.to.len();
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        if part.count > 1 {
            header.msg_hdr.msg_controllen = write_segment_size(control, part.segment as u16) as _;
            header.msg_hdr.msg_control = (&raw mut *control).cast();
        }
        header
    });
    Calls { headers: headers.collect(), _controls: controls, _vectors: vectors, _parts: PhantomData }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::bind;
    use sipulung_datapath_core::outbox::Outbox;
    use socket2::{Protocol, Type};
    use std::net::UdpSocket as Peer;

    #[test]
    fn runs_arrive_as_the_datagrams_that_they_were() {
        for (here, there) in [("127.0.0.1:0", "127.0.0.1:0"), ("[::]:0", "127.0.0.1:0"), ("[::]:0", "[::1]:0")] {
            let peer = Peer::bind(there).expect("a free port");
            let address = here.parse().expect("an address");
            let socket = UdpSocket::new(bind(address, Type::DGRAM, Protocol::UDP).expect("a free port")).expect("options");
            let mut outbox = Outbox::default();
            for length in [900, 900, 900, 300, 500, 20] {
                outbox.bytes.extend(std::iter::repeat_n(length as u8, length));
                outbox.seal();
            }
            for mut gso in [Segmentation::On, Segmentation::Off] {
                let mut counters = Counters::default();
                let mut sender = Sender::new(&socket, &mut gso);
                sender.add(peer.local_addr().expect("bound"), &outbox.bytes, &outbox.ends);
                sender.flush(&mut counters);
                assert_eq!(counters.get(Counter::PacketsSent), 6);
                let mut buffer = [0; 2000];
                for length in [900, 900, 900, 300, 500, 20] {
                    let (count, _) = peer.recv_from(&mut buffer).expect("a datagram");
                    assert_eq!((count, buffer[0]), (length, length as u8));
                }
            }
        }
    }

    #[test]
    fn what_the_kernel_refuses_is_counted_and_the_rest_goes_out() {
        let peer = Peer::bind("127.0.0.1:0").expect("a free port");
        let address = "127.0.0.1:0".parse().expect("an address");
        let socket = UdpSocket::new(bind(address, Type::DGRAM, Protocol::UDP).expect("a free port")).expect("options");
        let (mut counters, mut gso) = (Counters::default(), Segmentation::On);
        let mut sender = Sender::new(&socket, &mut gso);
        // Bound to loopback, nothing else can be reached.
        sender.add("192.0.2.1:9".parse().expect("an address"), b"ab", &[1, 2]);
        sender.add(peer.local_addr().expect("bound"), b"c", &[1]);
        sender.flush(&mut counters);
        assert_eq!(peer.recv_from(&mut [0; 9]).expect("a datagram").0, 1);
        assert_eq!((counters.get(Counter::DropSend), counters.get(Counter::PacketsSent)), (2, 1));
    }
}
