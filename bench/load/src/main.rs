//! `sipulung-load serve`: clients of a media node, commanded over standard input (see `protocol.rs`).
//! `sipulung-load floor`: what the kernel alone takes to send the same packets.

mod client;
mod clock;
mod delays;
mod dtls;
mod floor;
mod loss;
mod protocol;
mod publishing;
mod sctp;
mod serve;
mod watching;

use std::process::ExitCode;

const USAGE: &str =
    "usage: sipulung-load serve | sipulung-load floor SUBSCRIBERS FRAME_PACKETS BYTES SECONDS SENDER_CORE SINK_CORE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve"] => serve::run(),
        ["floor", numbers @ ..] => match numbers.iter().map(|number| number.parse()).collect::<Result<Vec<usize>, _>>() {
            Ok(numbers) if numbers.len() == 6 => {
                floor::run(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
            }
            _ => Err(USAGE.into()),
        },
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("sipulung-load: {message}");
            ExitCode::FAILURE
        }
    }
}
