//! What Python's threads and the datapath's thread leave for each other.

use crate::fd::EventFd;
use sipulung_datapath_core::ids::TransportId;
use sipulung_datapath_core::{Command, Event};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Handshakes come again by themselves; more than this waits only when Python stands still.
const MOST_DATAGRAMS: usize = 4096;
const MOST_EVENTS: usize = 65_536;
/// As many as Python keeps of one transport: nobody's flood takes the others' places.
const MOST_DATAGRAMS_EACH: usize = 64;

pub struct TransportFigures {
    pub transport: u32,
    pub connected: bool,
    pub address: String,
    pub packets_received: u64,
    pub packets_sent: u64,
    pub bytes_received: u64,
    pub bytes_sent: u64,
    pub available: u64,
}

pub type Statistics = Vec<(&'static str, u64)>;

pub enum Message {
    Command(Command),
    Statistics(SyncSender<Statistics>),
    Transports(Vec<TransportId>, SyncSender<Vec<TransportFigures>>),
}

#[derive(Default)]
struct Told {
    events: Vec<Event>,
    /// How many of them are datagrams, by transport.
    datagrams: HashMap<TransportId, usize>,
}

impl Told {
    fn has_room(&mut self, event: &Event) -> bool {
        let Event::Datagram { transport, .. } = event else { return self.events.len() < MOST_EVENTS };
        let count = self.datagrams.entry(*transport).or_default();
        let fits = self.events.len() < MOST_DATAGRAMS && *count < MOST_DATAGRAMS_EACH;
        *count += usize::from(fits);
        fits
    }
}

pub struct Mailbox {
    messages: Mutex<Vec<Message>>,
    /// Readable while messages wait.
    pub wake: EventFd,
    events: Mutex<Told>,
    /// Readable while events wait.
    pub waiting: EventFd,
    stopping: AtomicBool,
}

impl Mailbox {
    pub fn new() -> std::io::Result<Mailbox> {
        Ok(Mailbox {
            messages: Mutex::default(),
            wake: EventFd::new()?,
            events: Mutex::default(),
            waiting: EventFd::new()?,
            stopping: AtomicBool::new(false),
        })
    }

    /// After the end nobody reads it: whoever asks hears of that at once.
    pub fn post(&self, message: Message) {
        let mut messages = locked(&self.messages);
        if self.is_stopping() {
            return;
        }
        messages.push(message);
        if messages.len() == 1 {
            self.wake.raise();
        }
    }

    /// For the thread: what was posted, oldest first.
    pub fn collect(&self) -> Vec<Message> {
        self.wake.lower();
        std::mem::take(&mut locked(&self.messages))
    }

    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.wake.raise();
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// For the thread. Returns how many found no room.
    pub fn tell(&self, told: Vec<Event>) -> u64 {
        let mut waiting = locked(&self.events);
        let (before, count) = (waiting.events.len(), told.len());
        for event in told {
            if waiting.has_room(&event) {
                waiting.events.push(event);
            }
        }
        let after = waiting.events.len();
        if before == 0 && after > 0 {
            self.waiting.raise();
        }
        (count - (after - before)) as u64
    }

    pub fn take_events(&self) -> Vec<Event> {
        self.waiting.lower();
        std::mem::take(&mut *locked(&self.events)).events
    }
}

/// A panic while one of these was held leaves a whole list behind: nothing is half done under them.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sipulung_datapath_core::ids::RoomId;

    #[test]
    fn messages_come_out_in_order_and_once() {
        let mailbox = Mailbox::new().expect("an event fd");
        mailbox.post(Message::Command(Command::AddRoom(RoomId(1))));
        mailbox.post(Message::Command(Command::RemoveRoom(RoomId(1))));
        let collected = mailbox.collect();
        assert!(matches!(
            collected.as_slice(),
            [Message::Command(Command::AddRoom(_)), Message::Command(Command::RemoveRoom(_))]
        ));
        assert!(mailbox.collect().is_empty());
    }

    #[test]
    fn handshakes_give_way_before_anything_else() {
        let mailbox = Mailbox::new().expect("an event fd");
        let datagrams = (0..MOST_DATAGRAMS + 3).map(|n| Event::Datagram { transport: TransportId(n as u32), data: vec![22] });
        assert_eq!(mailbox.tell(datagrams.collect()), 3);
        assert_eq!(mailbox.tell(vec![Event::Silent { transport: TransportId(1) }]), 0);
        assert_eq!(mailbox.take_events().len(), MOST_DATAGRAMS + 1);
    }

    #[test]
    fn nobodys_flood_takes_the_others_places() {
        let mailbox = Mailbox::new().expect("an event fd");
        let datagram = |transport| Event::Datagram { transport: TransportId(transport), data: vec![22] };
        assert_eq!(mailbox.tell(vec![datagram(1); 1000]), 1000 - MOST_DATAGRAMS_EACH as u64);
        assert_eq!(mailbox.tell(vec![datagram(2)]), 0);
        assert_eq!(mailbox.take_events().len(), MOST_DATAGRAMS_EACH + 1);
        assert_eq!(mailbox.tell(vec![datagram(1)]), 0);
    }
}
