//! `Datapath` as Python sees it: every method leaves a message in the mailbox.

use crate::descriptions::{number, Slot, Track};
use crate::events::to_python;
use crate::mailbox::{Mailbox, Message, TransportFigures};
use crate::tcp::{self, Connections};
use crate::udp::{bind, local_address, UdpSocket};
use crate::worker::Worker;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use sipulung_datapath_core::ids::{LayerIndex, RoomId, SlotIndex, TrackId, TransportId};
use sipulung_datapath_core::srtp::{Master, Profile};
use sipulung_datapath_core::Command;
use socket2::{Protocol, Type};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::mpsc::{sync_channel, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A round of the thread takes well under a millisecond; this long means that it is gone.
const ANSWER: Duration = Duration::from_secs(2);
/// A port that is free for UDP may be taken for TCP.
const TRIES: usize = 20;
const MOST_SLOTS: usize = 512;

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct TransportStats {
    transport: u32,
    connected: bool,
    address: String,
    packets_received: u64,
    packets_sent: u64,
    bytes_received: u64,
    bytes_sent: u64,
    available: u64,
}

impl From<TransportFigures> for TransportStats {
    fn from(figures: TransportFigures) -> Self {
        TransportStats {
            transport: figures.transport,
            connected: figures.connected,
            address: figures.address,
            packets_received: figures.packets_received,
            packets_sent: figures.packets_sent,
            bytes_received: figures.bytes_received,
            bytes_sent: figures.bytes_sent,
            available: figures.available,
        }
    }
}

#[pyclass(frozen, module = "sipulung_datapath")]
pub struct Datapath {
    mailbox: Arc<Mailbox>,
    thread: Mutex<Option<JoinHandle<()>>>,
    port: u16,
}

fn handle(name: &str, value: i64) -> PyResult<u32> {
    number(name, value, i64::from(u32::MAX))
}

fn room(value: i64) -> PyResult<RoomId> {
    handle("room", value).map(RoomId)
}

fn transport(value: i64) -> PyResult<TransportId> {
    handle("transport", value).map(TransportId)
}

fn track(value: i64) -> PyResult<TrackId> {
    handle("track", value).map(TrackId)
}

fn slot(value: i64) -> PyResult<SlotIndex> {
    number("slot", value, MOST_SLOTS as i64 - 1).map(SlotIndex)
}

fn sockets(ip: IpAddr, port: u16, tcp: bool) -> io::Result<(UdpSocket, Option<TcpListener>, u16)> {
    let mut tries = if port == 0 { TRIES } else { 1 };
    loop {
        let socket = bind(SocketAddr::new(ip, port), Type::DGRAM, Protocol::UDP)?;
        let bound = local_address(&socket)?.port();
        tries -= 1;
        match tcp.then(|| tcp::listen(SocketAddr::new(ip, bound))).transpose() {
            Ok(listener) => return Ok((UdpSocket::new(socket)?, listener, bound)),
            Err(_) if tries > 0 => {}
            Err(error) => return Err(error),
        }
    }
}

impl Datapath {
    fn command(&self, command: Command) {
        self.mailbox.post(Message::Command(command));
    }

    /// Asks the thread and waits for its answer.
    fn ask<T: Send>(&self, py: Python<'_>, question: impl FnOnce(SyncSender<T>) -> Message) -> PyResult<T> {
        let (asker, answer) = sync_channel(1);
        self.mailbox.post(question(asker));
        py.detach(move || answer.recv_timeout(ANSWER)).map_err(|_| PyRuntimeError::new_err("the datapath has stopped"))
    }

    fn end(&self) {
        self.mailbox.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic outside a round has been printed; there is nobody else to tell.
            let _ = thread.join();
        }
        // What it did not come to: whoever waits for an answer need not wait longer.
        drop(self.mailbox.collect());
    }
}

impl Drop for Datapath {
    fn drop(&mut self) {
        self.end();
    }
}

#[pymethods]
impl Datapath {
    #[new]
    #[pyo3(signature = (host, port, *, silent_timeout_ms=5000, tcp=true))]
    fn new(host: &str, port: i64, silent_timeout_ms: i64, tcp: bool) -> PyResult<Self> {
        let ip: IpAddr =
            host.parse().map_err(|_| PyValueError::new_err(format!("host is '{host}': allowed is an IP address")))?;
        let port = number("port", port, 65_535)?;
        let silent: u32 = number("silent_timeout_ms", silent_timeout_ms, 3_600_000)?;
        let (socket, listener, port) = sockets(ip, port, tcp)?;
        let connections = Connections::new(listener)?;
        let mailbox = Arc::new(Mailbox::new()?);
        let shared = Arc::clone(&mailbox);
        let silent = Duration::from_millis(u64::from(silent));
        // Made where it runs: its buffers hold addresses of their own.
        let begin = move || Worker::new(shared, socket, connections, silent).run();
        let thread = std::thread::Builder::new().name("datapath".into()).spawn(begin)?;
        Ok(Datapath { mailbox, thread: Mutex::new(Some(thread)), port })
    }

    #[getter]
    fn port(&self) -> u16 {
        self.port
    }

    #[getter]
    fn event_fd(&self) -> i32 {
        self.mailbox.waiting.number()
    }

