//! What publishers and subscribers are told of their streams, and what they tell.

use crate::support::publisher::Encoder;
use crate::support::world::{World, NTP_AT_ZERO};
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::Ssrc;
use sipulung_datapath_core::rtcp::feedback::write_nack;
use sipulung_datapath_core::rtcp::report::SenderReport;
use sipulung_datapath_core::time::Instant;
use sipulung_datapath_core::{Command, Event};
use std::collections::BTreeMap;
use std::time::Duration;

/// Sequence numbers and arrival times in ticks of 250 µs that a transport-wide feedback tells of, and how many were lost
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
fn read_feedback(body: &[u8]) -> (Vec<(u16, i64)>, usize) {
    let half = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
    let (base, count) = (half(0), usize::from(half(2)));
    let (mut at, mut symbols) = (8, Vec::new());
    while symbols.len() < count {
        let chunk = half(at);
        at += 2;
        if chunk & 0x8000 == 0 {
            symbols.resize(symbols.len() + usize::from(chunk & 0x1fff), chunk >> 13 & 3);
        } else {
            assert_eq!(chunk & 0x4000, 0x4000, "two-bit vectors");
            symbols.extend((0..7).map(|place| chunk >> (12 - 2 * place) & 3));
        }
    }
    let mut time = i64::from(u32::from_be_bytes([0, body[4], body[5], body[6]])) * 256;
    let (mut arrived, mut lost) = (Vec::new(), 0);
    for (place, symbol) in symbols[..count].iter().enumerate() {
        let delta = match symbol {
            0 => {
                lost += 1;
                continue;
            }
            1 => {
                at += 1;
                i64::from(body[at - 1])
            }
            2 => {
                at += 2;
                i64::from(half(at - 2) as i16)
            }
            reserved => panic!("symbol {reserved}"),
        };
        time += delta;
        arrived.push((base.wrapping_add(place as u16), time));
    }
    assert!(body.len() - at < 4, "only padding follows");
    (arrived, lost)
}

#[test]
fn transport_wide_feedback_tells_the_publisher_of_each_packet() {
    let mut world = World::new(21);
    let publisher = world.join();
    world.camera(publisher);
    world.up[publisher].lost_per_mille = 100;
    world.up[publisher].jitter = Duration::from_millis(10);
    world.run(10_000);
    let client = &world.clients[publisher];
    let (mut told, mut lost) = (BTreeMap::new(), 0);
    for (number, (at, body)) in client.feedback.iter().enumerate() {
        assert_eq!(body[7], number as u8, "counted one by one");
        let (arrived, missing) = read_feedback(body);
        lost += missing;
        for (sequence, ticks) in arrived {
            let sent = client.sent_at[&sequence];
            let arrival = Instant(ticks as u64 * 250);
            assert!(arrival + Duration::from_micros(250) >= sent + Duration::from_millis(5) && arrival <= *at);
            assert!(arrival <= sent + Duration::from_micros(15_250));
            assert!(told.insert(sequence, ticks).is_none(), "told twice: {sequence}");
        }
    }
    let sent = client.sent_at.len();
    assert!(told.len() > sent * 85 / 100 && told.len() < sent * 95 / 100, "{} of {sent}", told.len());
    // What reordering made late is told of after it was called lost.
    assert!(lost >= (sent - told.len()) * 95 / 100, "{lost}");
    assert!((100..=140).contains(&client.feedback.len()));
}

#[test]
fn a_publisher_is_told_what_arrived() {
    let mut world = World::new(22);
    let publisher = world.join();
    let (_, ssrc) = world.camera(publisher);
    world.up[publisher].lost_per_mille = 200;
    world.run(8000);
    for layer in 0..3 {
        let blocks: Vec<_> = world.clients[publisher].blocks.iter().filter(|block| block.ssrc == Ssrc(ssrc + layer)).collect();
        assert!((6..=8).contains(&blocks.len()), "{}", blocks.len());
        let last = blocks.last().unwrap();
        assert!(last.cumulative_lost > 50 && last.last_report != 0, "{last:?}");
        let average = blocks.iter().map(|block| u32::from(block.fraction_lost)).sum::<u32>() / blocks.len() as u32;
        assert!((30..75).contains(&average), "{average}");
    }
    world.clients[publisher].encoders.iter_mut().for_each(|encoder| encoder.on = false);
    world.run(6100);
    let before = world.clients[publisher].blocks.len();
    world.run(3000);
    assert_eq!(world.clients[publisher].blocks.len(), before, "what has ended is not reported");
}

