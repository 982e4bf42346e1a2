//! What a packet costs: one publisher, many subscribers, no sockets. Prints CPU nanoseconds per delivered packet, and what a
//! silent participant costs.
//!
//! `cargo run --release -p sipulung-datapath-core --example fan_out -- [subscribers] [packets of a frame]`

use sipulung_datapath_core::codec::{Codec, PayloadType};
use sipulung_datapath_core::extensions::{Extensions, Writer};
use sipulung_datapath_core::ids::{LayerIndex, Path, RoomId, SlotIndex, Ssrc, TrackId, TransportId};
use sipulung_datapath_core::outbox::runs;
use sipulung_datapath_core::rtp::fixed_header;
use sipulung_datapath_core::slot::{self, SlotDescription};
use sipulung_datapath_core::srtp::{Master, Profile, Sender};
use sipulung_datapath_core::stun::{self, Key};
use sipulung_datapath_core::time::{Instant, Ntp};
use sipulung_datapath_core::track::{self, TrackDescription};
use sipulung_datapath_core::{Command, Config, Datapath};
use std::time::Duration;

const ROOM: RoomId = RoomId(1);
const PUBLISHER: TransportId = TransportId(1);
const TRACK: TrackId = TrackId(1);
const PACKETS_PER_SECOND: usize = 240;
const PAYLOAD: usize = 1100;
const IDS: Extensions = Extensions {
    mid: Some(1),
    rid: None,
    repaired_rid: None,
    audio_level: None,
    transport_cc: Some(5),
    abs_send_time: Some(6),
    abs_capture_time: None,
    video_orientation: None,
    dependency_descriptor: None,
};
const VP8: PayloadType = PayloadType { codec: Codec::Vp8, pt: 96, rtx: Some(97) };

/// This thread's time on a processor so far (`sched-stats` of the kernel).
fn cpu() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux with scheduler statistics");
    let nanos = statistics.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.expect("a number of nanoseconds"))
}

fn master(seed: u8) -> Master {
    Master { profile: Profile::AeadAes128Gcm, key: vec![seed; 16], salt: vec![seed; 12] }
}

fn path(number: u32) -> Path {
    Path::Udp(([10, 0, (number >> 8) as u8, number as u8], 5000).into())
}

fn join(datapath: &mut Datapath, now: Instant, number: u32) {
    let transport = TransportId(number);
    let (local_ufrag, local_pwd, remote_ufrag) = (format!("node{number}"), "password".to_owned(), "client".to_owned());
    datapath.apply(now, Command::AddTransport { transport, room: ROOM, local_ufrag, local_pwd, remote_ufrag });
    datapath.apply(now, Command::SetKeys { transport, local: master(number as u8), remote: master(0xff) });
    datapath.apply(now, Command::SetAdmitted { transport, admitted: true });
    let mut transaction = [0; 12];
    transaction[..4].copy_from_slice(&number.to_be_bytes());
    let key = Key::new("password");
    let mut check = stun::request(&transaction, "client", &format!("node{number}"), 1, true, &key);
    datapath.receive(now, path(number), &mut check);
}

fn watch(datapath: &mut Datapath, now: Instant, number: u32) {
    let slot = SlotDescription {
        kind: slot::Kind::Video,
        mid: "1".into(),
        ssrc: Ssrc(number * 10),
        payload_types: vec![VP8],
        extensions: IDS,
        rtx_ssrc: Some(Ssrc(number * 10 + 1)),
        paired: false,
    };
    let transport = TransportId(number);
    datapath.apply(now, Command::SetSlots { transport, slots: vec![slot] });
    let (slot, track, layer) = (SlotIndex(0), Some(TRACK), LayerIndex(0));
    datapath.apply(now, Command::AssignVideo { transport, slot, track, layer });
}

