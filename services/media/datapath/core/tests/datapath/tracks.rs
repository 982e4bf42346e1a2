//! Tracks, slots and transports that come, go, or are not let in.

use crate::support::world::{World, ROOM};
use crate::support::VP8;
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::{LayerIndex, RoomId, SlotIndex, Ssrc, TrackId, TransportId};
use sipulung_datapath_core::srtp::{Master, Profile};
use sipulung_datapath_core::track::Kind;
use sipulung_datapath_core::{Command, Event};
use std::time::Duration;

/// Publisher, viewer, track and lowest SSRC; the viewer has one pair: audio slot 0, video slot 1.
fn meeting() -> (World, usize, usize, TrackId, u32) {
    let mut world = World::new(5);
    let (publisher, viewer) = (world.join(), world.join());
    let (track, ssrc) = world.camera(publisher);
    world.slots(viewer, 0, 1);
    (world, publisher, viewer, track, ssrc)
}

fn lively(world: &World, client: usize) -> bool {
    world.clients[client].slot(1).last().is_some_and(|last| world.now.since(last.at) < Duration::from_millis(100))
}

#[test]
fn a_publisher_is_seen_from_admission_on() {
    let (mut world, publisher, viewer, track, ssrc) = meeting();
    world.admit(publisher, false);
    world.assign(viewer, 1, Some((track, 0)));
    // Long enough for the browser to stop naming its streams.
    world.run(3000);
    assert!(world.clients[viewer].streams.is_empty());
    assert!(world.count(Counter::DropNotAdmitted) > 500);
    assert!(world.rates(track).is_empty());
    world.admit(publisher, true);
    world.run(1000);
    assert!(lively(&world, viewer));
    assert_eq!(world.count(Counter::DropUnknownSsrc), 0);
    world.admit(publisher, false);
    world.run(1000);
    assert!(!lively(&world, viewer));
    world.admit(publisher, true);
    world.run(1000);
    assert!(lively(&world, viewer));
    let stream = world.clients[viewer].slot(1);
    stream.assert_unbroken();
    assert_eq!(stream.sources(), [ssrc]);
}

#[test]
fn a_viewer_sees_from_admission_on() {
    let (mut world, _, viewer, track, _) = meeting();
    world.admit(viewer, false);
    world.assign(viewer, 1, Some((track, 0)));
    world.run(2000);
    assert!(world.clients[viewer].streams.is_empty());
    for admitted in [true, false, true] {
        world.admit(viewer, admitted);
        world.run(1000);
        assert_eq!(lively(&world, viewer), admitted);
    }
    world.clients[viewer].slot(1).assert_unbroken();
}

#[test]
fn a_viewer_who_is_assigned_before_keys_and_address_gets_a_key_frame_then() {
    let mut world = World::new(5);
    let publisher = world.join();
    let (track, ssrc) = world.camera(publisher);
    let viewer = world.add(ROOM);
    world.admit(viewer, true);
    world.slots(viewer, 0, 1);
    world.assign(viewer, 1, Some((track, 0)));
    world.run(2000);
    let asked = world.encoder(ssrc).key_requests.len();
    world.connect(viewer);
    world.run(800);
    assert_eq!(world.encoder(ssrc).key_requests.len(), asked + 1);
    assert!(lively(&world, viewer));
    world.clients[viewer].slot(1).assert_unbroken();
}

#[test]
fn a_camera_that_is_switched_off_and_on_goes_on_unbroken() {
    let (mut world, _, viewer, track, ssrc) = meeting();
    world.assign(viewer, 1, Some((track, 0)));
    world.run(1000);
    world.assign(viewer, 1, Some((track, 2)));
    world.enable(track, false);
    world.run(2000);
    assert!(!lively(&world, viewer) && world.rates(track).iter().all(|rate| *rate == 0));
    assert!(world.count(Counter::DropTrackDisabled) > 300);
    world.enable(track, true);
    world.run(1000);
    assert!(lively(&world, viewer));
    let stream = world.clients[viewer].slot(1);
    stream.assert_unbroken();
    assert_eq!(stream.sources(), [ssrc, ssrc + 2]);
    // Without any order in between too.
    for _ in 0..3 {
        let asked = world.encoder(ssrc + 2).key_requests.len();
        world.enable(track, false);
        world.run(1000);
        world.enable(track, true);
        world.run(600);
        assert_eq!(world.encoder(ssrc + 2).key_requests.len(), asked + 1);
        assert!(lively(&world, viewer));
    }
    world.clients[viewer].slot(1).assert_unbroken();
}

