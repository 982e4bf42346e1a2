//! What Python's threads and the datapath's thread leave for each other.

use crate::fd::EventFd;
use sipulung_datapath_core::ids::TransportId;
use sipulung_datapath_core::{Command, Event};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Handshakes come again by themselves; more than this waits only when Python stands still.
const MOST_DATAGRAMS: usize = 4096;
const MOST_EVENTS: usize = 65_536;

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

pub struct Mailbox {
    messages: Mutex<Vec<Message>>,
    /// Readable while messages wait.
    pub wake: EventFd,
    events: Mutex<Vec<Event>>,
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
        let mut events = locked(&self.events);
        let (before, count) = (events.len(), told.len());
        for event in told {
            let room = if matches!(event, Event::Datagram { .. }) { MOST_DATAGRAMS } else { MOST_EVENTS };
            if events.len() < room {
                events.push(event);
            }
        }
        if before == 0 && !events.is_empty() {
            self.waiting.raise();
        }
        (count - (events.len() - before)) as u64
    }

    pub fn take_events(&self) -> Vec<Event> {
        self.waiting.lower();
        std::mem::take(&mut locked(&self.events))
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
        let datagram = Event::Datagram { transport: TransportId(1), data: vec![22] };
        assert_eq!(mailbox.tell(vec![datagram; MOST_DATAGRAMS + 3]), 3);
        assert_eq!(mailbox.tell(vec![Event::Silent { transport: TransportId(1) }]), 0);
        assert_eq!(mailbox.take_events().len(), MOST_DATAGRAMS + 1);
    }
}
