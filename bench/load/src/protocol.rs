//! What the driver says on standard input and hears on standard output: one JSON object a line, one answer a command.

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Connect clients: ICE, DTLS and the SCTP association of the data channel. Answered when all are through, or failed.
    Open { clients: Vec<Description> },
    /// Video of a client at an even rate, in frames of so many packets with payloads of so many bytes.
    Publish { client: u32, packets_per_second: u32, frame_packets: u32, payload_bytes: usize },
    /// The opposite.
    Pause { client: u32 },
    /// Share of the packets that subscribers get which is dropped as if a link had lost it.
    Lose { per_mille: u32 },
    /// What happened since the last time.
    Count {},
    /// Say goodbye (DTLS close_notify) and forget the clients.
    Close { clients: Vec<u32> },
}

/// A client, as its offer and the node's answer have it.
#[derive(Deserialize)]
pub struct Description {
    pub client: u32,
    pub node: SocketAddr,
    pub local_ufrag: String,
    pub remote_ufrag: String,
    pub remote_pwd: String,
    /// Of the node: sha-256, upper-case hex bytes joined by colons.
    pub fingerprint: String,
    pub watches: Vec<Watched>,
    pub publishes: Option<Published>,
}

/// A video slot of the answer.
#[derive(Deserialize)]
pub struct Watched {
    pub ssrc: u32,
    pub rtx_ssrc: u32,
}

/// The camera of the offer; `transport_cc` is the id of its header extension.
#[derive(Deserialize)]
pub struct Published {
    pub ssrc: u32,
    pub pt: u8,
    pub transport_cc: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The first line: whose certificate all clients show.
    Ready {
        fingerprint: String,
    },
    Opened {
        /// From the first check to the association, of each that got there.
        milliseconds: Vec<f64>,
        /// Why the others did not.
        failed: Vec<String>,
    },
    Counted(Counted),
    Done {},
    Refused {
        message: String,
    },
}

/// Packets over all clients since the last time; delays in µs.
#[derive(Default, Serialize)]
pub struct Counted {
    pub published: u64,
    /// Different media packets that reached a subscriber, repaired ones included.
    pub delivered: u64,
    pub repaired: u64,
    /// Dropped on purpose, repairs included.
    pub lost: u64,
    /// Given up: not there a second after the next one was.
    pub gaps: u64,
    pub duplicates: u64,
    pub nacked: u64,
    pub reports: u64,
    pub checks: u64,
    /// Of the node to the publisher.
    pub key_frames_asked: u64,
    pub nacked_by_node: u64,
    pub messages: u64,
    /// Failed to decrypt, or could not be read.
    pub unreadable: u64,
    pub delay_p50: u32,
    pub delay_p99: u32,
}
