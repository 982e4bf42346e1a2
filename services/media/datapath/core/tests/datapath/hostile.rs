//! Whatever comes, from strangers and from participants: nothing breaks, and everything is counted.

use crate::support::world::World;
use proptest::prelude::*;
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::{Path, Ssrc};
use sipulung_datapath_core::rtp::Header;

/// A meeting of two that has run for a while, and the path of the first.
fn meeting() -> (World, Path) {
    let mut world = World::new(41);
    let (one, two) = (world.join(), world.join());
    let (camera, _) = world.camera(one);
    world.microphone(one);
    for client in [one, two] {
        world.slots(client, 2, 1);
    }
    world.assign(two, 3, Some((camera, 1)));
    world.run(150);
    let path = world.clients[one].path;
    (world, path)
}

fn drops(world: &World) -> u64 {
    world.datapath.counters().iter().filter(|(name, _)| name.starts_with("drop_")).map(|(_, count)| count).sum()
}

fn first_byte() -> impl Strategy<Value = u8> {
    prop_oneof![0u8..4, 20u8..64, 128u8..192, any::<u8>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_counted(
        datagrams in proptest::collection::vec((first_byte(), proptest::collection::vec(any::<u8>(), 0..1600), any::<bool>()), 1..60)
    ) {
        let (mut world, path) = meeting();
        let stranger = Path::Udp(([203, 0, 113, 9], 9).into());
        for (first, rest, known) in datagrams {
            let mut datagram = vec![first];
            datagram.extend_from_slice(&rest);
            let taken = |world: &World| drops(world) + world.events.len() as u64;
            let (before, received) = (taken(&world), world.count(Counter::PacketsReceived));
            world.deliver(if known { path } else { stranger }, datagram);
            prop_assert_eq!(world.count(Counter::PacketsReceived), received + 1);
            // Dropped by name, or a record of a checked address.
            prop_assert_eq!(taken(&world), before + 1);
        }
        world.deliver(stranger, Vec::new());
        prop_assert_eq!(world.count(Counter::DropEmpty), 1);
        world.run(300);
        prop_assert_eq!(world.count(Counter::Panic), 0);
    }

    #[test]
    fn packets_that_were_changed_on_the_way_are_refused(
        changes in proptest::collection::vec((0usize..1100, 1u8..=255), 1..40), truncated in 0usize..60
    ) {
        let (mut world, path) = meeting();
        world.clients[0].encoders.iter_mut().for_each(|encoder| encoder.on = true);
        let forwarded = world.count(Counter::RtpForwarded);
        for (at, flip) in changes {
            let now = world.now;
            world.clients[0].probe(now, 1);
            let (_, mut datagram) = world.clients[0].outgoing.pop().unwrap();
            let at = at % datagram.len();
            datagram[at] ^= flip;
            world.deliver(path, datagram.clone());
            datagram.truncate(datagram.len().saturating_sub(truncated));
            world.deliver(path, datagram);
        }
        prop_assert_eq!(world.count(Counter::RtpForwarded), forwarded);
        world.run(300);
        prop_assert!(world.count(Counter::RtpForwarded) > forwarded);
    }

    /// A participant holds the right keys, and may protect anything.
    #[test]
    fn a_participant_may_send_any_rtp(
        packets in proptest::collection::vec(
            (0usize..5, any::<u16>(), any::<u32>(), any::<bool>(), 90u8..112, proptest::collection::vec(any::<u8>(), 0..80), 0u8..4),
            1..80,
        )
    ) {
        let (mut world, path) = meeting();
        let ssrcs: Vec<u32> = world.clients[0].encoders.iter().map(|encoder| encoder.ssrc).chain([world.clients[0].encoders[0].rtx_ssrc]).collect();
        let mut index = 1 << 20;
        for (stream, sequence, timestamp, marker, pt, payload, flags) in packets {
            let ssrc = ssrcs[stream % ssrcs.len()];
            let mut packet = vec![0x80 | (flags & 1) << 5 | (flags & 2) << 3, u8::from(marker) << 7 | pt];
            packet.extend_from_slice(&sequence.to_be_bytes());
            packet.extend_from_slice(&timestamp.to_be_bytes());
            packet.extend_from_slice(&ssrc.to_be_bytes());
            if flags & 2 != 0 {
                packet.extend_from_slice(&[0xbe, 0xde, 0, 2, 0x12, b'c', b'a', b'm', 0x20, b'q', 0x10, 0]);
            }
            packet.extend_from_slice(&payload);
            let Some(header) = Header::parse(&packet) else { continue };
            index += 1;
            let own = (index >> 16 << 16) | u64::from(sequence);
            for own in [own, u64::from(sequence)] {
                let mut protected = packet.clone();
                world.clients[0].sender.protect_rtp(&mut protected, 0, header.length, Ssrc(ssrc), own);
                world.deliver(path, protected);
            }
        }
        world.run(400);
        prop_assert_eq!(world.count(Counter::Panic), 0);
    }

    #[test]
    fn a_participant_may_send_any_rtcp(
        packets in proptest::collection::vec(
            (0u8..32, prop_oneof![200u8..208], proptest::collection::vec(any::<u8>(), 0..60), 0usize..4, any::<bool>()),
            1..80,
        )
    ) {
        let (mut world, _) = meeting();
        for (count, kind, mut body, target, true_length) in packets {
            let media = world.clients[1].slots[target % 4].ssrc.0;
            body.splice(..0, media.to_be_bytes());
            body.splice(..0, media.to_be_bytes());
            body.resize(body.len().next_multiple_of(4), 0);
            let words = if true_length { body.len() / 4 } else { body.len() };
            let head = [0x80 | count, kind, (words >> 8) as u8, words as u8];
            world.clients[1].send_rtcp(|buffer| {
                buffer.extend_from_slice(&head);
                buffer.extend_from_slice(&body);
            });
            world.run(1);
        }
        world.run(700);
        prop_assert_eq!(world.count(Counter::Panic), 0);
    }
}

#[test]
fn a_participant_cannot_bring_streams_without_end() {
    let (mut world, _) = meeting();
    let (types, track) = (crate::support::VP8, world.clients[0].encoders[0].track);
    let dropped = world.count(Counter::DropTooManySsrcs);
    for number in 0..2000 {
        let mut encoder = crate::support::publisher::Encoder::new(track, "cam", Some("q"), 3_000_000_000 + number, types);
        let now = world.now;
        let client = &mut world.clients[0];
        let mut transport_cc = client.transport_cc;
        let packet = encoder.padding(now, &mut transport_cc);
        client.transport_cc = transport_cc;
        client.send(now, packet);
        if number % 50 == 0 {
            world.run(10);
        }
    }
    world.run(50);
    assert!(world.datapath.transport(world.clients[0].id).unwrap().roles.len() <= 64);
    assert_eq!(world.count(Counter::DropTooManySsrcs), dropped);
    // Its true streams, and those of the others, go on.
    world.run(3000);
    let stream = world.clients[1].slot(3);
    assert!(world.now.since(stream.last().unwrap().at) < std::time::Duration::from_millis(100));
}

#[test]
fn everything_before_keys_and_checks_is_named() {
    let (mut world, _) = meeting();
    let client = world.add(crate::support::world::ROOM);
    let path = world.clients[client].path;
    let rtp = [&[0x80, 96][..], &[0; 30]].concat();
    let rtcp = [&[0x80, 200, 0, 1][..], &[0; 30]].concat();
    let unknown = world.count(Counter::DropUnknownAddress);
    world.deliver(path, rtp.clone());
    world.deliver(path, rtcp.clone());
    assert_eq!(world.count(Counter::DropUnknownAddress), unknown + 2);
    world.connect(client);
    world.deliver(path, rtp);
    world.deliver(path, rtcp);
    assert_eq!((world.count(Counter::DropUnknownSsrc), world.count(Counter::DropSrtcpAuthentication)), (1, 1));
}
