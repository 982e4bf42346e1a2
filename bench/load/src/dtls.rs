//! The client's end of DTLS-SRTP (RFC 5764), checked against the fingerprint that the node's answer names.

use dimpl::{certificate, Config, Dtls, DtlsCertificate, Output, SrtpProfile};
use sipulung_datapath_core::srtp::{Master, Profile};
use std::sync::Arc;
use std::time::Instant;

/// All clients show the same certificate: making one costs more than a handshake, and the node cannot tell.
#[derive(Clone)]
pub struct Identity {
    certificate: DtlsCertificate,
    config: Arc<Config>,
}

impl Identity {
    pub fn new() -> Result<Identity, String> {
        let certificate = certificate::generate_self_signed_certificate().map_err(|error| format!("certificate: {error}"))?;
        Ok(Identity { certificate, config: Arc::new(Config::default()) })
    }

    pub fn fingerprint(&self) -> String {
        self.certificate.fingerprint_str()
    }
}

pub enum Event {
    Send(Vec<u8>),
    Keys { local: Master, remote: Master },
    Data(Vec<u8>),
    Closed,
}

pub struct Secure {
    dtls: Dtls,
    expected: String,
    /// When [`Secure::tick`] has something to do.
    pub due: Instant,
    buffer: Vec<u8>,
}

impl Secure {
    /// Begins the handshake with the next [`Secure::tick`].
    pub fn new(identity: &Identity, expected: String, now: Instant) -> Secure {
        let mut dtls = Dtls::new_12(identity.config.clone(), identity.certificate.clone(), now);
        dtls.set_active(true);
        Secure { dtls, expected, due: now, buffer: vec![0; 2048] }
    }

    pub fn tick(&mut self, now: Instant) -> Result<Vec<Event>, String> {
        self.dtls.handle_timeout(now).map_err(|error| format!("DTLS: {error}"))?;
        self.poll()
    }

    pub fn receive(&mut self, now: Instant, datagram: &[u8]) -> Result<Vec<Event>, String> {
        let mut events = self.tick(now)?;
        self.dtls.handle_packet(datagram).map_err(|error| format!("DTLS: {error}"))?;
        events.extend(self.poll()?);
        Ok(events)
    }

    pub fn send(&mut self, data: &[u8]) -> Result<Vec<Event>, String> {
        self.dtls.send_application_data(data).map_err(|error| format!("DTLS: {error}"))?;
        self.poll()
    }

    pub fn close(&mut self) -> Result<Vec<Event>, String> {
        self.dtls.close().map_err(|error| format!("DTLS: {error}"))?;
        self.poll()
    }

    fn poll(&mut self) -> Result<Vec<Event>, String> {
        let mut events = Vec::new();
        loop {
            let larger = match self.dtls.poll_output(&mut self.buffer) {
                Output::Packet(packet) => {
                    events.push(Event::Send(packet.to_vec()));
                    None
                }
                Output::BufferTooSmall { needed } => Some(needed),
                Output::Timeout(due) => {
                    self.due = due;
                    return Ok(events);
                }
                Output::PeerCert(der) => {
                    let shown = certificate::format_fingerprint(&certificate::calculate_fingerprint(der));
                    if !shown.eq_ignore_ascii_case(&self.expected) {
                        return Err(format!("the node shows another certificate than its answer names: {shown}"));
                    }
                    None
                }
                Output::KeyingMaterial(material, profile) => {
                    events.push(keys(&material, profile)?);
                    None
                }
                Output::ApplicationData(data) => {
                    events.push(Event::Data(data.to_vec()));
                    None
                }
                Output::CloseNotify => {
                    events.push(Event::Closed);
                    None
                }
                _ => None,
            };
            if let Some(needed) = larger {
                self.buffer.resize(needed, 0);
            }
        }
    }
}

/// RFC 5764 §4.2: client key, server key, client salt, server salt.
fn keys(material: &[u8], profile: SrtpProfile) -> Result<Event, String> {
    let profile = match profile {
        SrtpProfile::AEAD_AES_128_GCM => Profile::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Profile::AeadAes256Gcm,
        SrtpProfile::AES128_CM_SHA1_80 => Profile::Aes128CmSha1_80,
        other => return Err(format!("unknown SRTP profile {other:?}")),
    };
    let (key, salt) = (profile.key_length(), profile.salt_length());
    if material.len() < 2 * (key + salt) {
        return Err(format!("{} bytes are too few for SRTP keys", material.len()));
    }
    let (keys, salts) = material.split_at(2 * key);
    let master = |key: &[u8], salt: &[u8]| Master { profile, key: key.to_vec(), salt: salt.to_vec() };
    Ok(Event::Keys { local: master(&keys[..key], &salts[..salt]), remote: master(&keys[key..], &salts[salt..2 * salt]) })
}
