//! Checks, nominations, changes of address, silence.

use crate::support::world::{World, ROOM};
use sipulung_datapath_core::counters::Counter;
use sipulung_datapath_core::ids::{ConnectionId, Path, RoomId};
use sipulung_datapath_core::stun::{self, Key, Request};
use sipulung_datapath_core::time::Instant;
use sipulung_datapath_core::{Command, Event};
use std::time::Duration;

fn udp(port: u16) -> Path {
    Path::Udp(([192, 0, 2, 7], port).into())
}

fn tcp(connection: u32) -> Path {
    Path::Tcp(ConnectionId(connection), ([192, 0, 2, 7], 50_000 + connection as u16).into())
}

#[test]
fn a_check_is_answered_and_its_nomination_connects() {
    let mut world = World::new(1);
    let client = world.add(ROOM);
    let path = world.clients[client].path;
    let check = world.clients[client].check(false);
    world.deliver(path, check);
    assert!(world.connections(client).is_empty());
    let check = world.clients[client].check(true);
    let transaction = Request::parse(&check).unwrap().transaction;
    world.deliver(path, check);
    world.run(20);
    assert_eq!(world.connections(client), [(path, false)]);
    let key = Key::new(&world.clients[client].credentials.node_pwd);
    assert_eq!(world.clients[client].answers.len(), 2);
    assert_eq!(world.clients[client].answers[1], stun::success(&transaction, path.address(), &key));
    world.connect(client);
    assert_eq!(world.connections(client).len(), 1);
}

#[test]
fn each_wrong_check_is_counted_by_its_fault() {
    let mut world = World::new(1);
    let client = world.add(ROOM);
    let path = world.clients[client].path;
    let (own, node, pwd) = {
        let known = &world.clients[client].credentials;
        (known.local_ufrag.clone(), known.node_ufrag.clone(), known.node_pwd.clone())
    };
    let request = |local: &str, remote: &str, pwd: &str| stun::request(&[9; 12], local, remote, 1, true, &Key::new(pwd));
    let good = request(&own, &node, &pwd);
    let mut malformed = good.clone();
    *malformed.last_mut().unwrap() ^= 1;
    let mut bare = good[..good.len() - 32].to_vec();
    let length = (bare.len() - 20) as u16;
    bare[2..4].copy_from_slice(&length.to_be_bytes());
    let response = stun::success(&[1; 12], path.address(), &Key::new(&pwd));
    for (check, counter) in [
        (request(&own, &node, "guess"), Counter::DropStunWrongIntegrity),
        (request(&own, "nobody", &pwd), Counter::DropStunUnknownUser),
        (request("other", &node, &pwd), Counter::DropStunUnknownUser),
        (malformed, Counter::DropMalformedStun),
        (bare, Counter::DropStunWithoutIntegrity),
        (response, Counter::DropStunNoRequest),
    ] {
        let before = world.count(counter);
        world.deliver(path, check);
        assert_eq!(world.count(counter), before + 1, "{counter:?}");
    }
    assert!(world.connections(client).is_empty() && !world.datapath.knows(path));
    // A copy of a good check from another address steers nothing.
    world.deliver(path, good.clone());
    world.deliver(udp(1), good);
    assert_eq!(world.count(Counter::DropStunReplayed), 1);
    assert_eq!(world.connections(client), [(path, false)]);
}

#[test]
fn a_peer_that_is_controlled_too_is_told_so() {
    let mut world = World::new(1);
    let client = world.add(ROOM);
    let path = world.clients[client].path;
    let (own, node, pwd) = {
        let known = &world.clients[client].credentials;
        (known.local_ufrag.clone(), known.node_ufrag.clone(), known.node_pwd.clone())
    };
    // ICE-CONTROLLING becomes ICE-CONTROLLED by its type alone; integrity and fingerprint are made anew.
    let mut check = stun::request(&[9; 12], &own, &node, 1, true, &Key::new(&pwd));
    let at = check.windows(2).position(|pair| pair == [0x80, 0x2a]).unwrap();
    check.truncate(check.len() - 32);
    check[at + 1] = 0x29;
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, pwd.as_bytes());
    let length = (check.len() - 20 + 24) as u16;
    check[2..4].copy_from_slice(&length.to_be_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, &check);
    check.extend_from_slice(&[0, 8, 0, 20]);
    check.extend_from_slice(tag.as_ref());
    world.deliver(path, check);
    world.run(10);
    assert_eq!(world.clients[client].answers, [stun::role_conflict(&[9; 12], &Key::new(&pwd))]);
    assert!(world.connections(client).is_empty());
}

#[test]
fn records_come_from_checked_addresses_only() {
    let mut world = World::new(1);
    let client = world.add(ROOM);
    let (id, path) = (world.clients[client].id, world.clients[client].path);
    let record = vec![22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7];
    world.deliver(path, record.clone());
    assert_eq!(world.count(Counter::DropUnknownAddress), 1);
    world.apply(Command::SendDatagram { transport: id, data: record.clone() });
    assert_eq!(world.count(Counter::DropNotConnected), 1);
    world.connect(client);
    world.deliver(path, record.clone());
    assert_eq!(world.events.last(), Some(&Event::Datagram { transport: id, data: record.clone() }));
    world.apply(Command::SendDatagram { transport: id, data: record.clone() });
    world.run(10);
    assert_eq!(world.clients[client].records, [record]);
}