/// A protected packet of the camera.
fn packet(sender: &Sender, index: u64, timestamp: u32, first: bool, last: bool) -> Vec<u8> {
    let mut bytes = fixed_header(true, last, VP8.pt, index as u16, timestamp, Ssrc(7)).to_vec();
    let mut writer = Writer::new(&mut bytes, false);
    writer.element(5, &(index as u16).to_be_bytes());
    writer.element(1, b"cam");
    writer.finish();
    let header = bytes.len();
    let key_frame = index > 0;
    bytes.extend_from_slice(&[if first { 0x90 } else { 0x80 }, 0xc0, 0x80, index as u8, index as u8, u8::from(key_frame)]);
    bytes.resize(header + PAYLOAD, 0x5a);
    sender.protect_rtp(&mut bytes, 0, header, Ssrc(7), index);
    bytes
}

/// What the thread around the datapath does in each turn, but for the system calls. Returns datagrams and sends.
fn turn(datapath: &mut Datapath, now: Instant) -> (usize, usize) {
    datapath.tick(now);
    datapath.take_immediate();
    let (mut datagrams, mut sends) = (0, 0);
    for ready in datapath.ready(now) {
        for run in runs(ready.ends) {
            datagrams += run.count;
            sends += 1;
        }
    }
    datapath.sent(now);
    datapath.take_events();
    (datagrams, sends)
}

fn main() {
    let argument =
        |place: usize, default: usize| std::env::args().nth(place).map_or(default, |text| text.parse().expect("a number"));
    let (subscribers, frame) = (argument(1, 150), argument(2, 8));
    let config = Config { silent_timeout: Duration::from_secs(3600), ntp_at_zero: Ntp(0) };
    let mut datapath = Datapath::new(config);
    let mut now = Instant::from_millis(1000);
    datapath.apply(now, Command::AddRoom(ROOM));
    join(&mut datapath, now, PUBLISHER.0);
    let description = TrackDescription {
        mid: "cam".into(),
        kind: track::Kind::Camera,
        payload_types: vec![VP8],
        extensions: IDS,
        rids: Vec::new(),
        ssrcs: Vec::new(),
    };
    datapath.apply(now, Command::AddTrack { transport: PUBLISHER, track: TRACK, description });
    for number in 2..2 + subscribers as u32 {
        join(&mut datapath, now, number);
        watch(&mut datapath, now, number);
    }
    turn(&mut datapath, now);

    let sender = Sender::new(master(0xff)).expect("keys of the right length");
    let (seconds, interval) = (40, Duration::from_micros((1_000_000 * frame / PACKETS_PER_SECOND) as u64));
    let frames: Vec<Vec<Vec<u8>>> = (0..seconds * PACKETS_PER_SECOND / frame)
        .map(|number| {
            let (timestamp, start) = ((number * frame * 90_000 / PACKETS_PER_SECOND) as u32, number * frame);
            (0..frame).map(|at| packet(&sender, (start + at) as u64, timestamp, at == 0, at + 1 == frame)).collect()
        })
        .collect();
    let (mut datagrams, mut sends, began) = (0, 0, cpu());
    for frame in frames {
        for mut bytes in frame {
            datapath.receive(now, path(PUBLISHER.0), &mut bytes);
        }
        let left = turn(&mut datapath, now);
        (datagrams, sends) = (datagrams + left.0, sends + left.1);
        now = now + interval;
    }
    let spent = cpu() - began;
    println!(
        "{subscribers} subscribers, frames of {frame}: {} ns CPU per delivered packet, {:.1} % of a core, {:.1} datagrams a send",
        spent.as_nanos() / datagrams.max(1) as u128,
        spent.as_secs_f64() * 100.0 / seconds as f64,
        datagrams as f64 / sends.max(1) as f64
    );

    now = now + Duration::from_secs(10);
    let (began, seconds) = (cpu(), 600);
    let until = now + Duration::from_secs(seconds);
    let mut turns = 0;
    while now < until {
        now = datapath.next_wakeup(now);
        turn(&mut datapath, now);
        turns += 1;
    }
    let each = (cpu() - began).as_nanos() / u128::from(seconds) / subscribers.max(1) as u128;
    println!("silent: {:.4} ms CPU per participant and second, {} wake-ups a second", each as f64 / 1e6, turns / seconds);
}