    fn poll_events(&self, py: Python<'_>) -> PyResult<Vec<Py<PyAny>>> {
        self.mailbox.take_events().into_iter().map(|event| to_python(py, event)).collect()
    }

    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.end());
    }

    fn add_room(&self, room: i64) -> PyResult<()> {
        self.command(Command::AddRoom(self::room(room)?));
        Ok(())
    }

    fn remove_room(&self, room: i64) -> PyResult<()> {
        self.command(Command::RemoveRoom(self::room(room)?));
        Ok(())
    }

    fn add_transport(
        &self,
        transport: i64,
        room: i64,
        local_ufrag: String,
        local_pwd: String,
        remote_ufrag: String,
    ) -> PyResult<()> {
        let (transport, room) = (self::transport(transport)?, self::room(room)?);
        self.command(Command::AddTransport { transport, room, local_ufrag, local_pwd, remote_ufrag });
        Ok(())
    }

    fn restart_ice(&self, transport: i64, local_ufrag: String, local_pwd: String, remote_ufrag: String) -> PyResult<()> {
        let transport = self::transport(transport)?;
        self.command(Command::RestartIce { transport, local_ufrag, local_pwd, remote_ufrag });
        Ok(())
    }

    fn remove_transport(&self, transport: i64) -> PyResult<()> {
        self.command(Command::RemoveTransport(self::transport(transport)?));
        Ok(())
    }

    fn send_datagram(&self, transport: i64, data: Vec<u8>) -> PyResult<()> {
        self.command(Command::SendDatagram { transport: self::transport(transport)?, data });
        Ok(())
    }

    fn set_keys(
        &self,
        transport: i64,
        profile: &str,
        local_key: Vec<u8>,
        local_salt: Vec<u8>,
        remote_key: Vec<u8>,
        remote_salt: Vec<u8>,
    ) -> PyResult<()> {
        let allowed = "AEAD_AES_256_GCM, AEAD_AES_128_GCM, AES128_CM_SHA1_80";
        let profile = Profile::from_name(profile)
            .ok_or_else(|| PyValueError::new_err(format!("profile is '{profile}': allowed is {allowed}")))?;
        let fits = |name: &str, value: &[u8], length: usize| {
            let error = || format!("{name} has {} bytes: allowed are {length}", value.len());
            (value.len() == length).then_some(()).ok_or_else(|| PyValueError::new_err(error()))
        };
        fits("local_key", &local_key, profile.key_length())?;
        fits("local_salt", &local_salt, profile.salt_length())?;
        fits("remote_key", &remote_key, profile.key_length())?;
        fits("remote_salt", &remote_salt, profile.salt_length())?;
        self.command(Command::SetKeys {
            transport: self::transport(transport)?,
            local: Master { profile, key: local_key, salt: local_salt },
            remote: Master { profile, key: remote_key, salt: remote_salt },
        });
        Ok(())
    }

    fn set_admitted(&self, transport: i64, admitted: bool) -> PyResult<()> {
        self.command(Command::SetAdmitted { transport: self::transport(transport)?, admitted });
        Ok(())
    }

    fn add_track(&self, transport: i64, track: i64, description: PyRef<'_, Track>) -> PyResult<()> {
        let (transport, track) = (self::transport(transport)?, self::track(track)?);
        self.command(Command::AddTrack { transport, track, description: description.0.clone() });
        Ok(())
    }

    fn remove_track(&self, track: i64) -> PyResult<()> {
        self.command(Command::RemoveTrack(self::track(track)?));
        Ok(())
    }

    fn set_track_enabled(&self, track: i64, enabled: bool) -> PyResult<()> {
        self.command(Command::SetTrackEnabled { track: self::track(track)?, enabled });
        Ok(())
    }

    fn set_slots(&self, transport: i64, slots: Vec<PyRef<'_, Slot>>) -> PyResult<()> {
        if slots.len() > MOST_SLOTS {
            return Err(PyValueError::new_err(format!("slots has {}: allowed are {MOST_SLOTS}", slots.len())));
        }
        let slots = slots.iter().map(|slot| slot.0.clone()).collect();
        self.command(Command::SetSlots { transport: self::transport(transport)?, slots });
        Ok(())
    }

    #[pyo3(signature = (transport, slot, track, layer=0))]
    fn assign_video(&self, transport: i64, slot: i64, track: Option<i64>, layer: i64) -> PyResult<()> {
        self.command(Command::AssignVideo {
            transport: self::transport(transport)?,
            slot: self::slot(slot)?,
            track: track.map(self::track).transpose()?,
            layer: LayerIndex(number("layer", layer, 7)?),
        });
        Ok(())
    }

    fn pair_audio(&self, transport: i64, slot: i64, track: Option<i64>) -> PyResult<()> {
        self.command(Command::PairAudio {
            transport: self::transport(transport)?,
            slot: self::slot(slot)?,
            track: track.map(self::track).transpose()?,
        });
        Ok(())
    }

    fn deny_audio(&self, transport: i64, tracks: Vec<i64>) -> PyResult<()> {
        let tracks = tracks.into_iter().map(self::track).collect::<PyResult<_>>()?;
        self.command(Command::DenyAudio { transport: self::transport(transport)?, tracks });
        Ok(())
    }

    fn set_cap(&self, transport: i64, bitrate: i64) -> PyResult<()> {
        let bitrate = number("bitrate", bitrate, i64::MAX)?;
        self.command(Command::SetCap { transport: self::transport(transport)?, bitrate });
        Ok(())
    }

    fn stats(&self, py: Python<'_>) -> PyResult<HashMap<&'static str, u64>> {
        Ok(self.ask(py, Message::Statistics)?.into_iter().collect())
    }

    fn transport_stats(&self, py: Python<'_>, transports: Vec<i64>) -> PyResult<Vec<TransportStats>> {
        let transports = transports.into_iter().map(self::transport).collect::<PyResult<Vec<_>>>()?;
        let figures = self.ask(py, |asker| Message::Transports(transports, asker))?;
        Ok(figures.into_iter().map(TransportStats::from).collect())
    }
}
