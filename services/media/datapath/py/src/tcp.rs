//! ICE-TCP for networks that let no UDP through (RFC 6544): accepted connections that carry framed datagrams.

use crate::frames::{self, Deframer};
use crate::udp::canonical;
use sipulung_datapath_core::counters::{Counter, Counters};
use sipulung_datapath_core::ids::{ConnectionId, Path};
use sipulung_datapath_core::time::Instant;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// A meeting of 100 behind one address needs 100; a node full of them, a few times that.
const MOST_CONNECTIONS: usize = 2048;
/// What a slow network may be behind before datagrams are dropped: about a second of video.
const MOST_WAITING: usize = 256 << 10;
/// A connection that no ICE check has come over by then is closed.
pub const STRANGER: Duration = Duration::from_secs(10);
const READ: usize = 64 << 10;

pub struct Connection {
    pub stream: TcpStream,
    pub path: Path,
    deframer: Deframer,
    waiting: Vec<u8>,
    /// When its path was last one of a transport's.
    pub known: Instant,
}

#[derive(Default)]
pub struct Connections {
    open: HashMap<ConnectionId, Connection>,
    last: u32,
}

impl Connections {
    pub fn iter(&self) -> impl Iterator<Item = (ConnectionId, &Connection)> {
        self.open.iter().map(|(id, connection)| (*id, connection))
    }

    /// All that wait at the listener. False when the process can open no more, so that asking again at once is no use.
    pub fn accept(&mut self, now: Instant, listener: &TcpListener, counters: &mut Counters) -> bool {
        loop {
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) => return is_momentary(&error) || error.kind() == io::ErrorKind::ConnectionAborted,
            };
            if self.open.len() >= MOST_CONNECTIONS || prepare(&stream).is_err() {
                counters.count(Counter::DropTcpRefused);
                continue;
            }
            counters.count(Counter::TcpAccepted);
            self.last = self.last.wrapping_add(1);
            let id = ConnectionId(self.last);
            let path = Path::Tcp(id, canonical(peer));
            let connection = Connection { stream, path, deframer: Deframer::default(), waiting: Vec::new(), known: now };
            self.open.insert(id, connection);
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
            Ok(count) => {
                connection.waiting.drain(..count);
                None
            }
            Err(error) if is_momentary(&error) => None,
            Err(_) => self.close(id),
        }
    }

    /// Closes those that belong to no transport. Returns nothing to tell the core: it does not know them.
    pub fn sweep(&mut self, now: Instant, counters: &mut Counters, is_known: impl Fn(Path) -> bool) {
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

impl Connection {
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)
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
