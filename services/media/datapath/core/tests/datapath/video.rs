//! What a slot shows: layers, sources, codecs, and that a decoder never sees a seam.

use crate::support::world::World;
use crate::support::{AV1, H264, VP8};
use sipulung_datapath_core::codec::Codec;
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::{SlotIndex, Ssrc, TrackId};
use sipulung_datapath_core::srtp::Profile;
use sipulung_datapath_core::track::Kind;
use sipulung_datapath_core::Event;
use std::time::Duration;

struct Watched {
    world: World,
    publisher: usize,
    viewer: usize,
    track: TrackId,
    ssrc: u32,
}

const SLOT: usize = 1;

fn watched() -> Watched {
    watched_with(World::new(3))
}

fn watched_with(mut world: World) -> Watched {
    let (publisher, viewer) = (world.join(), world.join());
    let (track, ssrc) = world.camera(publisher);
    world.slots(viewer, 0, 2);
    Watched { world, publisher, viewer, track, ssrc }
}

#[test]
fn a_layer_is_shown_from_its_key_frame_on_that_was_asked_for() {
    let Watched { mut world, viewer, track, ssrc, .. } = watched();
    world.run(500);
    assert!(world.clients[viewer].slot(SLOT).heard.is_empty());
    world.assign(viewer, SLOT, Some((track, 1)));
    world.run(1000);
    let stream = world.clients[viewer].slot(SLOT);
    stream.assert_unbroken();
    assert_eq!(stream.sources(), [ssrc + 1]);
    assert!(stream.frames_of(ssrc + 1).len() > 20);
    assert_eq!(world.encoder(ssrc + 1).key_requests.len(), 1);
    assert!(world.encoder(ssrc).key_requests.is_empty() && world.encoder(ssrc + 2).key_requests.is_empty());
    let rates = world.rates(track);
    assert!(rates.len() == 3 && rates[0] > 400_000 && rates[2] > rates[1] && rates[1] > rates[0], "{rates:?}");
}

#[test]
fn each_srtp_profile_carries_it() {
    for profile in [Profile::AeadAes256Gcm, Profile::AeadAes128Gcm, Profile::Aes128CmSha1_80] {
        let Watched { mut world, viewer, track, ssrc, .. } = watched_with(World::with_profile(3, profile));
        world.assign(viewer, SLOT, Some((track, 0)));
        world.run(500);
        assert!(world.clients[viewer].slot(SLOT).frames_of(ssrc).len() > 9);
    }
}

#[test]
fn layers_change_without_a_seam_and_the_old_one_flows_until_the_new_ones_key_frame() {
    for wide in [true, false] {
        let Watched { mut world, viewer, track, ssrc, .. } = watched();
        for layer in 0..3 {
            world.encoder(ssrc + layer).wide = wide;
            world.encoder(ssrc + layer).picture = if wide { 0x7ff0 } else { 0x70 } + layer as u16;
        }
        for layer in [0, 2, 1, 0, 1, 2, 0] {
            world.assign(viewer, SLOT, Some((track, layer)));
            world.run(1100);
            assert_eq!(world.clients[viewer].slot(SLOT).last().unwrap().tag.source, ssrc + u32::from(layer));
        }
        let stream = world.clients[viewer].slot(SLOT);
        stream.assert_unbroken();
        assert_eq!(stream.sources().len(), 7);
        let mut pauses = stream.heard.values().zip(stream.heard.values().skip(1)).map(|(one, next)| next.at.since(one.at));
        assert!(pauses.all(|pause| pause < Duration::from_millis(90)));
        // An eighth of a second of time is an eighth of a second of RTP time, within a frame or two at each change.
        let (first, last) = (stream.heard.values().next().unwrap(), stream.last().unwrap());
        let ticks = u64::from(last.timestamp.wrapping_sub(first.timestamp));
        let micros = last.at.since(first.at).as_micros() as u64;
        assert!((ticks * 1000 / 90).abs_diff(micros) < 100_000, "{ticks} {micros}");
    }
}

