//! A minute over links that lose, repeat, delay and reorder: in the end everything that was sent has arrived, once.

use crate::support::link::Link;
use crate::support::world::World;
use sipulung_datapath_core::counters::Counter;
use std::time::Duration;

const MINUTE: u64 = 60_000;
const WEAK: Link =
    Link { delay: Duration::from_millis(25), jitter: Duration::from_millis(12), lost_per_mille: 50, twice_per_mille: 20 };

/// One minute from a publisher with a camera and a microphone to two viewers. Returns the world and the camera's SSRC.
fn minute(seed: u64, up: Link, down: Link) -> (World, u32) {
    let mut world = World::new(seed);
    let (publisher, one, two) = (world.join(), world.join(), world.join());
    let (camera, ssrc) = world.camera(publisher);
    let (microphone, _) = world.microphone(publisher);
    for viewer in [one, two] {
        world.slots(viewer, 1, 1);
        world.assign(viewer, 2, Some((camera, 0)));
    }
    world.pair(two, 1, Some(microphone));
    // A receiver cannot miss what came before the first packet it has: the first ones arrive.
    world.run(500);
    for viewer in [one, two] {
        // Their own reports and requests get lost as well.
        (world.up[viewer], world.down[viewer]) = (down, down);
    }
    world.up[publisher] = up;
    world.down[publisher] = up;
    world.run(MINUTE);
    // Nor what came after the last.
    for link in world.up.iter_mut().chain(&mut world.down) {
        *link = Link::CLEAN;
    }
    world.run(200);
    for encoder in &mut world.clients[publisher].encoders {
        encoder.on = false;
    }
    world.run(3000);
    (world, ssrc)
}

/// Each frame that was sent since the first key frame that a viewer has, has arrived whole, in one unbroken stream.
fn assert_complete(world: &mut World, viewer: usize, ssrc: u32) {
    let sent: Vec<u32> = world.encoder(ssrc).frames.iter().map(|frame| frame.tag.frame).collect();
    let stream = world.clients[viewer].slot(2);
    stream.assert_unbroken();
    let arrived = stream.frames_of(ssrc);
    let first = *arrived.first().expect("a first frame");
    assert!(first < 50, "the first frame was {first}");
    assert_eq!(arrived.into_iter().collect::<Vec<_>>(), sent[first as usize..]);
}

#[test]
fn losses_of_the_publisher_are_repaired_for_all() {
    let (mut world, ssrc) = minute(11, WEAK, Link::CLEAN);
    for viewer in [1, 2] {
        assert_complete(&mut world, viewer, ssrc);
        assert_eq!(world.clients[viewer].refused, 0);
    }
    assert!(world.encoder(ssrc).nacked > 100 && world.count(Counter::RtxReceived) > 100);
    assert!(world.count(Counter::DropReplayed) + world.count(Counter::DropDuplicate) > 50);
    // The network lost packets, not the decoder its thread: nobody needed a new key frame.
    assert!(world.encoder(ssrc).key_requests.len() <= 4, "{}", world.encoder(ssrc).key_requests.len());
}

#[test]
fn losses_of_a_subscriber_are_repaired_from_the_cache() {
    let (mut world, ssrc) = minute(12, Link::CLEAN, WEAK);
    for viewer in [1, 2] {
        assert_complete(&mut world, viewer, ssrc);
        let repaired = world.clients[viewer].slot(2).heard.values().filter(|heard| heard.repaired).count();
        assert!(repaired > 100, "{repaired}");
        assert!(world.clients[viewer].refused > 50);
    }
    assert_eq!((world.encoder(ssrc).nacked, world.count(Counter::RtxReceived)), (0, 0));
    assert!(world.count(Counter::RtxSent) > 300);
    // Its reports tell of the loss.
    let known = world.datapath.transport(world.clients[1].id).unwrap();
    assert!(
        known.estimator.round_trip() > Duration::from_millis(35) && known.estimator.round_trip() < Duration::from_millis(120)
    );
}

#[test]
fn losses_on_both_sides_are_repaired() {
    for seed in [13, 14] {
        let (mut world, ssrc) = minute(seed, WEAK, WEAK);
        for viewer in [1, 2] {
            assert_complete(&mut world, viewer, ssrc);
        }
    }
}

#[test]
fn bursts_are_repaired_or_answered_with_a_key_frame() {
    let mut world = World::new(15);
    let (publisher, viewer) = (world.join(), world.join());
    let (camera, ssrc) = world.camera(publisher);
    world.slots(viewer, 0, 1);
    world.assign(viewer, 1, Some((camera, 2)));
    world.run(2000);
    for turn in 0..10 {
        world.up[publisher].lost_per_mille = 1000;
        // The longer ones lose more than can be asked for again.
        world.run(if turn % 2 == 0 { 100 } else { 2500 });
        world.up[publisher].lost_per_mille = 0;
        world.run(3000);
        let stream = world.clients[viewer].slot(1);
        assert!(world.now.since(stream.last().unwrap().at) < Duration::from_millis(100));
        let last = *stream.frames_of(ssrc + 2).last().unwrap();
        let sent = world.encoder(ssrc + 2).frames.len() as u32;
        assert!(sent - last < 4, "{last} of {sent}");
    }
    assert!(world.encoder(ssrc + 2).key_requests.len() >= 5);
}

#[test]
fn layers_change_under_loss_and_pictures_go_on() {
    let mut world = World::new(16);
    let (publisher, viewer) = (world.join(), world.join());
    let (camera, ssrc) = world.camera(publisher);
    world.slots(viewer, 0, 1);
    world.assign(viewer, 1, Some((camera, 0)));
    world.run(500);
    (world.up[publisher], world.down[publisher]) = (WEAK, WEAK);
    (world.up[viewer], world.down[viewer]) = (WEAK, WEAK);
    for turn in 0..20 {
        world.assign(viewer, 1, Some((camera, (turn % 3) as u8)));
        world.run(3000);
        let stream = world.clients[viewer].slot(1);
        let source = ssrc + turn % 3;
        let whole = stream.frames_of(source);
        let sent = world.clients[publisher].encoders[turn as usize % 3].frames.len() as u32;
        assert!(whole.last().is_some_and(|last| sent - last < 12), "turn {turn}: {:?} of {sent}", whole.last());
        // From the key frame on that began the stretch, each frame but those of the last second is whole.
        let key = stream.heard.values().rev().find(|heard| heard.tag.source == source && heard.tag.key).unwrap().tag.frame;
        let missing: Vec<u32> = (key..sent - 25).filter(|frame| !whole.contains(frame)).collect();
        assert!(missing.is_empty(), "turn {turn}: {missing:?} since {key}");
    }
}