/// When a packet of this RTP time was captured, by the last report of its slot.
fn captured(report: &SenderReport, rate: u32, timestamp: u32) -> i64 {
    report.ntp.0 + i64::from(timestamp.wrapping_sub(report.rtp) as i32) * 1_000_000 / i64::from(rate)
}

fn frame_at(encoder: &Encoder, frame: u32) -> Instant {
    encoder.frames[frame as usize].at
}

#[test]
fn reports_keep_lips_and_voice_together_through_layers_and_sources() {
    let mut world = World::new(23);
    let (one, two, viewer) = (world.join(), world.join(), world.join());
    world.slots(viewer, 3, 1);
    world.up[one].jitter = Duration::from_millis(15);
    let published: Vec<_> = [one, two].map(|client| (world.camera(client), world.microphone(client))).into();
    let (mut checked, mut lines) = (0, Vec::new());
    for turn in 0..8 {
        let ((camera, camera_ssrc), (microphone, voice)) = published[turn % 2];
        let (_, (_, other_voice)) = published[(turn + 1) % 2];
        world.encoder(other_voice).level = Some(127);
        world.encoder(voice).level = Some(127);
        let layer = (turn / 2 % 3) as u8;
        world.assign(viewer, 4, Some((camera, layer)));
        world.pair(viewer, 3, Some(microphone));
        world.run(1000);
        world.encoder(voice).level = Some(30);
        world.run(3000);
        let client = &world.clients[viewer];
        let (video, audio) = (client.slot(4), client.slot(3));
        let (picture, sound) = (video.last().unwrap().clone(), audio.last().unwrap().clone());
        assert_eq!((picture.tag.source, sound.tag.source), (camera_ssrc + u32::from(layer), voice));
        let shown = captured(&video.reports.last().unwrap().1, 90_000, picture.timestamp);
        let heard = captured(&audio.reports.last().unwrap().1, 48_000, sound.timestamp);
        let (drawn, spoken) =
            (frame_at(world.encoder(picture.tag.source), picture.tag.frame), frame_at(world.encoder(voice), sound.tag.frame));
        let truth = drawn.micros() as i64 - spoken.micros() as i64;
        assert!((shown - heard - truth).abs() < 3000, "turn {turn}: off by {} µs", shown - heard - truth);
        // In the node's time, less the way that the report took.
        assert!((shown - NTP_AT_ZERO.0 - drawn.micros() as i64).abs() < 40_000);
        checked += 1;
    }
    assert_eq!(checked, 8);
    // All reports of a slot lie on one line, whoever fills it; a frame that is older than the last one sent pushes them up a little.
    for (slot, rate) in [(3, 48_000), (4, 90_000)] {
        for pair in world.clients[viewer].slot(slot).reports.windows(2) {
            let (before, after) = (&pair[0].1, &pair[1].1);
            let off = captured(before, rate, after.rtp) - after.ntp.0;
            assert!(off.abs() < 45_000, "slot {slot}: {off} µs");
            lines.push(off.abs());
        }
    }
    lines.sort_unstable();
    assert!(lines[lines.len() * 9 / 10] < 2000, "{lines:?}");
    let reports = &world.clients[viewer].slot(4).reports;
    assert!((28..=34).contains(&reports.len()), "{}", reports.len());
    assert!(reports.windows(2).all(|pair| pair[0].1.packets <= pair[1].1.packets && pair[0].1.ntp < pair[1].1.ntp));
}

