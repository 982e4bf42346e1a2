//! Who is heard, in which slot, and that the streams stay whole.

use crate::support::world::{World, ROOM};
use crate::support::OPUS;
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::TrackId;
use sipulung_datapath_core::track::Kind;
use sipulung_datapath_core::Command;
use std::collections::BTreeSet;

/// Everything that a client heard, by SSRC published.
fn heard(world: &World, client: usize) -> BTreeSet<u32> {
    world.clients[client].streams.values().flat_map(super::support::stream::Stream::sources).collect()
}

fn talkers(world: &mut World, count: usize) -> Vec<(usize, TrackId, u32)> {
    let people: Vec<_> = (0..count)
        .map(|_| {
            let client = world.join();
            let (track, ssrc) = world.microphone(client);
            world.encoder(ssrc).level = Some(127);
            world.slots(client, 3, 2);
            (client, track, ssrc)
        })
        .collect();
    people.iter().for_each(|(_, _, ssrc)| world.encoder(*ssrc).level = Some(30));
    people
}

fn assert_all_unbroken(world: &World) {
    for client in &world.clients {
        client.streams.values().for_each(super::support::stream::Stream::assert_unbroken);
    }
}

#[test]
fn two_speakers_are_heard_in_free_and_paired_slots_and_never_by_themselves() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 3);
    let [(first, one, one_ssrc), (second, _, two_ssrc), (third, _, three_ssrc)] = people[..] else { panic!() };
    world.encoder(two_ssrc).on = false;
    world.encoder(three_ssrc).on = false;
    world.pair(second, 3, Some(one));
    world.run(1000);
    assert_eq!(world.clients[second].slot(3).sources(), [one_ssrc]);
    assert_eq!(world.clients[third].slot(0).sources(), [one_ssrc]);
    assert!(world.clients[second].slot(3).heard.len() > 45);
    assert_eq!(world.speakers(), [one]);
    world.encoder(two_ssrc).on = true;
    world.run(1000);
    assert_eq!(heard(&world, first), BTreeSet::from([two_ssrc]));
    assert_eq!(heard(&world, second), BTreeSet::from([one_ssrc]));
    assert_eq!(heard(&world, third), BTreeSet::from([one_ssrc, two_ssrc]));
    assert_eq!(world.clients[third].slot(1).sources(), [two_ssrc]);
    let packet = world.clients[third].slot(1).last().unwrap().clone();
    assert_eq!(packet.level.map(|level| level.level), Some(30));
    assert!(world.clients[third].slot(1).heard.values().next().unwrap().mid.as_deref() == Some(b"s1"));
    assert_all_unbroken(&world);
}

#[test]
fn the_three_loudest_are_heard_and_a_fourth_takes_a_place_that_is_free() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 5);
    let listener = people[4].0;
    world.encoder(people[4].2).on = false;
    for (number, (_, _, ssrc)) in people.iter().enumerate().take(4) {
        world.encoder(*ssrc).level = Some(20 + number as u8 * 2);
        world.run(50);
    }
    world.run(2000);
    let three: BTreeSet<u32> = people[..3].iter().map(|(_, _, ssrc)| *ssrc).collect();
    assert_eq!(heard(&world, listener), three);
    assert_eq!(world.speakers().first(), Some(&people[0].1));
    assert_eq!(world.speakers().len(), 3);
    world.encoder(people[1].2).level = Some(127);
    world.run(2000);
    assert!(heard(&world, listener).contains(&people[3].2));
    assert!(world.speakers().contains(&people[3].1) && !world.speakers().contains(&people[1].1));
    assert_all_unbroken(&world);
}

#[test]
fn what_silence_left_out_is_no_loss() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 2);
    let (talker, listener) = (people[0], people[1].0);
    world.encoder(people[1].2).on = false;
    for _ in 0..3 {
        world.encoder(talker.2).level = Some(30);
        world.run(1500);
        // The microphone goes on sending silence, long enough to lose the place.
        world.encoder(talker.2).level = Some(127);
        world.run(7000);
    }
    world.encoder(talker.2).level = Some(30);
    world.run(1000);
    let stream = world.clients[listener].slot(0);
    stream.assert_unbroken();
    let (first, last) = (stream.heard.values().next().unwrap(), stream.last().unwrap());
    assert!(last.tag.frame - first.tag.frame > stream.heard.len() as u32 + 100, "silence was left out");
    // Time passes as it did for the speaker.
    let ticks = last.timestamp.wrapping_sub(first.timestamp);
    assert_eq!(ticks, (last.tag.frame - first.tag.frame) * 960);
    let available = world.datapath.transport(world.clients[listener].id).unwrap();
    assert_eq!(available.estimator.available(), 1_500_000);
}

#[test]
fn a_voice_that_moves_between_slots_breaks_neither() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 2);
    let (track, ssrc, listener) = (people[0].1, people[0].2, people[1].0);
    world.encoder(people[1].2).on = false;
    for turn in 0..6 {
        world.encoder(ssrc).level = Some(30);
        world.run(1000);
        world.pair(listener, 3, (turn % 2 == 0).then_some(track));
        world.run(300);
        world.encoder(ssrc).level = Some(80);
        world.run(700);
    }
    let (free, paired) = (world.clients[listener].slot(0), world.clients[listener].slot(3));
    assert!(free.heard.len() > 100 && paired.heard.len() > 100);
    assert_all_unbroken(&world);
    let tags = |stream: &super::support::stream::Stream| stream.heard.values().map(|heard| heard.tag).collect::<BTreeSet<_>>();
    assert!(tags(free).is_disjoint(&tags(paired)));
}

