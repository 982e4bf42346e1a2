//! Identifiers are types. Handles are chosen by the caller; the rest comes off the wire.

use std::net::SocketAddr;

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
    };
}

handle!(RoomId);
handle!(TransportId);
handle!(TrackId);
handle!(
    /// A synchronisation source (RFC 3550 §3).
    Ssrc
);
handle!(
    /// An accepted TCP connection of ICE-TCP.
    ConnectionId
);

/// An index among the slots of a transport's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotIndex(pub u16);

/// A spatial or simulcast layer of a track, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerIndex(pub u8);

/// Where a datagram came from, or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    Udp(SocketAddr),
    /// RFC 4571 frames on an accepted connection; the address is the peer's.
    Tcp(ConnectionId, SocketAddr),
}

impl Path {
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        match self {
            Path::Udp(address) | Path::Tcp(_, address) => *address,
        }
    }

    #[must_use]
    pub fn protocol(&self) -> &'static str {
        match self {
            Path::Udp(_) => "udp",
            Path::Tcp(..) => "tcp",
        }
    }
}
