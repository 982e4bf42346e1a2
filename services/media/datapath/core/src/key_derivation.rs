//! The key derivation of SRTP (RFC 3711 §4.3.1), with a key derivation rate of zero.

use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext, UnboundCipherKey, AES_128, AES_256};
use aws_lc_rs::iv::FixedLength;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Label {
    RtpKey = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpKey = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// `length` bytes for one purpose. The master key has 16 or 32 bytes, the master salt at most 14; a 12-byte salt (RFC 7714 §12)
/// counts as if followed by two zero bytes. None: the key has another length.
#[must_use]
pub fn derive(master_key: &[u8], master_salt: &[u8], label: Label, length: usize) -> Option<Vec<u8>> {
    let algorithm = match master_key.len() {
        16 => &AES_128,
        32 => &AES_256,
        _ => return None,
    };
    let mut iv = [0; 16];
    iv.get_mut(..master_salt.len()).filter(|place| place.len() <= 14)?.copy_from_slice(master_salt);
    iv[7] ^= label as u8;
    let key = EncryptingKey::ctr(UnboundCipherKey::new(algorithm, master_key).ok()?).ok()?;
    let mut stream = vec![0; length];
    key.less_safe_encrypt(&mut stream, EncryptionContext::Iv128(FixedLength::from(iv))).ok()?;
    Some(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn rfc_3711_appendix_b_3() {
        let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
        assert_eq!(derive(&key, &salt, Label::RtpKey, 16).unwrap(), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derive(&key, &salt, Label::RtpSalt, 14).unwrap(), hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(derive(&key, &salt, Label::RtpAuthentication, 20).unwrap(), hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
    }

    #[test]
    fn keys_and_salts_of_a_wrong_length() {
        assert_eq!(derive(&[0; 17], &[0; 12], Label::RtpKey, 16), None);
        assert_eq!(derive(&[0; 16], &[0; 15], Label::RtpKey, 16), None);
        assert_eq!(derive(&[0; 16], &[0; 17], Label::RtpKey, 16), None);
    }
}
