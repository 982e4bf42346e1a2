use super::*;
use crate::rtp::fixed_header;
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn master(profile: Profile) -> Master {
    Master { profile, key: (0..profile.key_length() as u8).collect(), salt: (0..profile.salt_length() as u8).collect() }
}

const PROFILES: [Profile; 3] = [Profile::AeadAes256Gcm, Profile::AeadAes128Gcm, Profile::Aes128CmSha1_80];

fn pair(profile: Profile) -> (Sender, Receiver) {
    (Sender::new(master(profile)).unwrap(), Receiver::new(&master(profile)).unwrap())
}

fn protected(sender: &Sender, index: u64, payload: &[u8]) -> Vec<u8> {
    let mut packet = fixed_header(false, false, 96, index as u16, 7, Ssrc(9)).to_vec();
    packet.extend_from_slice(payload);
    sender.protect_rtp(&mut packet, 0, 12, Ssrc(9), index);
    packet
}

fn open_rtp(receiver: &mut Receiver, packet: &mut [u8]) -> Result<usize, Refusal> {
    let header = Header::parse(packet).unwrap();
    receiver.unprotect_rtp(&header, packet)
}

/// RFC 7714 §16.1.1: the session key and salt are given, the derivation is left out.
#[test]
fn rfc_7714_aes_128_gcm_packet() {
    let plain = hex("47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573");
    let header = hex("8040f17b8041f8d35501a0b2");
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &hex("000102030405060708090a0b0c0d0e0f")).unwrap());
    let salt: [u8; 12] = hex("517569642070726f2071756f").try_into().unwrap();
    let mut sender = Sender::new(master(Profile::AeadAes128Gcm)).unwrap();
    sender.rtp = Cipher::Gcm { key, salt };
    let mut packet = [header.clone(), plain].concat();
    sender.protect_rtp(&mut packet, 0, 12, Ssrc(0x5501_a0b2), 0xf17b);
    let expected =
        hex("f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce");
    assert_eq!(packet[12..], expected[..]);
}

/// RFC 3711 appendix B.2: the key stream of AES-CM.
#[test]
fn rfc_3711_counter_mode_key_stream() {
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, &hex("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap()).unwrap();
    let salt: [u8; 14] = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let mut stream = [0; 32];
    counter_mode(&key, &salt, Ssrc(0), 0, &mut stream);
    assert_eq!(stream.to_vec(), hex("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB"));
}

#[test]
fn each_profile_round_trips_across_a_roll_over() {
    for profile in PROFILES {
        let (sender, mut receiver) = pair(profile);
        for index in 65_530..65_560 {
            let mut packet = protected(&sender, index, b"payload");
            let length = open_rtp(&mut receiver, &mut packet).unwrap();
            assert_eq!(&packet[12..length], b"payload");
        }
    }
}

#[test]
fn a_replayed_packet_is_refused_and_a_late_one_is_not() {
    for profile in PROFILES {
        let (sender, mut receiver) = pair(profile);
        let packet = protected(&sender, 100, b"x");
        let late = protected(&sender, 99, b"x");
        assert!(open_rtp(&mut receiver, &mut packet.clone()).is_ok());
        assert_eq!(open_rtp(&mut receiver, &mut packet.clone()), Err(Refusal::Replayed));
        assert!(open_rtp(&mut receiver, &mut late.clone()).is_ok());
    }
}

#[test]
fn a_forged_packet_moves_nothing() {
    for profile in PROFILES {
        let (sender, mut receiver) = pair(profile);
        assert!(open_rtp(&mut receiver, &mut protected(&sender, 100, b"x")).is_ok());
        let mut forged = protected(&sender, 30_000, b"x");
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(open_rtp(&mut receiver, &mut forged), Err(Refusal::Authentication));
        assert!(open_rtp(&mut receiver, &mut protected(&sender, 101, b"x")).is_ok());
        assert_eq!(open_rtp(&mut receiver, &mut protected(&sender, 102, b"")[..20]), Err(Refusal::Truncated));
    }
}

#[test]
fn streams_are_shed_only_when_there_are_too_many() {
    let (sender, mut receiver) = pair(Profile::AeadAes128Gcm);
    let open = |ssrc: u32, receiver: &mut Receiver| {
        let mut packet = fixed_header(false, false, 96, 7, 7, Ssrc(ssrc)).to_vec();
        sender.protect_rtp(&mut packet, 0, 12, Ssrc(ssrc), 7);
        open_rtp(receiver, &mut packet)
    };
    for ssrc in 0..MOST_STREAMS as u32 {
        open(ssrc, &mut receiver).unwrap();
    }
    receiver.shed(|_| false);
    assert_eq!(open(0, &mut receiver), Err(Refusal::Replayed));
    open(9999, &mut receiver).unwrap();
    receiver.shed(|ssrc| ssrc == Ssrc(9999));
    assert_eq!(open(9999, &mut receiver), Err(Refusal::Replayed));
    assert!(open(0, &mut receiver).is_ok());
}

#[test]
fn rtcp_round_trips_once() {
    for profile in PROFILES {
        let (mut sender, mut receiver) = pair(profile);
        let plain = [0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
        for _ in 0..3 {
            let mut packet = plain.to_vec();
            sender.protect_rtcp(&mut packet, 0);
            let sent = packet.clone();
            let length = receiver.unprotect_rtcp(&mut packet).unwrap();
            assert_eq!(packet[..length], plain);
            assert_eq!(receiver.unprotect_rtcp(&mut sent.clone()), Err(Refusal::Replayed));
        }
        let mut forged = plain.to_vec();
        sender.protect_rtcp(&mut forged, 0);
        forged[9] ^= 1;
        assert_eq!(receiver.unprotect_rtcp(&mut forged), Err(Refusal::Authentication));
    }
}

#[test]
fn keys_of_a_wrong_length() {
    let wrong = Master { key: vec![0; 15], ..master(Profile::AeadAes128Gcm) };
    assert!(Sender::new(wrong.clone()).is_none() && Receiver::new(&wrong).is_none());
    assert!(Sender::new(master(Profile::AeadAes128Gcm)).unwrap().is_from(&master(Profile::AeadAes128Gcm)));
}

proptest! {
    #[test]
    fn unprotecting_never_panics(mut bytes: Vec<u8>, profile in 0usize..3) {
        let (_, mut receiver) = pair(PROFILES[profile]);
        if let Some(header) = Header::parse(&bytes) {
            let _ = receiver.unprotect_rtp(&header, &mut bytes.clone());
        }
        let _ = receiver.unprotect_rtcp(&mut bytes);
    }
}