#[test]
fn time_between_layers_is_the_publishers_once_its_reports_came() {
    let Watched { mut world, publisher, viewer, track, .. } = watched();
    world.run(2500);
    world.up[publisher].jitter = Duration::from_millis(30);
    for layer in [0, 1, 2, 0, 2, 1] {
        world.assign(viewer, SLOT, Some((track, layer)));
        world.run(1500);
    }
    let heard: Vec<_> = world.clients[viewer].slot(SLOT).heard.values().cloned().collect();
    let mut changes = 0;
    for pair in heard.windows(2).filter(|pair| pair[0].tag.source != pair[1].tag.source) {
        let at = |heard: &crate::support::stream::Heard, world: &mut World| {
            world.encoder(heard.tag.source).frames[heard.tag.frame as usize].at
        };
        let (before, after) = (at(&pair[0], &mut world), at(&pair[1], &mut world));
        // Two layers of one moment cannot have one time.
        let expected = (after.micros() as i64 - before.micros() as i64) * 90 / 1000;
        let ticks = i64::from(pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32);
        assert!(expected <= 0 || (ticks - expected).abs() < 180, "{ticks} for {expected}");
        changes += 1;
    }
    assert_eq!(changes, 5);
}

#[test]
fn a_report_of_a_former_ssrc_moves_no_clock() {
    let Watched { mut world, publisher, viewer, track, ssrc } = watched();
    world.assign(viewer, SLOT, Some((track, 0)));
    world.run(2500);
    let former = {
        let (now, ntp) = (world.now, world.clients[publisher].ntp(world.now));
        world.encoder(ssrc).report(now, ntp)
    };
    world.encoder(ssrc).restart(ssrc + 100);
    world.run(1500);
    world.clients[publisher].reporting = false;
    world.clients[publisher].send_rtcp(|buffer| former.write(buffer));
    world.run(1100);
    let stream = world.clients[viewer].slot(SLOT);
    let last = stream.last().unwrap();
    for (_, report) in stream.reports.iter().rev().take(2) {
        let shown = report.ntp.0 + i64::from(last.timestamp.wrapping_sub(report.rtp) as i32) * 1_000_000 / 90_000;
        let since = crate::support::world::NTP_AT_ZERO.0 + last.at.micros() as i64 - shown;
        assert!(since.abs() < 50_000, "{since}");
    }
}

#[test]
fn another_persons_picture_begins_where_the_former_ended_with_either_width_of_picture_ids() {
    let Watched { mut world, viewer, track, ssrc, .. } = watched();
    let narrow = world.join();
    let (other, other_ssrc) = world.camera(narrow);
    for layer in 0..3 {
        world.encoder(other_ssrc + layer).wide = false;
        world.encoder(other_ssrc + layer).picture = 3;
    }
    for turn in 0..6 {
        let shown = if turn % 2 == 0 { (track, 0) } else { (other, 2) };
        world.assign(viewer, SLOT, Some(shown));
        world.run(1100);
    }
    let stream = world.clients[viewer].slot(SLOT);
    stream.assert_unbroken();
    assert_eq!(stream.sources(), [ssrc, other_ssrc + 2, ssrc, other_ssrc + 2, ssrc, other_ssrc + 2]);
    world.assign(viewer, SLOT, None);
    world.run(10);
    let before = world.clients[viewer].slot(SLOT).heard.len();
    world.run(500);
    assert_eq!(world.clients[viewer].slot(SLOT).heard.len(), before);
}

#[test]
fn numbers_go_past_their_turn() {
    let Watched { mut world, viewer, track, ssrc, .. } = watched();
    world.encoder(ssrc).sequence = 65_400;
    world.assign(viewer, SLOT, Some((track, 0)));
    world.run(4000);
    let stream = world.clients[viewer].slot(SLOT);
    stream.assert_unbroken();
    assert!(world.encoder(ssrc).sequence > 65_600 && world.count(Counter::DropSrtpAuthentication) == 0);
}

#[test]
fn requests_of_many_viewers_are_one_and_not_often() {
    let Watched { mut world, publisher, track, ssrc, .. } = watched();
    let viewers: Vec<_> = (0..10)
        .map(|_| {
            let viewer = world.join();
            world.slots(viewer, 0, 1);
            world.assign(viewer, SLOT, Some((track, 0)));
            viewer
        })
        .collect();
    world.run(1000);
    let before = world.encoder(ssrc).key_requests.len();
    for _ in 0..60 {
        for viewer in &viewers {
            let media = world.clients[*viewer].slots[SLOT].ssrc;
            world.clients[*viewer].ask_for_key_frame(media);
        }
        world.run(50);
    }
    let asked = &world.encoder(ssrc).key_requests;
    assert!((5..=7).contains(&(asked.len() - before)), "{}", asked.len() - before);
    assert!(asked.windows(2).all(|pair| pair[1].since(pair[0]) >= Duration::from_millis(499)));
    assert_eq!(world.count(Counter::KeyRequestsReceived), 600);
    for viewer in viewers {
        world.clients[viewer].slot(SLOT).assert_unbroken();
    }
    assert!(world.clients[publisher].streams.is_empty());
}

