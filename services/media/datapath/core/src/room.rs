//! A room: who is in it, and who is heard.

use crate::ids::TransportId;
use crate::speakers::Speakers;

#[derive(Default)]
pub struct Room {
    pub transports: Vec<TransportId>,
    pub speakers: Speakers,
}