/// A publisher with a camera, a subscriber who watches it in slot 4, and its SSRC.
fn watched() -> (World, usize, usize, u32) {
    let mut world = World::new(7);
    let (publisher, subscriber) = (world.join(), world.join());
    let (track, ssrc) = world.camera(publisher);
    world.slots(subscriber, 3, 1);
    world.assign(subscriber, 4, Some((track, 0)));
    world.run(1000);
    assert!(world.clients[subscriber].slot(4).frames_of(ssrc).len() > 20);
    (world, publisher, subscriber, ssrc)
}

#[test]
fn media_follows_a_change_of_address_at_once() {
    let (mut world, publisher, subscriber, ssrc) = watched();
    let (old, now) = (world.clients[subscriber].path, world.now);
    world.clients[subscriber].move_to(now, udp(2));
    world.run(30);
    assert_eq!(world.connections(subscriber).last(), Some(&(udp(2), true)));
    assert_eq!(world.count(Counter::AddressChanges), 1);
    world.clear_sent();
    world.run(1000);
    assert!(world.sent_to(udp(2)) > 50 && world.sent_to(old) == 0);
    // What was on its way to the old address was asked for again.
    world.clients[subscriber].slot(4).assert_unbroken();
    let now = world.now;
    world.clients[publisher].move_to(now, udp(3));
    let before = world.clients[subscriber].slot(4).frames_of(ssrc).len();
    world.run(1000);
    assert!(world.clients[subscriber].slot(4).frames_of(ssrc).len() >= before + 23);
    world.clients[subscriber].slot(4).assert_unbroken();
}

#[test]
fn an_ice_restart_keeps_the_old_pair_until_the_new_one_is_nominated() {
    let (mut world, _, subscriber, _) = watched();
    let (id, old) = (world.clients[subscriber].id, world.clients[subscriber].path);
    let stale = world.clients[subscriber].check(true);
    world.apply(Command::RestartIce {
        transport: id,
        local_ufrag: "fresh".into(),
        local_pwd: "fresh-password".into(),
        remote_ufrag: "freshclient".into(),
    });
    world.deliver(old, stale);
    assert_eq!(world.count(Counter::DropStunUnknownUser), 1);
    world.clear_sent();
    world.run(500);
    assert!(world.sent_to(old) > 25);
    let credentials = &mut world.clients[subscriber].credentials;
    credentials.node_ufrag = "fresh".into();
    credentials.node_pwd = "fresh-password".into();
    credentials.local_ufrag = "freshclient".into();
    let now = world.now;
    world.clients[subscriber].move_to(now, udp(5));
    world.run(500);
    assert_eq!(world.connections(subscriber).last(), Some(&(udp(5), true)));
    world.clients[subscriber].slot(4).assert_unbroken();
}

#[test]
fn a_silent_transport_is_told_once_sent_nothing_and_goes_on_when_heard() {
    let (mut world, publisher, subscriber, ssrc) = watched();
    world.microphone(publisher);
    let client = &mut world.clients[subscriber];
    client.stop_checking();
    (client.nacking, client.reporting) = (false, false);
    let path = client.path;
    world.run(5100);
    assert_eq!(world.silences(subscriber), 1);
    world.clear_sent();
    world.run(6000);
    assert_eq!((world.silences(subscriber), world.sent_to(path)), (1, 0));
    let asked = world.encoder(ssrc).key_requests.len();
    let client = &mut world.clients[subscriber];
    (client.nacking, client.reporting) = (true, true);
    world.connect(subscriber);
    world.run(1000);
    assert_eq!(world.connections(subscriber).last(), Some(&(path, false)));
    assert_eq!(world.encoder(ssrc).key_requests.len(), asked + 1);
    let stream = world.clients[subscriber].slot(4);
    stream.assert_unbroken();
    assert!(world.now.since(stream.last().unwrap().at) < Duration::from_millis(100));
    assert_eq!(world.silences(publisher), 0);
}

#[test]
fn a_lost_tcp_connection_is_replaced_by_the_next() {
    let (mut world, _, subscriber, _) = watched();
    let now = world.now;
    world.clients[subscriber].move_to(now, tcp(1));
    world.run(500);
    let client = &mut world.clients[subscriber];
    client.stop_checking();
    (client.nacking, client.reporting) = (false, false);
    let before = world.sent_to(tcp(1));
    world.datapath.path_lost(tcp(1));
    assert!(!world.datapath.knows(tcp(1)));
    world.run(500);
    assert_eq!(world.sent_to(tcp(1)), before);
    let client = &mut world.clients[subscriber];
    (client.nacking, client.reporting) = (true, true);
    let now = world.now;
    world.clients[subscriber].move_to(now, tcp(2));
    world.run(1000);
    assert_eq!(world.connections(subscriber).last(), Some(&(tcp(2), true)));
    let stream = world.clients[subscriber].slot(4);
    stream.assert_unbroken();
    assert!(world.now.since(stream.last().unwrap().at) < Duration::from_millis(100));
}