#[test]
fn nothing_is_asked_of_a_layer_that_nobody_watches_any_more() {
    let (mut world, publisher, viewer, track, ssrc) = meeting();
    let other = world.join();
    world.slots(other, 0, 1);
    for layer in [0, 1, 2] {
        world.assign(viewer, 1, Some((track, layer)));
        world.run(1000);
    }
    let nacked = |world: &mut World| [0, 1, 2].map(|layer| world.encoder(ssrc + layer).nacked);
    world.up[publisher].lost_per_mille = 100;
    world.run(3000);
    let before = nacked(&mut world);
    assert!(before[2] > 10 && before[0] == 0 && before[1] == 0, "{before:?}");
    world.up[publisher].lost_per_mille = 0;
    world.run(500);
    // Off while it waits for a layer; then it waits for another.
    world.assign(viewer, 1, Some((track, 1)));
    world.enable(track, false);
    world.run(100);
    world.enable(track, true);
    world.run(1000);
    // One who leaves while it waits.
    world.assign(other, 1, Some((track, 0)));
    world.run(1000);
    world.assign(other, 1, Some((track, 2)));
    world.admit(other, false);
    world.assign(other, 1, None);
    world.run(1000);
    world.up[publisher].lost_per_mille = 100;
    let before = nacked(&mut world);
    world.run(3000);
    let after = nacked(&mut world);
    assert!(after[1] > before[1] + 10);
    assert_eq!((after[0], after[2]), (before[0], before[2]));
    assert!(lively(&world, viewer));
}

#[test]
fn a_track_that_is_removed_leaves_its_slots_empty_and_usable() {
    let (mut world, publisher, viewer, track, ssrc) = meeting();
    world.assign(viewer, 1, Some((track, 0)));
    world.run(1000);
    world.apply(Command::RemoveTrack(track));
    world.run(10);
    let before = world.clients[viewer].slot(1).heard.len();
    world.run(500);
    assert_eq!(world.clients[viewer].slot(1).heard.len(), before);
    assert!(world.count(Counter::DropUnknownSsrc) > 50);
    world.apply(Command::RemoveTrack(track));
    assert_eq!(world.count(Counter::CommandUnknownHandle), 1);
    // Another m-line takes its place; the same SSRC goes on with its roll-over counter.
    let (other, other_ssrc) = world.publish(publisher, "two", Kind::Camera, VP8, &[]);
    world.assign(viewer, 1, Some((other, 0)));
    world.run(1000);
    assert!(lively(&world, viewer));
    world.clients[viewer].slot(1).assert_unbroken();
    assert_eq!(world.clients[viewer].slot(1).sources(), [ssrc, other_ssrc]);
}

#[test]
fn a_transport_that_is_removed_takes_tracks_and_slots_along() {
    let (mut world, publisher, viewer, track, _) = meeting();
    let other = world.join();
    let (second, second_ssrc) = world.camera(other);
    world.slots(other, 0, 1);
    world.assign(viewer, 1, Some((track, 0)));
    world.assign(other, 1, Some((track, 1)));
    world.run(1000);
    assert!(lively(&world, viewer) && lively(&world, other));
    let (gone, path) = (world.clients[other].id, world.clients[other].path);
    world.clear_sent();
    world.apply(Command::RemoveTransport(gone));
    world.run(500);
    assert!(world.sent_to(path) <= 10 && lively(&world, viewer) && !world.datapath.knows(path));
    assert!(world.datapath.transport(gone).is_none());
    world.assign(viewer, 1, Some((second, 0)));
    assert_eq!(world.count(Counter::CommandUnknownHandle), 1);
    world.run(500);
    assert!(!lively(&world, viewer), "{second_ssrc}");
    let gone = world.clients[publisher].id;
    world.apply(Command::RemoveTransport(gone));
    world.run(500);
    world.apply(Command::RemoveRoom(ROOM));
    assert!(world.datapath.transport(world.clients[viewer].id).is_none());
    world.run(500);
}

