//! ICE-TCP for networks that let no UDP through (RFC 6544): accepted connections that carry framed datagrams.
//!
//! They wait in an epoll of their own, so that the packet path pays for those that have something and not for those that
//! are open: anybody may open some.

use crate::frames::{self, Deframer};
use crate::udp::canonical;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::Timespec;
use sipulung_datapath_core::counters::{Counter, Counters};
use sipulung_datapath_core::ids::{ConnectionId, Path};
use sipulung_datapath_core::time::Instant;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// A meeting of 100 behind one address needs 100; a node full of them, a few times that.
const MOST_CONNECTIONS: usize = 2048;
/// What a slow network may be behind before datagrams are dropped: about a second of video.
const MOST_WAITING: usize = 256 << 10;
/// A connection that no ICE check has come over by then is closed.
pub const STRANGER: Duration = Duration::from_secs(10);
/// A client's first check comes within a round trip: when all places are taken, who sent none for this long yields.
const PATIENCE: Duration = Duration::from_secs(2);
const READ: usize = 64 << 10;
/// How many are served in one round; the others wait for the next.
const READY: usize = 256;
/// Connections go by their id, which has 32 bits.
const LISTENER: u64 = u64::MAX;

struct Connection {
    stream: TcpStream,
    path: Path,
    deframer: Deframer,
    waiting: Vec<u8>,
    /// Whether it is watched for room to write.
    writing: bool,
    /// When its path was last one of a transport's.
    known: Instant,
}

pub struct Connections {
    open: HashMap<ConnectionId, Connection>,
    last: u32,
    listener: Option<TcpListener>,
    epoll: OwnedFd,
    /// False while the process can open no more files: then the listener would be ready again at once, for nothing.
    accepting: bool,
}

/// What can be done now.
#[derive(Default)]
pub struct Ready {
    pub listener: bool,
    pub readable: Vec<ConnectionId>,
    pub writable: Vec<ConnectionId>,
}

impl Connections {
    pub fn new(listener: Option<TcpListener>) -> io::Result<Connections> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        if let Some(listener) = &listener {
            epoll::add(&epoll, listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
        }
        Ok(Connections { open: HashMap::new(), last: 0, listener, epoll, accepting: true })
    }

    /// Readable when [`Connections::ready`] finds something.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }

    pub fn ready(&self) -> Ready {
        let mut events = Vec::with_capacity(READY);
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let mut ready = Ready::default();
        // An interrupted look is one that found nothing.
        if epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&at_once)).is_err() {
            return ready;
        }
        for event in events {
            let (data, flags) = (event.data.u64(), event.flags);
            if data == LISTENER {
                ready.listener = true;
                continue;
            }
            let id = ConnectionId(data as u32);
            if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
                ready.readable.push(id);
            }
            if flags.intersects(EventFlags::OUT) {
                ready.writable.push(id);
            }
        }
        ready
    }

    /// All that wait at the listener.
    pub fn accept(&mut self, now: Instant, counters: &mut Counters, is_known: impl Fn(Path) -> bool) {
        loop {
            let Some(listener) = &self.listener else { return };
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) => {
                    let is_exhausted = !is_momentary(&error) && error.kind() != io::ErrorKind::ConnectionAborted;
                    return self.watch_listener(!is_exhausted);
                }
            };
            if self.open.len() >= MOST_CONNECTIONS && !self.make_room(now, counters, &is_known)
                || self.take(now, stream, peer).is_err()
            {
                counters.count(Counter::DropTcpRefused);
                continue;
            }
            counters.count(Counter::TcpAccepted);
        }
    }

    fn take(&mut self, now: Instant, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let id = ConnectionId(self.last.wrapping_add(1));
        epoll::add(&self.epoll, &stream, EventData::new_u64(u64::from(id.0)), EventFlags::IN)?;
        self.last = id.0;
        let path = Path::Tcp(id, canonical(peer));
        let (deframer, waiting) = (Deframer::default(), Vec::new());
        self.open.insert(id, Connection { stream, path, deframer, waiting, writing: false, known: now });
        Ok(())
    }

    /// Closes the stranger that has waited longest, or strangers could keep clients out by doing nothing.
    fn make_room(&mut self, now: Instant, counters: &mut Counters, is_known: impl Fn(Path) -> bool) -> bool {
        let strangers = self.open.iter().filter(|(_, connection)| !is_known(connection.path));
        let oldest = strangers.min_by_key(|(_, connection)| connection.known).map(|(id, connection)| (*id, connection.known));
        let Some((id, _)) = oldest.filter(|(_, since)| now.since(*since) >= PATIENCE) else { return false };
        counters.count(Counter::DropTcpRefused);
        self.open.remove(&id).is_some()
    }

    fn watch_listener(&mut self, accepting: bool) {
        let Some(listener) = self.listener.as_ref().filter(|_| self.accepting != accepting) else { return };
        let flags = if accepting { EventFlags::IN } else { EventFlags::empty() };
        if epoll::modify(&self.epoll, listener, EventData::new_u64(LISTENER), flags).is_ok() {
            self.accepting = accepting;
        }
    }

    /// Reads once. The path when the connection is over, and closed.
    pub fn read(&mut self, id: ConnectionId, counters: &mut Counters, mut frame: impl FnMut(Path, &mut [u8])) -> Option<Path> {
        let connection = self.open.get_mut(&id)?;
        let path = connection.path;
        let mut buffer = [0; READ];
        match connection.stream.read(&mut buffer) {
            Ok(0) => self.close(id),
            Ok(count) => match connection.deframer.push(&buffer[..count], |datagram| frame(path, datagram)) {
                Ok(()) => None,
                Err(frames::Broken) => {
                    counters.count(Counter::DropTcpFrame);
                    self.close(id)
                }
            },
            Err(error) if is_momentary(&error) => None,
            Err(_) => self.close(id),
        }
    }

    /// Queues datagrams that lie back to back, and writes as much as goes. The path when the connection turned out to be over.
    pub fn send(&mut self, id: ConnectionId, bytes: &[u8], ends: &[u32], counters: &mut Counters) -> Option<Path> {
        let Some(connection) = self.open.get_mut(&id) else {
            counters.add(Counter::DropNotConnected, ends.len() as u64);
            return None;
        };
        let mut start = 0;
        for end in ends.iter().map(|end| *end as usize) {
            let datagram = &bytes[start..end];
            start = end;
            if connection.waiting.len() + datagram.len() > MOST_WAITING {
                counters.count(Counter::DropTcpFull);
                continue;
            }
            frames::write(datagram, &mut connection.waiting);
            counters.count(Counter::PacketsSent);
            counters.add(Counter::BytesSent, datagram.len() as u64);
        }
        self.write(id)
    }

    /// The path when the connection turned out to be over.
    pub fn write(&mut self, id: ConnectionId) -> Option<Path> {
        let connection = self.open.get_mut(&id)?;
        match connection.stream.write(&connection.waiting) {
            Ok(count) => drop(connection.waiting.drain(..count)),
            Err(error) if is_momentary(&error) => {}
            Err(_) => return self.close(id),
        }
        let writing = !connection.waiting.is_empty();
        if writing != connection.writing {
            let flags = if writing { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
            if epoll::modify(&self.epoll, &connection.stream, EventData::new_u64(u64::from(id.0)), flags).is_err() {
                return self.close(id);
            }
            connection.writing = writing;
        }
        None
    }

    /// Closes those that belong to no transport. Returns nothing to tell the core: it does not know them.
    pub fn sweep(&mut self, now: Instant, counters: &mut Counters, is_known: impl Fn(Path) -> bool) {
        self.watch_listener(true);
        self.open.retain(|_, connection| {
            if is_known(connection.path) {
                connection.known = now;
                return true;
            }
            let stays = now.since(connection.known) < STRANGER;
            if !stays {
                counters.count(Counter::DropTcpRefused);
            }
            stays
        });
    }

    fn close(&mut self, id: ConnectionId) -> Option<Path> {
        self.open.remove(&id).map(|connection| connection.path)
    }
}

fn is_momentary(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Listens on the port that UDP has.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = crate::udp::bind(address, socket2::Type::STREAM, socket2::Protocol::TCP)?;
    socket.listen(256)?;
    Ok(socket.into())
}