#[test]
fn a_client_whose_only_connection_closed_is_silent_in_time() {
    let (mut world, _, subscriber, _) = watched();
    let now = world.now;
    world.clients[subscriber].move_to(now, tcp(1));
    world.run(100);
    let client = &mut world.clients[subscriber];
    client.stop_checking();
    (client.nacking, client.reporting) = (false, false);
    world.run(10);
    world.datapath.path_lost(tcp(1));
    world.run(5200);
    assert_eq!(world.silences(subscriber), 1);
}

#[test]
fn a_candidate_that_carries_nothing_takes_nothing_along_when_it_closes() {
    let (mut world, _, subscriber, _) = watched();
    let check = world.clients[subscriber].check(false);
    world.deliver(tcp(9), check);
    world.datapath.path_lost(tcp(9));
    world.run(500);
    assert_eq!(world.count(Counter::DropNotConnected), 0);
    world.clients[subscriber].slot(4).assert_unbroken();
}

#[test]
fn an_address_that_another_client_uses_now_is_taken_from_the_first() {
    let (mut world, publisher, subscriber, _) = watched();
    let path = world.clients[subscriber].path;
    let before = world.connections(publisher).len();
    let check = world.clients[publisher].check(true);
    world.deliver(path, check);
    assert_eq!(world.connections(publisher).len(), before + 1);
    world.clients[subscriber].path = udp(77);
    world.clients[subscriber].paths = vec![udp(77)];
    world.clients[publisher].paths.push(path);
    world.run(100);
    // Nothing meant for the first is sent there any more.
    assert!(world.datapath.transport(world.clients[subscriber].id).unwrap().ice.nominated().is_none());
}

#[test]
fn what_waits_for_an_address_that_is_lost_is_counted_and_what_comes_after_is_sent_once() {
    let (mut world, publisher, subscriber, ssrc) = watched();
    let (path, from) = (world.clients[subscriber].path, world.clients[publisher].path);
    world.encoder(ssrc).interval = Duration::from_secs(3600);
    world.run(100);
    let at = world.clients[publisher].encoders.iter().position(|known| known.ssrc == ssrc).unwrap();
    // The datagrams of one more frame, which have not reached the node.
    let frame = |world: &mut World, key: bool, hours: u64| -> Vec<Vec<u8>> {
        let now = world.now;
        let client = &mut world.clients[publisher];
        client.encoders[at].key_next = key;
        let due = client.encoders[at].due(Instant::from_millis(now.millis() + hours * 3_700_000), &mut client.transport_cc);
        due.into_iter().for_each(|packet| client.send(now, packet));
        std::mem::take(&mut client.outgoing).into_iter().map(|(_, datagram)| datagram).collect()
    };
    // The others of its frame would follow: it waits for them.
    let mut first = frame(&mut world, false, 1).remove(0);
    let now = world.now;
    world.datapath.receive(now, from, &mut first);
    world.datapath.path_lost(path);
    assert_eq!(world.count(Counter::DropNotConnected), 1);
    // All within one turn of the caller's loop.
    let mut check = world.clients[subscriber].check(true);
    world.datapath.receive(now, path, &mut check);
    for mut datagram in frame(&mut world, true, 2) {
        world.datapath.receive(now, from, &mut datagram);
    }
    world.run(100);
    assert_eq!(world.connections(subscriber).last(), Some(&(path, false)));
    assert_eq!(world.clients[subscriber].refused, 0);
    assert!(world.clients[subscriber].slot(4).last().unwrap().tag.key);
}

#[test]
fn a_transport_that_broke_is_taken_out_and_the_others_go_on() {
    let (mut world, publisher, subscriber, _) = watched();
    let third = world.join();
    let path = world.clients[third].path;
    world.datapath.abandon(path);
    world.run(10);
    assert_eq!((world.count(Counter::Panic), world.silences(third)), (1, 1));
    assert!(world.datapath.transport(world.clients[third].id).is_none() && !world.datapath.knows(path));
    world.run(500);
    let stream = world.clients[subscriber].slot(4);
    stream.assert_unbroken();
    assert!(world.now.since(stream.last().unwrap().at) < Duration::from_millis(100));
    world.datapath.abandon(udp(999));
    assert_eq!(world.count(Counter::Panic), 2);
    assert_eq!(world.silences(publisher), 0);
}

#[test]
fn nothing_to_do_wakes_rarely() {
    let mut world = World::new(1);
    world.run(300);
    let now = world.now;
    assert_eq!(world.datapath.next_wakeup(now), now + Duration::from_secs(1));
    let client = world.add(RoomId(1));
    world.connect(client);
    world.run(300);
    let now = world.now;
    assert!(world.datapath.next_wakeup(now).since(now) <= Duration::from_millis(100));
    world.apply(Command::RemoveRoom(RoomId(1)));
    assert!(world.datapath.next_wakeup(now).since(now) >= Duration::from_secs(1));
}
