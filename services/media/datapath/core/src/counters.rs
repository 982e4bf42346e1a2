//! Every drop has a name and a counter, and so has everything else that is counted.

macro_rules! counters {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Counter { $($(#[$doc])* $variant,)+ }

        /// In the order of [`Counter`].
        pub const NAMES: &[&str] = &[$($name),+];
    };
}

counters! {
    PacketsReceived => "packets_received",
    BytesReceived => "bytes_received",
    PacketsSent => "packets_sent",
    BytesSent => "bytes_sent",
    RtpReceived => "rtp_received",
    RtcpReceived => "rtcp_received",
    StunReceived => "stun_received",
    DtlsReceived => "dtls_received",
    RtpForwarded => "rtp_forwarded",
    RtxReceived => "rtx_received",
    RtxSent => "rtx_sent",
    PaddingReceived => "padding_received",
    NacksReceived => "nacks_received",
    NacksSent => "nacks_sent",
    KeyRequestsReceived => "key_requests_received",
    KeyRequestsSent => "key_requests_sent",
    LayerSwitches => "layer_switches",
    CommandUnknownHandle => "command_unknown_handle",
    CommandRefused => "command_refused",
    Panic => "panic",
    AddressChanges => "address_changes",
    TcpAccepted => "tcp_accepted",
    DropEmpty => "drop_empty",
    DropOversized => "drop_oversized",
    DropTruncated => "drop_truncated",
    DropUnknownFirstByte => "drop_unknown_first_byte",
    DropUnknownAddress => "drop_unknown_address",
    DropMalformedStun => "drop_malformed_stun",
    DropStunWithoutIntegrity => "drop_stun_without_integrity",
    DropStunWrongIntegrity => "drop_stun_wrong_integrity",
    DropStunUnknownUser => "drop_stun_unknown_user",
    DropStunReplayed => "drop_stun_replayed",
    DropStunNoRequest => "drop_stun_no_request",
    DropMalformedRtp => "drop_malformed_rtp",
    DropMalformedRtcp => "drop_malformed_rtcp",
    DropNoKeys => "drop_no_keys",
    DropReplayed => "drop_replayed",
    DropSrtpAuthentication => "drop_srtp_authentication",
    DropSrtcpAuthentication => "drop_srtcp_authentication",
    DropUnknownSsrc => "drop_unknown_ssrc",
    DropTooManySsrcs => "drop_too_many_ssrcs",
    DropUnknownPayloadType => "drop_unknown_payload_type",
    DropNotAdmitted => "drop_not_admitted",
    DropTrackDisabled => "drop_track_disabled",
    DropDuplicate => "drop_duplicate",
    /// Late packets of a layer from before it came under another SSRC.
    DropFormerSsrc => "drop_former_ssrc",
    /// Repairs of packets that nothing is known of yet.
    DropRepairAhead => "drop_repair_ahead",
    /// Late packets of a stream from before its slot switched to it.
    DropBeforeSwitch => "drop_before_switch",
    DropCodecMissing => "drop_codec_missing",
    DropNoAudioSlot => "drop_no_audio_slot",
    DropUnreadablePayload => "drop_unreadable_payload",
    DropTooLargeToForward => "drop_too_large_to_forward",
    DropNackNotCached => "drop_nack_not_cached",
    DropNackTooSoon => "drop_nack_too_soon",
    DropNackWithoutRtx => "drop_nack_without_rtx",
    DropNotConnected => "drop_not_connected",
    DropSend => "drop_send",
    DropSocketFull => "drop_socket_full",
    DropKernelReceive => "drop_kernel_receive",
    DropEventsFull => "drop_events_full",
    DropTcpRefused => "drop_tcp_refused",
    DropTcpFull => "drop_tcp_full",
    DropTcpFrame => "drop_tcp_frame",
    SendCalls => "send_calls",
    SendSegments => "send_segments",
    ReceiveCalls => "receive_calls",
    GsoRefused => "gso_refused",
    Wakeups => "wakeups",
}

#[derive(Clone, Debug)]
pub struct Counters([u64; NAMES.len()]);

impl Default for Counters {
    fn default() -> Self {
        Counters([0; NAMES.len()])
    }
}

impl Counters {
    pub fn count(&mut self, counter: Counter) {
        self.add(counter, 1);
    }

    pub fn add(&mut self, counter: Counter, amount: u64) {
        let place = &mut self.0[counter as usize];
        *place = place.wrapping_add(amount);
    }

    /// Adds another set's counts.
    pub fn merge(&mut self, other: &Counters) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.wrapping_add(theirs);
        }
    }

    #[must_use]
    pub fn get(&self, counter: Counter) -> u64 {
        self.0[counter as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        NAMES.iter().copied().zip(self.0.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_by_variant() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
        let mut counters = Counters::default();
        counters.add(Counter::Wakeups, 3);
        assert_eq!(counters.get(Counter::Wakeups), 3);
        assert_eq!(counters.iter().last(), Some(("wakeups", 3)));
    }
}
