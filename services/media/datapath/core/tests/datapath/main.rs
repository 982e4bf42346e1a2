//! The whole packet path in virtual time: simulated clients over seeded links, through the public interface only.

mod audio;
mod connecting;
mod feedback;
mod hostile;
mod lossy;
mod screens;
mod support;
mod tracks;
mod video;
