//! The ICE-lite side of one transport (RFC 8445 §2.5): addresses that passed a check, and the one that is nominated.

use crate::ids::Path;
use crate::stun::{Key, TransactionId};
use std::collections::VecDeque;

/// A client has a few addresses, each perhaps behind a few mappings.
const MOST_PATHS: usize = 8;
const REMEMBERED_CHECKS: usize = 64;

pub struct Ice {
    pub local_ufrag: String,
    pub remote_ufrag: String,
    pub key: Key,
    /// Those that passed a check, oldest first.
    paths: Vec<Path>,
    nominated: Option<Path>,
    /// The last one that was, also after it was lost.
    last: Option<Path>,
    /// Checks answered lately: a copy from another address is a replay that would steer media there.
    answered: VecDeque<(TransactionId, Path)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nomination {
    Unchanged,
    /// The first of all, or the same as before it was lost.
    First,
    Changed,
}

impl Ice {
    #[must_use]
    pub fn new(local_ufrag: String, local_pwd: &str, remote_ufrag: String) -> Self {
        Ice {
            local_ufrag,
            remote_ufrag,
            key: Key::new(local_pwd),
            paths: Vec::new(),
            nominated: None,
            last: None,
            answered: VecDeque::new(),
        }
    }

    /// New credentials; the old pair carries on until a new one is nominated (RFC 8445 §9).
    pub fn restart(&mut self, local_ufrag: String, local_pwd: &str, remote_ufrag: String) {
        self.local_ufrag = local_ufrag;
        self.remote_ufrag = remote_ufrag;
        self.key = Key::new(local_pwd);
        self.answered.clear();
    }

    #[must_use]
    pub fn nominated(&self) -> Option<Path> {
        self.nominated
    }

    /// Where a handshake goes: a client begins it on the first pair that works, before it nominates one.
    #[must_use]
    pub fn answerable(&self) -> Option<Path> {
        self.nominated.or(self.paths.last().copied())
    }

    #[must_use]
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    #[must_use]
    pub fn is_replay(&self, transaction: &TransactionId, path: Path) -> bool {
        self.answered.iter().any(|(known, from)| known == transaction && *from != path)
    }

    /// A check that was verified. Returns the path that had to make room, if any.
    pub fn checked(&mut self, transaction: TransactionId, path: Path) -> Option<Path> {
        if self.answered.len() == REMEMBERED_CHECKS {
            self.answered.pop_front();
        }
        self.answered.push_back((transaction, path));
        if self.paths.contains(&path) {
            return None;
        }
        let mut removed = None;
        if self.paths.len() == MOST_PATHS {
            let place = self.paths.iter().position(|known| Some(*known) != self.nominated);
            removed = place.map(|place| self.paths.remove(place));
        }
        self.paths.push(path);
        removed
    }

    /// The latest nomination counts: a client that changed its network nominates the new pair, and goes on at once.
    pub fn nominate(&mut self, path: Path) -> Nomination {
        let (known, last) = (self.nominated.replace(path), self.last.replace(path));
        match (known, last) {
            (Some(known), _) if known == path => Nomination::Unchanged,
            (_, Some(last)) if last != path => Nomination::Changed,
            _ => Nomination::First,
        }
    }

    /// A connection that closed.
    pub fn lost(&mut self, path: Path) {
        self.paths.retain(|known| *known != path);
        if self.nominated == Some(path) {
            self.nominated = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(port: u16) -> Path {
        Path::Udp(([127, 0, 0, 1], port).into())
    }

    #[test]
    fn nominations_follow_the_client_and_replays_do_not_steer() {
        let mut ice = Ice::new("a".into(), "b", "c".into());
        assert_eq!(ice.checked([1; 12], path(1)), None);
        assert_eq!(ice.nominate(path(1)), Nomination::First);
        assert_eq!(ice.nominate(path(1)), Nomination::Unchanged);
        assert!(ice.is_replay(&[1; 12], path(2)) && !ice.is_replay(&[1; 12], path(1)));
        assert_eq!(ice.nominate(path(2)), Nomination::Changed);
        ice.restart("x".into(), "y", "z".into());
        assert!(!ice.is_replay(&[1; 12], path(2)));
        ice.lost(path(2));
        assert_eq!(ice.nominated(), None);
        assert_eq!(ice.nominate(path(2)), Nomination::First);
        ice.lost(path(2));
        assert_eq!(ice.nominate(path(3)), Nomination::Changed);
    }

    #[test]
    fn paths_are_bounded_and_the_nominated_one_stays() {
        let mut ice = Ice::new("a".into(), "b", "c".into());
        ice.checked([0; 12], path(1));
        ice.nominate(path(1));
        let removed: Vec<_> = (2..80).filter_map(|port| ice.checked([port as u8; 12], path(port))).collect();
        assert_eq!(removed.len(), 79 - MOST_PATHS);
        assert!(ice.paths().contains(&path(1)) && !removed.contains(&path(1)));
    }
}
