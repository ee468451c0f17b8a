//! The check of one delivery of PayPal: the CRC-32 runs while the body arrives.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use crc32fast::Hasher;

use crate::provider::certificate::SigningCertificate;
use crate::provider::{Check, Proof, Refusal};
use crate::signature::public_key::Algorithm;

/// The verification of one delivery of [`PayPal`](super::PayPal).
pub struct PayPalCheck {
    certificate: Arc<SigningCertificate>,
    signer: &'static str,
    now: SystemTime,
    before: String,
    signature: Vec<u8>,
    checksum: Hasher,
}

impl PayPalCheck {
    pub(super) fn new(
        certificate: Arc<SigningCertificate>,
        signer: &'static str,
        now: SystemTime,
        before: String,
        signature: Vec<u8>,
    ) -> Self {
        Self {
            certificate,
            signer,
            now,
            before,
            signature,
            checksum: Hasher::new(),
        }
    }
}

impl Check for PayPalCheck {
    fn update(&mut self, piece: &[u8]) {
        self.checksum.update(piece);
    }

    async fn finish(self, _: &Bytes) -> Result<Proof, Refusal> {
        let signed = format!("{}{}", self.before, self.checksum.finalize());
        let owners = [self.signer.to_owned()];
        let message = signed.as_bytes();
        self.certificate.check(
            &owners,
            self.now,
            Algorithm::RsaPkcs1Sha256,
            message,
            &self.signature,
        )?;
        Ok(Proof::new(0))
    }
}

impl fmt::Debug for PayPalCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayPalCheck(..)")
    }
}