#[test]
fn a_slot_is_assigned_what_exists_and_is_of_its_room_or_is_empty() {
    let (mut world, publisher, viewer, track, _) = meeting();
    let (microphone, _) = world.microphone(publisher);
    world.apply(Command::AddRoom(RoomId(2)));
    let stranger = world.add(RoomId(2));
    world.admit(stranger, true);
    world.connect(stranger);
    let (foreign, _) = world.camera(stranger);
    let refused = [Some((foreign, 0)), Some((microphone, 0)), Some((track, 3)), Some((TrackId(4242), 0))];
    for (number, shown) in refused.into_iter().enumerate() {
        world.assign(viewer, 1, Some((track, 0)));
        world.run(700);
        assert!(lively(&world, viewer), "{number}");
        world.assign(viewer, 1, shown);
        world.run(300);
        assert!(!lively(&world, viewer), "{number}");
    }
    assert_eq!((world.count(Counter::CommandRefused), world.count(Counter::CommandUnknownHandle)), (3, 1));
    // A track that comes later under the handle is not shown by an order from before it.
    let transport = world.clients[publisher].id;
    let description = world.describe("late", Kind::Camera, &[VP8], &[]);
    world.apply(Command::AddTrack { transport, track: TrackId(4242), description });
    world.run(500);
    assert!(!lively(&world, viewer));
    world.assign(viewer, 0, Some((track, 0)));
    assert_eq!(world.count(Counter::CommandRefused), 4);
    world.clients[viewer].slot(1).assert_unbroken();
}

#[test]
fn slots_are_added_and_keep_what_they_are() {
    let (mut world, _, viewer, track, _) = meeting();
    world.assign(viewer, 1, Some((track, 0)));
    world.run(500);
    let transport = world.clients[viewer].id;
    let mut twice = world.clients[viewer].slots.clone();
    twice.push(twice[1].clone());
    twice[2].ssrc = twice[1].rtx_ssrc.unwrap();
    world.apply(Command::SetSlots { transport, slots: twice });
    assert_eq!(world.datapath.transport(transport).unwrap().slots.len(), 2);
    let mut other = world.clients[viewer].slots.clone();
    other[1].ssrc = Ssrc(5);
    world.apply(Command::SetSlots { transport, slots: other });
    assert_eq!(world.count(Counter::CommandRefused), 2);
    world.slots(viewer, 0, 3);
    world.assign(viewer, 5, Some((track, 1)));
    world.run(1000);
    assert!(lively(&world, viewer));
    assert!(world.clients[viewer].slot(5).heard.len() > 50);
    world.clients[viewer].slot(1).assert_unbroken();
    world.clients[viewer].slot(5).assert_unbroken();
}

#[test]
fn keys_that_are_set_again_change_nothing_and_wrong_ones_are_refused() {
    let (mut world, _, viewer, track, _) = meeting();
    world.assign(viewer, 1, Some((track, 0)));
    world.run(500);
    let transport = world.clients[viewer].id;
    let wrong = Master { profile: Profile::AeadAes128Gcm, key: vec![1; 15], salt: vec![1; 12] };
    world.apply(Command::SetKeys { transport, local: wrong.clone(), remote: wrong });
    assert_eq!(world.count(Counter::CommandRefused), 1);
    world.run(500);
    assert!(lively(&world, viewer));
}

