//! Shared screens on slow links: key frames are what costs, so they are asked for rarely.

use crate::support::world::World;
use crate::support::{AV1, IDS};
use sipulung_datapath_core::codec::{Codec, PayloadType};
use sipulung_datapath_core::ids::TrackId;
use sipulung_datapath_core::track::Kind;
use sipulung_datapath_core::Command;
use std::time::Duration;

const SLOT: usize = 1;

/// A screen in AV1 whose key frames have 60 kB, watched on links of these rates. Viewers are clients 1…
fn shared(rates: &[u64]) -> (World, TrackId, u32) {
    let mut world = World::new(31);
    let sharer = world.join();
    let (screen, ssrc) = world.publish(sharer, "scr", Kind::Screen, AV1, &[]);
    world.encoder(ssrc).key_packets = 60;
    world.encoder(ssrc).packets = 1;
    world.encoder(ssrc).interval = Duration::from_millis(200);
    for rate in rates {
        let viewer = world.join();
        let transport = world.clients[viewer].id;
        world.apply(Command::SetCap { transport, bitrate: *rate });
        world.slots(viewer, 0, 1);
        let mut slots = world.clients[viewer].slots.clone();
        slots[SLOT].payload_types = vec![PayloadType { codec: Codec::Av1, pt: 104, rtx: Some(105) }];
        slots[SLOT].extensions = IDS;
        world.clients[viewer].slots.clone_from(&slots);
        world.apply(Command::SetSlots { transport, slots });
        world.assign(viewer, SLOT, Some((screen, 0)));
    }
    (world, screen, ssrc)
}

/// Every viewer asks five times a second, as browsers do that cannot decode.
fn beg(world: &mut World, seconds: u64) {
    for _ in 0..seconds * 5 {
        for viewer in 1..world.clients.len() {
            let media = world.clients[viewer].slots[SLOT].ssrc;
            world.clients[viewer].ask_for_key_frame(media);
        }
        world.run(200);
    }
}

#[test]
fn fast_links_get_a_key_frame_after_a_second_and_a_half() {
    let (mut world, _, ssrc) = shared(&[5_000_000, 8_000_000]);
    world.run(1000);
    let before = world.encoder(ssrc).key_requests.len();
    beg(&mut world, 15);
    let asked = &world.encoder(ssrc).key_requests;
    assert!((8..=10).contains(&(asked.len() - before)), "{}", asked.len() - before);
    assert!(asked.windows(2).all(|pair| pair[1].since(pair[0]) >= Duration::from_millis(1500)));
    for viewer in [1, 2] {
        world.clients[viewer].slot(SLOT).assert_unbroken();
    }
}

#[test]
fn the_slowest_link_sets_the_pace() {
    // 60 kB pass 160 kbit/s in 3 s; twice that has to go by.
    let (mut world, screen, ssrc) = shared(&[5_000_000, 160_000]);
    world.run(1000);
    let before = world.encoder(ssrc).key_requests.len();
    beg(&mut world, 30);
    let asked = world.encoder(ssrc).key_requests.clone();
    assert!((4..=5).contains(&(asked.len() - before)), "{}", asked.len() - before);
    assert!(asked.windows(2).skip(before).all(|pair| pair[1].since(pair[0]) >= Duration::from_millis(6000)));
    // Without it the others are asked for faster again.
    world.assign(2, SLOT, None);
    beg(&mut world, 9);
    let faster = world.encoder(ssrc).key_requests.len() - asked.len();
    assert!((5..=7).contains(&faster), "{faster}");
    assert_ne!(screen, TrackId(0));
}

#[test]
fn a_key_frame_that_nobody_asked_for_has_to_pass_too() {
    let (mut world, _, ssrc) = shared(&[5_000_000, 160_000]);
    world.run(20_000);
    let asked = world.encoder(ssrc).key_requests.len();
    world.encoder(ssrc).key_next = true;
    world.run(250);
    let sent = world.encoder(ssrc).frames.iter().rev().find(|frame| frame.tag.key).unwrap().at;
    beg(&mut world, 8);
    let requests = &world.encoder(ssrc).key_requests;
    assert_eq!(requests.len(), asked + 1);
    assert!(requests[asked].since(sent) >= Duration::from_millis(6000));
}

#[test]
fn a_late_viewer_gets_a_key_frame_soon_and_a_still_page_is_no_end() {
    let (mut world, screen, ssrc) = shared(&[5_000_000]);
    world.run(4000);
    // A still page: a frame every three seconds.
    world.encoder(ssrc).interval = Duration::from_millis(3000);
    world.run(10_000);
    assert!(world.rates(screen)[0] > 0);
    let viewer = world.join();
    let transport = world.clients[viewer].id;
    world.slots(viewer, 0, 1);
    let mut slots = world.clients[viewer].slots.clone();
    slots[SLOT].payload_types = vec![PayloadType { codec: Codec::Av1, pt: 104, rtx: None }];
    world.clients[viewer].slots.clone_from(&slots);
    world.apply(Command::SetSlots { transport, slots });
    let asked = world.encoder(ssrc).key_requests.len();
    world.assign(viewer, SLOT, Some((screen, 0)));
    world.run(50);
    assert_eq!(world.encoder(ssrc).key_requests.len(), asked + 1);
    world.run(3500);
    assert!(!world.clients[viewer].slot(SLOT).frames_of(ssrc).is_empty());
    world.encoder(ssrc).on = false;
    world.run(4500);
    assert_eq!(world.rates(screen), [0]);
}