#[test]
fn an_encoder_that_starts_anew_goes_on_in_the_same_stream() {
    let Watched { mut world, publisher, viewer, track, ssrc } = watched();
    world.assign(viewer, SLOT, Some((track, 0)));
    let (microphone, voice) = world.microphone(publisher);
    world.pair(viewer, 0, Some(microphone));
    world.run(1000);
    for turn in 1..4 {
        // The last packets of the former come late.
        world.up[publisher].jitter = Duration::from_millis(60);
        let (old, old_voice) = (ssrc + (turn - 1) * 100, voice + (turn - 1) * 100);
        world.encoder(old).restart(ssrc + turn * 100);
        world.encoder(old_voice).restart(voice + turn * 100);
        world.run(100);
        world.up[publisher].jitter = Duration::ZERO;
        world.run(1500);
        assert_eq!(world.clients[viewer].slot(SLOT).last().unwrap().tag.source, ssrc + turn * 100);
        assert_eq!(world.clients[viewer].slot(0).last().unwrap().tag.source, voice + turn * 100);
    }
    let stream = world.clients[viewer].slot(SLOT);
    stream.assert_unbroken();
    assert_eq!(stream.sources().len(), 4);
    assert_eq!(world.clients[viewer].slot(0).sources().len(), 4);
}

#[test]
fn late_packets_of_a_former_ssrc_change_nothing_and_one_that_comes_back_counts() {
    let Watched { mut world, publisher, viewer, track, ssrc } = watched();
    world.assign(viewer, SLOT, Some((track, 0)));
    world.run(1000);
    let now = world.now;
    let mut transport_cc = 7;
    world.encoder(ssrc).on = false;
    let late = world.encoder(ssrc).padding(now, &mut transport_cc);
    let repair = world.encoder(ssrc).sequence - 2;
    let repair = world.encoder(ssrc).again(repair as u16, &mut transport_cc).unwrap();
    let mut fresh = crate::support::publisher::Encoder::new(track, "cam", Some("q"), ssrc + 100, VP8);
    fresh.sequence = world.encoder(ssrc).sequence.wrapping_add(20_000) & 0x7fff;
    world.clients[publisher].encoders.push(fresh);
    world.run(200);
    let now = world.now;
    world.clients[publisher].send(now, late);
    world.clients[publisher].send(now, repair);
    world.run(500);
    assert_eq!(world.count(Counter::DropFormerSsrc), 1);
    assert_eq!(world.clients[viewer].slot(SLOT).last().unwrap().tag.source, ssrc + 100);
    world.encoder(ssrc + 100).on = false;
    world.run(1200);
    world.encoder(ssrc).on = true;
    world.run(1000);
    let stream = world.clients[viewer].slot(SLOT);
    assert_eq!(stream.sources(), [ssrc, ssrc + 100, ssrc]);
    stream.assert_unbroken();
}

#[test]
fn padding_is_left_out_without_a_hole() {
    let Watched { mut world, publisher, viewer, track, ssrc } = watched();
    world.assign(viewer, SLOT, Some((track, 0)));
    for _ in 0..100 {
        world.run(30);
        let now = world.now;
        world.clients[publisher].probe(now, 0);
        world.clients[publisher].probe(now, 0);
    }
    world.run(100);
    let stream = world.clients[viewer].slot(SLOT);
    stream.assert_unbroken();
    assert!(stream.frames_of(ssrc).len() > 60 && world.count(Counter::PaddingReceived) > 150);
}