#[test]
fn a_transport_that_is_added_again_begins_anew() {
    let (mut world, publisher, viewer, track, _) = meeting();
    world.assign(viewer, 1, Some((track, 0)));
    world.run(500);
    let transport = world.clients[viewer].id;
    let (local_ufrag, local_pwd, remote_ufrag) = ("a".into(), "b".into(), "c".into());
    world.apply(Command::AddTransport { transport, room: ROOM, local_ufrag, local_pwd, remote_ufrag });
    let known = world.datapath.transport(transport).unwrap();
    assert!(known.slots.is_empty() && known.ice.nominated().is_none() && known.outbox.is_empty());
    world.run(500);
    assert!(!lively(&world, viewer));
    assert_eq!(world.silences(publisher), 0);
}

#[test]
fn unknown_handles_are_counted_for_each_command() {
    let mut world = World::new(1);
    let (transport, track, room) = (TransportId(9), TrackId(9), RoomId(9));
    let master = Master { profile: Profile::AeadAes128Gcm, key: vec![1; 16], salt: vec![1; 12] };
    let description = world.describe("0", Kind::Audio, &[VP8], &[]);
    let commands = [
        Command::RemoveRoom(room),
        Command::AddTransport { transport, room, local_ufrag: "a".into(), local_pwd: "b".into(), remote_ufrag: "c".into() },
        Command::RestartIce { transport, local_ufrag: "a".into(), local_pwd: "b".into(), remote_ufrag: "c".into() },
        Command::RemoveTransport(transport),
        Command::SendDatagram { transport, data: vec![20] },
        Command::SetKeys { transport, local: master.clone(), remote: master },
        Command::SetAdmitted { transport, admitted: true },
        Command::AddTrack { transport, track, description },
        Command::RemoveTrack(track),
        Command::SetTrackEnabled { track, enabled: true },
        Command::SetSlots { transport, slots: Vec::new() },
        Command::AssignVideo { transport, slot: SlotIndex(0), track: None, layer: LayerIndex(0) },
        Command::PairAudio { transport, slot: SlotIndex(0), track: None },
        Command::DenyAudio { transport, tracks: Vec::new() },
        Command::SetCap { transport, bitrate: 1 },
    ];
    let count = commands.len() as u64;
    commands.into_iter().for_each(|command| world.apply(command));
    assert_eq!(world.count(Counter::CommandUnknownHandle), count);
    assert!(world.events.is_empty());
}

#[test]
fn a_track_is_added_once_and_strangers_streams_are_not_taken() {
    let (mut world, publisher, viewer, track, ssrc) = meeting();
    let transport = world.clients[publisher].id;
    let description = world.describe("cam", Kind::Camera, &[VP8], &["q"]);
    world.apply(Command::AddTrack { transport, track, description });
    assert_eq!(world.count(Counter::CommandRefused), 1);
    // Under a mid that is not negotiated, and under a rid that is not.
    world.encoder(ssrc).mid = "zzz".into();
    world.encoder(ssrc + 1).rid = Some("zzz");
    world.assign(viewer, 1, Some((track, 0)));
    world.run(500);
    assert!(world.count(Counter::DropUnknownSsrc) > 50 && world.clients[viewer].streams.is_empty());
}

#[test]
fn declared_ssrcs_need_no_mid() {
    let (mut world, publisher, viewer, ..) = meeting();
    let mut description = world.describe("dec", Kind::Camera, &[VP8], &[]);
    description.ssrcs = vec![Ssrc(4_000_000_001)];
    let track = world.add_track(publisher, description);
    let encoder = crate::support::publisher::Encoder::new(track, "other", None, 4_000_000_001, VP8);
    world.clients[publisher].encoders.push(encoder);
    world.assign(viewer, 1, Some((track, 0)));
    world.run(500);
    assert!(lively(&world, viewer));
}

#[test]
fn rates_are_told_when_a_layer_comes_and_goes() {
    let (mut world, _, _, track, ssrc) = meeting();
    world.run(1500);
    world.encoder(ssrc + 2).on = false;
    world.run(1500);
    let rates = world.rates(track);
    assert!(rates[0] > 0 && rates[1] > 0 && rates[2] == 0, "{rates:?}");
    let told = world.events.iter().filter(|event| matches!(event, Event::LayersChanged { .. })).count();
    assert!((3..=6).contains(&told), "{told}");
}
