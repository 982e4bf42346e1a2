//! The packet path of a media node: bytes and time in, bytes and events out. No sockets, no threads, no clock.