#[test]
fn what_a_subscriber_says_of_its_link_becomes_available() {
    let mut world = World::new(24);
    let (publisher, viewer) = (world.join(), world.join());
    let (camera, _) = world.camera(publisher);
    world.slots(viewer, 0, 1);
    let transport = world.clients[viewer].id;
    world.apply(Command::SetCap { transport, bitrate: 800_000 });
    world.assign(viewer, 1, Some((camera, 2)));
    world.down[viewer].delay = Duration::from_millis(40);
    world.run(3000);
    world.clients[viewer].estimate(1_200_000);
    world.run(1000);
    world.clients[viewer].estimate(400_000);
    world.run(1000);
    let told: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Available { transport: known, bitrate, loss_per_mille, rtt_ms } if *known == transport => {
                Some((*bitrate, *loss_per_mille, *rtt_ms))
            }
            _ => None,
        })
        .collect();
    assert_eq!(told.first().map(|told| (told.0, told.1)), Some((800_000, 0)));
    assert!(told.iter().any(|told| told.0.abs_diff(1_200_000) < 10_000), "{told:?}");
    let (bitrate, loss, rtt) = *told.last().unwrap();
    assert!(bitrate.abs_diff(400_000) < 10_000 && loss == 0 && (40..60).contains(&rtt), "{told:?}");
    // Loss alone lowers it as well.
    world.clients[viewer].estimate(3_000_000);
    world.run(1000);
    assert!(world.datapath.transport(transport).unwrap().estimator.available() > 2_900_000);
    world.down[viewer].lost_per_mille = 400;
    world.clients[viewer].nacking = false;
    world.run(5000);
    let known = &world.datapath.transport(transport).unwrap().estimator;
    assert!(known.available() < 1_300_000, "{}", known.available());
}

#[test]
fn requests_for_what_is_not_known_are_counted() {
    let mut world = World::new(25);
    let (publisher, viewer) = (world.join(), world.join());
    let (camera, _) = world.camera(publisher);
    world.microphone(publisher);
    world.slots(viewer, 1, 1);
    world.assign(viewer, 2, Some((camera, 0)));
    world.run(1000);
    let (audio, video) = (world.clients[viewer].slots[0].ssrc, world.clients[viewer].slots[2].ssrc);
    let last = *world.clients[viewer].slot(2).heard.keys().last().unwrap() as u16;
    world.clients[viewer].send_rtcp(|buffer| write_nack(buffer, Ssrc(1), Ssrc(99), &[1]));
    world.clients[viewer].send_rtcp(|buffer| write_nack(buffer, Ssrc(1), audio, &[1]));
    world.clients[viewer].send_rtcp(|buffer| write_nack(buffer, Ssrc(1), video, &[last.wrapping_add(9000)]));
    world.clients[viewer].send_rtcp(|buffer| write_nack(buffer, Ssrc(1), video, &[last, last]));
    world.run(20);
    assert_eq!(world.count(Counter::NacksReceived), 4);
    assert_eq!(world.count(Counter::DropNackNotCached), 2);
    assert_eq!((world.count(Counter::RtxSent), world.count(Counter::DropNackTooSoon)), (1, 1));
}

#[test]
fn a_slot_without_a_repair_stream_is_sent_nothing_twice() {
    let mut world = World::new(26);
    let (publisher, viewer) = (world.join(), world.join());
    let (camera, _) = world.camera(publisher);
    world.slots(viewer, 0, 1);
    let mut slots = world.clients[viewer].slots.clone();
    slots[1].ssrc = Ssrc(77);
    slots[1].rtx_ssrc = None;
    slots.push(slots[1].clone());
    slots[1] = world.clients[viewer].slots[1].clone();
    world.clients[viewer].slots.clone_from(&slots);
    let transport = world.clients[viewer].id;
    world.apply(Command::SetSlots { transport, slots });
    world.assign(viewer, 2, Some((camera, 0)));
    world.run(500);
    let last = *world.clients[viewer].slot(2).heard.keys().last().unwrap() as u16;
    world.clients[viewer].send_rtcp(|buffer| write_nack(buffer, Ssrc(1), Ssrc(77), &[last]));
    world.run(20);
    assert_eq!((world.count(Counter::DropNackWithoutRtx), world.count(Counter::RtxSent)), (1, 0));
}
