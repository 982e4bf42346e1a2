//! The packet path of a media node: bytes and time in, bytes and events out. No sockets, no threads, no clock.
//!
//! [`Datapath`] is the whole: commands and datagrams go in with the time they came at; datagrams wait in its
//! outboxes, per destination, and events in its event queue. `datapath/mod.rs` reads top to bottom as the path of a packet.

#![forbid(unsafe_code)]

pub mod bitrate;
pub mod cache;
pub mod codec;
pub mod command;
pub mod counters;
pub mod datapath;
pub mod demux;
pub mod estimator;
pub mod event;
pub mod extensions;
pub mod history;
pub mod ice;
pub mod ids;
pub mod key_derivation;
pub mod key_requests;
pub mod keyframe;
pub mod layers;
pub mod nack;
pub mod outbox;
pub mod pacer;
pub mod reception;
pub mod replay;
pub mod rewrite;
pub mod room;
pub mod rtcp;
pub mod rtp;
pub mod sequence;
pub mod slot;
pub mod speakers;
pub mod srtp;
pub mod stun;
pub mod sync;
pub mod time;
pub mod track;
pub mod transport;
pub mod twcc;
pub mod voices;
pub mod vp8;

pub use command::Command;
pub use datapath::{Config, Datapath};
pub use event::Event;
