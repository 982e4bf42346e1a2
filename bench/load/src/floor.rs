//! What the kernel alone takes to send the same datagrams to as many sockets: one by one, many a call, and segmented (UDP_SEGMENT).
//! No other work is done, so nothing that sends through sockets can cost less.

use libc::{c_int, cmsghdr, iovec, mmsghdr, timespec};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::mem::{size_of, zeroed};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// UIO_MAXIOV: the kernel takes no more messages in one call.
const MOST_MESSAGES: usize = 1024;
const FRAMES_PER_SECOND: u32 = 30;
const SOCKET_BUFFER: usize = 8 << 20;

#[derive(Clone, Copy)]
enum Way {
    /// One call a datagram.
    Single,
    /// One call for many datagrams.
    Many,
    /// One call for many frames, each cut into its datagrams by the kernel.
    Segmented,
}

/// Control messages begin where a pointer may.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; 32]);

struct Sinks {
    addresses: Vec<SocketAddr>,
    received: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Prints the CPU time of the sending thread for each datagram, ns, by way of sending.
pub fn run(subscribers: usize, packets: usize, bytes: usize, seconds: usize, sender: usize, sink: usize) -> Result<(), String> {
    if subscribers == 0 || !(1..=64).contains(&packets) || !(1..=1400).contains(&bytes) || packets * bytes > 65_000 {
        return Err("a frame has 1 to 64 packets of 1 to 1400 bytes, and 65,000 bytes at most".into());
    }
    let sinks = sinks(subscribers, sink).map_err(|error| format!("sinks: {error}"))?;
    pin(sender).map_err(|error| format!("core {sender}: {error}"))?;
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).map_err(|error| error.to_string())?;
    socket.set_send_buffer_size(SOCKET_BUFFER).map_err(|error| error.to_string())?;
    let mut figures = serde_json::Map::new();
    for (name, way) in [("sendto", Way::Single), ("sendmmsg", Way::Many), ("segmented", Way::Segmented)] {
        // The first frames fill caches and wake the sinks.
        send_frames(&socket, &sinks.addresses, packets, bytes, way, 5)?;
        let before = thread_cpu();
        send_frames(&socket, &sinks.addresses, packets, bytes, way, seconds as u32 * FRAMES_PER_SECOND)?;
        let sent = (subscribers * packets * seconds) as u64 * u64::from(FRAMES_PER_SECOND);
        figures.insert(name.into(), ((thread_cpu() - before).as_nanos() as u64 / sent).into());
    }
    std::thread::sleep(Duration::from_millis(100));
    sinks.over.store(true, Ordering::Relaxed);
    sinks.thread.join().map_err(|_| "the sinks failed")?;
    let sent = (subscribers * packets * 3) as u64 * (u64::from(FRAMES_PER_SECOND) * seconds as u64 + 5);
    figures.insert("sent".into(), sent.into());
    figures.insert("received".into(), sinks.received.load(Ordering::Relaxed).into());
    println!("{}", serde_json::Value::Object(figures));
    Ok(())
}

fn pin(core: usize) -> std::io::Result<()> {
    // SAFETY: a set of zeros is a valid, empty set; the call reads it only.
    let result = unsafe {
        let mut set: libc::cpu_set_t = zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set)
    };
    if result == 0 {
        Ok(())
    } else {
        Err(std::io::Error::last_os_error())
    }
}