#[test]
fn a_key_frame_whose_first_packet_comes_last_is_shown_whole() {
    let Watched { mut world, publisher, viewer, track, ssrc } = watched();
    world.up[publisher].jitter = Duration::from_millis(30);
    for turn in 0..20 {
        world.assign(viewer, SLOT, Some((track, (turn % 2) as u8)));
        world.run(700);
    }
    world.up[publisher].jitter = Duration::ZERO;
    world.run(500);
    let stream = world.clients[viewer].slot(SLOT);
    assert!(stream.sources().len() >= 18, "{:?}", stream.sources().len());
    // Each key frame is whole; of the frames before a change the last may be cut.
    let frames = stream.frames_of(ssrc).len() + stream.frames_of(ssrc + 1).len();
    let keys: std::collections::BTreeSet<_> =
        stream.heard.values().filter(|heard| heard.tag.key).map(|heard| (heard.tag.source, heard.tag.frame)).collect();
    assert!(frames > 300);
    for (source, frame) in keys {
        assert!(stream.frames_of(source).contains(&frame), "key frame {frame} of {source}");
    }
    // What is missing is what the former layer's last frames lost to the change.
    let packets: Vec<_> = stream.heard.iter().map(|(number, heard)| (*number, heard.tag.source)).collect();
    for (at, pair) in packets.windows(2).enumerate().filter(|(_, pair)| pair[1].0 > pair[0].0 + 1) {
        let following = &packets[at + 1..packets.len().min(at + 12)];
        assert!(following.iter().any(|(_, source)| *source != pair[0].1), "a hole behind {:?}", pair[0]);
    }
}

#[test]
fn a_codec_that_the_slot_does_not_take_is_told_once() {
    let Watched { mut world, publisher, viewer, .. } = watched();
    let (screen, ssrc) = world.publish(publisher, "scr", Kind::Screen, AV1, &[]);
    world.assign(viewer, SLOT, Some((screen, 0)));
    world.run(3000);
    let missing = Event::CodecMissing { transport: world.clients[viewer].id, slot: SlotIndex(SLOT as u16), codec: Codec::Av1 };
    assert_eq!(world.events.iter().filter(|event| **event == missing).count(), 1);
    world.encoder(ssrc).key_next = true;
    world.run(100);
    assert_eq!(world.count(Counter::DropCodecMissing), 1);
    assert!(world.clients[viewer].slot(SLOT).heard.is_empty());
}

#[test]
fn one_stream_may_change_its_codec() {
    let Watched { mut world, publisher, viewer, track, ssrc } = watched();
    let (other, other_ssrc) = world.publish(publisher, "alt", Kind::Camera, H264, &[]);
    world.assign(viewer, SLOT, Some((track, 0)));
    world.run(500);
    world.assign(viewer, SLOT, Some((other, 0)));
    world.run(700);
    world.assign(viewer, SLOT, Some((track, 0)));
    world.run(1000);
    let stream = world.clients[viewer].slot(SLOT);
    stream.assert_unbroken();
    assert_eq!(stream.sources(), [ssrc, other_ssrc, ssrc]);
}

#[test]
fn a_key_frame_is_not_begun_without_its_parameter_sets() {
    let Watched { mut world, publisher, viewer, track, .. } = watched();
    let (other, ssrc) = world.publish(publisher, "alt", Kind::Camera, H264, &[]);
    world.assign(viewer, SLOT, Some((track, 0)));
    world.run(1000);
    world.up[publisher].jitter = Duration::from_millis(25);
    world.up[publisher].lost_per_mille = 100;
    for _ in 0..15 {
        world.assign(viewer, SLOT, Some((other, 0)));
        world.run(1200);
        world.assign(viewer, SLOT, Some((track, 0)));
        world.run(1200);
    }
    let stream = world.clients[viewer].slot(SLOT);
    let heard: Vec<_> = stream.heard.values().collect();
    let begun = heard.windows(2).filter(|pair| pair[0].tag.source != ssrc && pair[1].tag.source == ssrc);
    assert!(begun.clone().count() >= 14 && begun.into_iter().all(|pair| pair[1].tag.key && pair[1].tag.packet == 0));
}

#[test]
fn a_request_for_a_stream_that_is_not_there_is_only_counted() {
    let Watched { mut world, viewer, .. } = watched();
    world.clients[viewer].ask_for_key_frame(Ssrc(77));
    let media = world.clients[viewer].slots[SLOT].ssrc;
    world.clients[viewer].ask_for_key_frame(media);
    world.run(200);
    assert_eq!((world.count(Counter::KeyRequestsReceived), world.count(Counter::KeyRequestsSent)), (2, 0));
}