#[test]
fn slots_pass_from_speaker_to_speaker_unbroken() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 7);
    let listener = people[6].0;
    world.encoder(people[6].2).on = false;
    for turn in 0..12 {
        for (number, (_, _, ssrc)) in people.iter().enumerate().take(6) {
            let talks = number == turn % 6 || number == (turn + 1) % 6;
            world.encoder(*ssrc).level = Some(if talks { 30 } else { 127 });
        }
        world.run(1300);
    }
    assert_eq!(heard(&world, listener).len(), 6);
    assert_all_unbroken(&world);
}

#[test]
fn a_muted_microphone_is_no_speaker_and_goes_on_unbroken() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 2);
    let (track, listener) = (people[0].1, people[1].0);
    world.encoder(people[1].2).on = false;
    world.run(1000);
    world.enable(track, false);
    let before = world.clients[listener].slot(0).heard.len();
    world.run(1000);
    assert!(world.clients[listener].slot(0).heard.len() <= before + 1);
    assert!(world.count(Counter::DropTrackDisabled) > 45 && world.speakers().is_empty());
    world.enable(track, true);
    world.run(1000);
    assert_eq!(world.speakers(), [track]);
    assert!(world.clients[listener].slot(0).heard.len() > before + 45);
    assert_all_unbroken(&world);
}

#[test]
fn a_person_on_two_connections_does_not_hear_themselves() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 2);
    let (track, ssrc, other) = (people[0].1, people[0].2, people[1].0);
    let transport = world.clients[other].id;
    world.run(500);
    world.apply(Command::DenyAudio { transport, tracks: vec![track] });
    world.run(10);
    let before = world.clients[other].slot(0).heard.len();
    world.run(500);
    assert_eq!(world.clients[other].slot(0).heard.len(), before);
    assert!(world.count(Counter::DropNoAudioSlot) > 20);
    world.apply(Command::DenyAudio { transport, tracks: Vec::new() });
    world.run(500);
    assert!(heard(&world, other).contains(&ssrc));
    assert!(world.clients[other].slot(0).heard.len() > before + 20);
    assert_all_unbroken(&world);
}

#[test]
fn the_sound_of_a_screen_is_heard_beside_three_voices_and_instead_of_none() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 5);
    let (sharer, listener, other) = (people[0].0, people[3].0, people[4].0);
    world.encoder(people[3].2).on = false;
    world.encoder(people[4].2).on = false;
    let (sound, ssrc) = world.publish(sharer, "snd", Kind::Sound, OPUS, &[]);
    world.encoder(ssrc).level = Some(10);
    world.pair(listener, 5, Some(sound));
    world.run(2000);
    // Beside the screen, for one who sees it.
    assert_eq!(world.clients[listener].slot(5).sources(), [ssrc]);
    let voices: BTreeSet<u32> = people[..3].iter().map(|(_, _, ssrc)| *ssrc).collect();
    assert_eq!(heard(&world, listener), voices.iter().copied().chain([ssrc]).collect());
    // Who does not see it hears it while a free slot is left, and the voices always.
    assert!(heard(&world, other).is_superset(&voices));
    assert!(!world.speakers().contains(&sound) && world.speakers().len() == 3);
    let before = world.clients[other].streams.values().map(|stream| stream.heard.len()).sum::<usize>();
    world.encoder(people[1].2).on = false;
    world.run(2000);
    let after = world.clients[other].streams.values().map(|stream| stream.heard.len()).sum::<usize>();
    assert!((250..=320).contains(&(after - before)), "two voices and the sound: {}", after - before);
    // A silent tab sends nothing on.
    world.encoder(ssrc).level = Some(127);
    world.run(2100);
    let before = world.clients[listener].slot(5).heard.len();
    world.run(1000);
    assert_eq!(world.clients[listener].slot(5).heard.len(), before);
    world.encoder(ssrc).level = Some(70);
    world.run(1000);
    assert!(world.clients[listener].slot(5).heard.len() > before + 45);
    assert_all_unbroken(&world);
}

#[test]
fn without_levels_the_size_of_packets_tells() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 2);
    world.encoder(people[1].2).on = false;
    world.encoder(people[0].2).level = None;
    world.run(500);
    assert_eq!(world.speakers(), [people[0].1]);
    assert!(world.clients[people[1].0].slot(0).heard.len() > 20);
}

#[test]
fn pairs_are_refused_where_they_make_no_sense() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 2);
    let (track, listener) = (people[0].1, people[1].0);
    for slot in [0, 4] {
        world.pair(listener, slot, Some(track));
    }
    assert_eq!(world.count(Counter::CommandRefused), 2);
    world.pair(listener, 99, Some(track));
    world.pair(listener, 3, Some(TrackId(9999)));
    assert_eq!(world.count(Counter::CommandUnknownHandle), 2);
    world.run(500);
    assert!(world.clients[listener].slot(0).heard.len() > 20);
    assert!(world.clients[listener].slot(3).heard.is_empty());
}

#[test]
fn rooms_do_not_hear_each_other() {
    let mut world = World::new(1);
    let people = talkers(&mut world, 1);
    let other = sipulung_datapath_core::ids::RoomId(2);
    world.apply(Command::AddRoom(other));
    let stranger = world.add(other);
    world.admit(stranger, true);
    world.connect(stranger);
    world.slots(stranger, 3, 1);
    world.run(1000);
    assert!(world.clients[stranger].streams.is_empty());
    assert_eq!(world.speakers(), [people[0].1]);
    assert_ne!(other, ROOM);
}