fn thread_cpu() -> Duration {
    let mut time = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes one timespec, which lives through it.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn sinks(count: usize, core: usize) -> std::io::Result<Sinks> {
    let (received, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut sockets = Vec::new();
    for _ in 0..count {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_recv_buffer_size(SOCKET_BUFFER)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
        sockets.push(UdpSocket::from_std(socket.into()));
    }
    let addresses = sockets.iter().map(UdpSocket::local_addr).collect::<Result<_, _>>()?;
    let mut poll = Poll::new()?;
    for (index, socket) in sockets.iter_mut().enumerate() {
        poll.registry().register(socket, Token(index), Interest::READABLE)?;
    }
    let (counter, stop) = (received.clone(), over.clone());
    let thread = std::thread::spawn(move || {
        // Where it cannot be pinned, the figures still say what sending takes.
        let _ = pin(core);
        let (mut events, mut buffer) = (Events::with_capacity(1024), [0; 2048]);
        while !stop.load(Ordering::Relaxed) && poll.poll(&mut events, Some(Duration::from_millis(20))).is_ok() {
            for event in &events {
                while sockets[event.token().0].recv(&mut buffer).is_ok() {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    Ok(Sinks { addresses, received, over, thread })
}

fn send_frames(socket: &Socket, to: &[SocketAddr], packets: usize, bytes: usize, way: Way, frames: u32) -> Result<(), String> {
    let start = Instant::now();
    let content = vec![0x5a_u8; packets * bytes];
    let addresses: Vec<SockAddr> = to.iter().map(|address| (*address).into()).collect();
    for frame in 0..frames {
        let due = start + Duration::from_secs(1) * frame / FRAMES_PER_SECOND;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        match way {
            Way::Single => {
                for address in &addresses {
                    for packet in content.chunks(bytes) {
                        socket.send_to(packet, address).map_err(|error| format!("sendto: {error}"))?;
                    }
                }
            }
            Way::Many => send_many(socket, &addresses, &content, bytes, bytes)?,
            Way::Segmented => send_many(socket, &addresses, &content, packets * bytes, bytes)?,
        }
    }
    Ok(())
}

/// The content to each address in pieces of `piece` bytes, each of them in segments of `segment`.
fn send_many(socket: &Socket, addresses: &[SockAddr], content: &[u8], piece: usize, segment: usize) -> Result<(), String> {
    let mut parts: Vec<(&SockAddr, iovec)> = Vec::new();
    for address in addresses {
        // `sendmmsg` reads what the vectors point to, and never writes there.
        parts.extend(content.chunks(piece).map(|part| {
            let base = part.as_ptr().cast_mut().cast();
            (address, iovec { iov_base: base, iov_len: part.len() })
        }));
    }
    let mut control = Control([0; 32]);
    let control_length = write_segment_size(&mut control, segment as u16);
    let mut headers: Vec<mmsghdr> = Vec::with_capacity(parts.len());
    for (address, vector) in &mut parts {
        // SAFETY: all zeros are a valid value of this plain structure of C.
        let mut header: mmsghdr = unsafe { zeroed() };
        header.msg_hdr.msg_name = address.as_ptr().cast_mut().cast();
        header.msg_hdr.msg_namelen = address.len();
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        if piece > segment {
            header.msg_hdr.msg_control = (&raw mut control).cast();
            header.msg_hdr.msg_controllen = control_length as _;
        }
        headers.push(header);
    }
    let mut next = 0;
    while next < headers.len() {
        let most = (headers.len() - next).min(MOST_MESSAGES) as u32;
        // SAFETY: the headers point to addresses, vectors and the control message, all of which outlive the call.
        let sent = unsafe { libc::sendmmsg(socket.as_raw_fd(), headers[next..].as_mut_ptr(), most, 0) };
        if sent <= 0 {
            return Err(format!("sendmmsg: {}", std::io::Error::last_os_error()));
        }
        next += sent as usize;
    }
    Ok(())
}

/// UDP_SEGMENT of udp(7). Returns how much of the buffer is used.
fn write_segment_size(control: &mut Control, segment: u16) -> usize {
    // SAFETY: the buffer is aligned for a header and larger than one with two bytes.
    unsafe {
        let header = (&raw mut *control).cast::<cmsghdr>();
        (*header).cmsg_level = libc::SOL_UDP as c_int;
        (*header).cmsg_type = libc::UDP_SEGMENT;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
        libc::CMSG_DATA(header).cast::<u16>().write_unaligned(segment);
        libc::CMSG_SPACE(size_of::<u16>() as u32) as usize
    }
}
