//! What the bytes of a packet say, and whose they are.

use crate::codec::{meaning, Codec, Meaning};
use crate::counters::Counter;
use crate::extensions::{self, Extensions, Values};
use crate::ids::TrackId;
use crate::keyframe::begins_key_frame;
use crate::layers::Source;
use crate::rtp::Header;
use crate::sync::{ClockOffset, StreamClock};
use crate::track::Track;
use crate::transport::{MediaPacket, Role, Transport};
use crate::vp8;
use rustc_hash::FxHashMap;

pub fn read_values<'a>(ids: &Extensions, header: &Header, packet: &'a [u8]) -> Values<'a> {
    match &header.extension {
        Some((profile, range)) => extensions::read(ids, *profile, &packet[range.clone()]),
        None => Values::default(),
    }
}

/// What is known of a packet besides its own bytes.
#[derive(Clone, Copy)]
pub struct Context {
    pub source: Source,
    pub sequence: u64,
    pub codec: Codec,
    pub clock: Option<StreamClock>,
    pub offset: ClockOffset,
}

/// `packet` without padding.
pub fn read_media<'a>(
    context: Context,
    ids: &Extensions,
    header: &'a Header,
    packet: &'a [u8],
) -> Result<MediaPacket<'a>, Counter> {
    let Context { source, sequence, codec, clock, offset } = context;
    let payload = &packet[header.length..];
    let values = read_values(ids, header, packet);
    let is_vp8 = codec == Codec::Vp8 && !payload.is_empty();
    let vp8 = if is_vp8 { Some(vp8::parse(payload).ok_or(Counter::DropUnreadablePayload)?) } else { None };
    let begins = match vp8 {
        Some(descriptor) => descriptor.key_frame,
        None => begins_key_frame(codec, payload, values.dependency_descriptor),
    };
    Ok(MediaPacket { source, sequence, offered_since: 0, header, values, payload, codec, begins, vp8, clock, offset })
}

/// A packet of a layer's cache, read anew for `then`.
pub fn with_cached<T>(
    track: &Track,
    source: Source,
    sequence: u64,
    offset: ClockOffset,
    then: impl FnOnce(&MediaPacket) -> T,
) -> Result<T, Counter> {
    let layer = track.layers.get(usize::from(source.layer.0)).filter(|layer| layer.ssrc == Some(source.ssrc));
    let layer = layer.ok_or(Counter::DropNackNotCached)?;
    let packet = layer.cache.get(sequence).ok_or(Counter::DropNackNotCached)?;
    let header = Header::parse(packet).ok_or(Counter::DropMalformedRtp)?;
    let Some(Meaning::Media(codec)) = meaning(&track.description.payload_types, header.pt) else {
        return Err(Counter::DropUnknownPayloadType);
    };
    let context = Context { source, sequence, codec, clock: layer.clock, offset };
    read_media(context, &track.description.extensions, &header, packet).map(|media| then(&media))
}

/// Which track and layer an unknown SSRC belongs to: declared in the SDP, or told by its mid and rid (RFC 8843 §9.2, RFC 8852).
/// Nothing is believed before the packet is authenticated.
pub fn identify(
    transport: &Transport,
    tracks: &FxHashMap<TrackId, Track>,
    header: &Header,
    packet: &[u8],
) -> Result<Role, Counter> {
    let values = read_values(&transport.extensions, header, packet);
    let track = match (transport.declared.get(&header.ssrc), values.mid) {
        (Some(track), _) => tracks.get(track),
        (None, Some(mid)) => {
            transport.tracks.iter().filter_map(|id| tracks.get(id)).find(|track| track.description.mid.as_bytes() == mid)
        }
        (None, None) => None,
    }
    .ok_or(Counter::DropUnknownSsrc)?;
    let rtx = match meaning(&track.description.payload_types, header.pt) {
        Some(Meaning::Media(_)) => false,
        Some(Meaning::Rtx { .. }) => true,
        None => return Err(Counter::DropUnknownPayloadType),
    };
    let rid = if rtx { values.repaired_rid.or(values.rid) } else { values.rid };
    let layer = track.layer_of(rid).ok_or(Counter::DropUnknownSsrc)?;
    Ok(Role { track: track.id, layer, rtx })
}
