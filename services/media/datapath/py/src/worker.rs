//! The thread: waits, feeds the core what came, sends what the core has ready, tells what happened.

use crate::clock::{thread_cpu_ns, Clock};
use crate::mailbox::{Mailbox, Message, Statistics, TransportFigures};
use crate::sender::{Segmentation, Sender};
use crate::tcp::{Connections, Ready};
use crate::udp::{Inbox, UdpSocket, BATCH};
use rustix::event::{poll, PollFd, PollFlags, Timespec};
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::{Path, TransportId};
use sipulung_datapath_core::time::{Instant, Ntp};
use sipulung_datapath_core::{Config, Datapath};
use std::os::fd::AsFd;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

/// How often connections that belong to nobody are looked for.
const SWEEP: Duration = Duration::from_secs(1);

pub struct Worker {
    core: Datapath,
    clock: Clock,
    mailbox: Arc<Mailbox>,
    socket: UdpSocket,
    connections: Connections,
    inbox: Inbox,
    gso: Segmentation,
    swept: Instant,
}

/// What the last wait found.
struct Found {
    udp: bool,
    tcp: bool,
}

impl Worker {
    pub fn new(mailbox: Arc<Mailbox>, socket: UdpSocket, connections: Connections, silent_timeout: Duration) -> Worker {
        let (clock, ntp_at_zero): (Clock, Ntp) = Clock::start();
        Worker {
            core: Datapath::new(Config { silent_timeout, ntp_at_zero }),
            clock,
            mailbox,
            socket,
            connections,
            inbox: Inbox::new(),
            gso: Segmentation::On,
            swept: Instant::ZERO,
        }
    }

    /// Until the mailbox says stop.
    pub fn run(mut self) {
        let mut more = false;
        while !self.mailbox.is_stopping() {
            let found = self.wait(more);
            self.core.counters_mut().count(Counter::Wakeups);
            // A packet whose handling panics takes its transport out (`receive`); anything else that does costs this round.
            match catch_unwind(AssertUnwindSafe(|| self.round(&found))) {
                Ok(rest) => more = rest,
                Err(_) => self.core.counters_mut().count(Counter::Panic),
            }
        }
    }

    /// True when more datagrams wait than one batch took.
    fn round(&mut self, found: &Found) -> bool {
        let now = self.clock.now();
        for message in self.mailbox.collect() {
            self.obey(now, message);
        }
        let more = found.udp && self.receive_datagrams(now);
        self.serve_connections(now, found);
        self.core.tick(now);
        self.send(now);
        let lost = self.mailbox.tell(self.core.take_events());
        self.core.counters_mut().add(Counter::DropEventsFull, lost);
        more
    }

    fn wait(&mut self, more: bool) -> Found {
        let now = self.clock.now();
        let timeout = if more { Duration::ZERO } else { self.core.next_wakeup(now).since(now) };
        let mut polled = [
            PollFd::from_borrowed_fd(self.mailbox.wake.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.connections.fd(), PollFlags::IN),
        ];
        let timeout = Timespec { tv_sec: timeout.as_secs() as i64, tv_nsec: i64::from(timeout.subsec_nanos()) };
        // An interrupted wait is one that found nothing.
        let _ = poll(&mut polled, Some(&timeout));
        let has = |fd: &PollFd| fd.revents().intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR);
        Found { udp: more || has(&polled[1]), tcp: has(&polled[2]) }
    }

    fn obey(&mut self, now: Instant, message: Message) {
        // Whoever asked may have stopped waiting for the answer.
        match message {
            Message::Command(command) => self.core.apply(now, command),
            Message::Statistics(asker) => drop(asker.try_send(self.statistics())),
            Message::Transports(transports, asker) => {
                let figures = transports.into_iter().filter_map(|id| self.figures(id)).collect();
                drop(asker.try_send(figures));
            }
        }
    }

    fn statistics(&self) -> Statistics {
        self.core.counters().iter().chain([("cpu_ns", thread_cpu_ns())]).collect()
    }

    fn figures(&self, id: TransportId) -> Option<TransportFigures> {
        let transport = self.core.transport(id)?;
        let path = transport.ice.nominated();
        Some(TransportFigures {
            transport: id.0,
            connected: path.is_some() && !transport.silent,
            address: path.map(|path| path.address().to_string()).unwrap_or_default(),
            packets_received: transport.traffic.packets_received,
            packets_sent: transport.traffic.packets_sent,
            bytes_received: transport.traffic.bytes_received,
            bytes_sent: transport.traffic.bytes_sent,
            available: transport.estimator.available(),
        })
    }

    fn receive_datagrams(&mut self, now: Instant) -> bool {
        let Ok(received) = self.inbox.receive(&self.socket) else {
            self.core.counters_mut().count(Counter::DropKernelReceive);
            return false;
        };
        self.core.counters_mut().count(Counter::ReceiveCalls);
        self.core.counters_mut().add(Counter::DropKernelReceive, received.lost);
        for index in 0..received.count {
            if let Some((address, datagram)) = self.inbox.datagram(index) {
                receive(&mut self.core, now, Path::Udp(address), datagram);
            }
        }
        received.count == BATCH
    }

    fn serve_connections(&mut self, now: Instant, found: &Found) {
        let ready = if found.tcp { self.connections.ready() } else { Ready::default() };
        for id in ready.readable {
            let mut counters = std::mem::take(self.core.counters_mut());
            let over = self.connections.read(id, &mut counters, |path, datagram| receive(&mut self.core, now, path, datagram));
            self.core.counters_mut().merge(&counters);
            over.into_iter().for_each(|path| self.core.path_lost(path));
        }
        for id in ready.writable {
            self.connections.write(id).into_iter().for_each(|path| self.core.path_lost(path));
        }
        if ready.listener {
            let mut counters = std::mem::take(self.core.counters_mut());
            self.connections.accept(now, &mut counters, |path| self.core.knows(path));
            self.core.counters_mut().merge(&counters);
        }
        if now.since(self.swept) >= SWEEP {
            self.swept = now;
            let mut counters = std::mem::take(self.core.counters_mut());
            self.connections.sweep(now, &mut counters, |path| self.core.knows(path));
            self.core.counters_mut().merge(&counters);
        }
    }

    fn send(&mut self, now: Instant) {
        let mut counters = std::mem::take(self.core.counters_mut());
        let mut lost = Vec::new();
        let immediate = self.core.take_immediate();
        let ends: Vec<[u32; 1]> = immediate.iter().map(|(_, datagram)| [datagram.len() as u32]).collect();
        let waiting = immediate.iter().zip(&ends).map(|((path, bytes), ends)| (*path, bytes.as_slice(), ends.as_slice()));
        let ready = self.core.ready(now).map(|ready| (ready.path, ready.bytes, ready.ends));
        let mut sender = Sender::new(&self.socket, &mut self.gso);
        for (path, bytes, ends) in waiting.chain(ready) {
            match path {
                Path::Udp(address) => sender.add(address, bytes, ends),
                Path::Tcp(connection, _) => lost.extend(self.connections.send(connection, bytes, ends, &mut counters)),
            }
        }
        sender.flush(&mut counters);
        self.core.sent(now);
        self.core.counters_mut().merge(&counters);
        lost.into_iter().for_each(|path| self.core.path_lost(path));
    }
}

/// One datagram; if its handling panics, its transport is taken out and the others go on.
fn receive(core: &mut Datapath, now: Instant, path: Path, datagram: &mut [u8]) {
    if catch_unwind(AssertUnwindSafe(|| core.receive(now, path, datagram))).is_err() {
        core.abandon(path);
    }
}
