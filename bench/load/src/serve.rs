//! The loop: sockets, time, and commands.

use crate::client::{Client, State, Tally};
use crate::clock::Clock;
use crate::delays::Delays;
use crate::dtls::Identity;
use crate::protocol::{Answer, Command, Counted};
use crate::publishing::{Pace, SMALLEST_PAYLOAD};
use mio::{Events, Interest, Poll, Token, Waker};
use sipulung_datapath_core::time::Instant;
use std::collections::BTreeMap;
use std::io::{stdin, stdout, BufRead, Write};
use std::sync::mpsc::{channel, Receiver, TryRecvError};
use std::sync::Arc;
use std::time::Duration;

const WAKE: Token = Token(usize::MAX);
const FINE: Duration = Duration::from_millis(5);
const COARSE: Duration = Duration::from_millis(50);

struct Load {
    clock: Clock,
    identity: Identity,
    poll: Poll,
    clients: BTreeMap<u32, Client>,
    tally: Tally,
    loss_per_mille: u32,
    /// Those whose opening was asked for and not yet answered.
    opening: Option<Vec<u32>>,
    ticked: Instant,
}

pub fn run() -> Result<(), String> {
    let poll = Poll::new().map_err(|error| error.to_string())?;
    let lines = read_lines(&poll)?;
    let mut load = Load {
        clock: Clock::start(),
        identity: Identity::new()?,
        poll,
        clients: BTreeMap::new(),
        tally: Tally { counted: Counted::default(), delays: Delays::default() },
        loss_per_mille: 0,
        opening: None,
        ticked: Instant::ZERO,
    };
    say(&Answer::Ready { fingerprint: load.identity.fingerprint() })?;
    let mut events = Events::with_capacity(1024);
    loop {
        let wait = load.wait();
        match load.poll.poll(&mut events, Some(wait)) {
            Err(error) if error.kind() != std::io::ErrorKind::Interrupted => return Err(error.to_string()),
            _ => {}
        }
        for event in &events {
            if event.token() != WAKE {
                load.receive(event.token().0 as u32);
            }
        }
        load.advance()?;
        loop {
            match lines.try_recv() {
                Ok(line) => load.obey(&line)?,
                Err(TryRecvError::Empty) => break,
                // The driver has gone, and so has the reason to run.
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
    }
}

fn read_lines(poll: &Poll) -> Result<Receiver<String>, String> {
    let waker = Arc::new(Waker::new(poll.registry(), WAKE).map_err(|error| error.to_string())?);
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() || waker.wake().is_err() {
                return;
            }
        }
        drop(sender);
        let _ = waker.wake();
    });
    Ok(lines)
}

fn say(answer: &Answer) -> Result<(), String> {
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, answer).map_err(|error| error.to_string())?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(|error| error.to_string())
}

impl Load {
    fn paces(&self) -> impl Iterator<Item = &Pace> {
        self.clients.values().filter_map(|client| client.publishing.as_ref()?.pace.as_ref())
    }

    fn wait(&self) -> Duration {
        let now = self.clock.now();
        let frame = self.paces().map(|pace| pace.next.since(now)).min();
        let tick = if frame.is_some() || self.opening.is_some() { FINE } else { COARSE };
        frame.map_or(tick, |frame| frame.min(tick))
    }

    fn receive(&mut self, id: u32) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        let mut datagram = [0; 2048];
        loop {
            match client.socket.recv(&mut datagram) {
                Ok(length) => client.receive(&self.clock, &self.identity, &mut datagram[..length], &mut self.tally),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // ECONNREFUSED while the node is not there: the next check will tell.
                Err(_) => {}
            }
        }
    }

    fn advance(&mut self) -> Result<(), String> {
        let now = self.clock.now();
        for client in self.clients.values_mut() {
            client.publish(&self.clock, now, &mut self.tally);
        }
        if now.since(self.ticked) < FINE {
            return Ok(());
        }
        self.ticked = now;
        for client in self.clients.values_mut() {
            client.tick(&self.clock, now, &mut self.tally);
        }
        let Some(opening) = &self.opening else { return Ok(()) };
        let states: Vec<&State> = opening.iter().filter_map(|id| self.clients.get(id).map(|client| &client.state)).collect();
        if states.iter().all(|state| **state != State::Opening) {
            let milliseconds = states.iter().filter_map(|state| if let State::Open(took) = state { Some(*took) } else { None });
            let failed = states.iter().filter_map(|state| if let State::Failed(why) = state { Some(why.clone()) } else { None });
            say(&Answer::Opened { milliseconds: milliseconds.collect(), failed: failed.collect() })?;
            self.opening = None;
        }
        Ok(())
    }

    fn obey(&mut self, line: &str) -> Result<(), String> {
        let refused = |message: String| say(&Answer::Refused { message });
        let command = match serde_json::from_str(line) {
            Ok(command) => command,
            Err(error) => return refused(format!("no command: {error}")),
        };
        match command {
            Command::Open { clients } => {
                if self.opening.is_some() {
                    return refused("others are still being opened".into());
                }
                let mut opening = Vec::new();
                for description in clients {
                    let id = description.client;
                    let made = Client::new(self.clock.now(), description, self.loss_per_mille).and_then(|mut client| {
                        self.poll.registry().register(&mut client.socket, Token(id as usize), Interest::READABLE)?;
                        Ok(client)
                    });
                    match made {
                        Ok(client) => drop(self.clients.insert(id, client)),
                        Err(error) => return refused(format!("client {id}: {error}")),
                    }
                    opening.push(id);
                }
                self.opening = Some(opening);
                Ok(())
            }
            Command::Publish { client, packets_per_second, frame_packets, payload_bytes } => {
                if packets_per_second == 0 || frame_packets == 0 || !(SMALLEST_PAYLOAD..=1200).contains(&payload_bytes) {
                    return refused("a rate, a frame of at least one packet and a payload of 24 to 1200 bytes are needed".into());
                }
                let Some(publishing) = self.clients.get_mut(&client).and_then(|client| client.publishing.as_mut()) else {
                    return refused(format!("client {client} publishes nothing"));
                };
                let interval = Duration::from_secs(1) * frame_packets / packets_per_second;
                publishing.pace = Some(Pace { interval, frame_packets, payload_bytes, next: self.clock.now() });
                say(&Answer::Done {})
            }
            Command::Pause { client } => {
                if let Some(publishing) = self.clients.get_mut(&client).and_then(|client| client.publishing.as_mut()) {
                    publishing.pace = None;
                }
                say(&Answer::Done {})
            }
            Command::Lose { per_mille } => {
                self.loss_per_mille = per_mille;
                for (id, client) in &mut self.clients {
                    client.loss = crate::loss::Loss::new(*id, per_mille);
                }
                say(&Answer::Done {})
            }
            Command::Count {} => {
                let mut counted = std::mem::take(&mut self.tally.counted);
                let delays = self.tally.delays.take(&[500, 990]);
                (counted.delay_p50, counted.delay_p99) = (delays[0], delays[1]);
                say(&Answer::Counted(counted))
            }
            Command::Close { clients } => {
                for mut client in clients.iter().filter_map(|id| self.clients.remove(id)) {
                    client.close();
                    let _ = self.poll.registry().deregister(&mut client.socket);
                }
                say(&Answer::Done {})
            }
        }
    }
}
