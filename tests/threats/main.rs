//! The hostile cases, by their numbers: each test is named after the case that it proves.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(unreachable_pub, reason = "a test program has no outside")]

mod a_rotation;
mod a_secrets;
mod a_silence;
mod a_tenants;
mod a_wiped;
mod b_encoding;
mod b_header;
mod b_header_forms;
mod b_wire;
mod c_comparison;
mod c_oracles;
mod d_forms;
mod d_time;
mod e_identity;
mod e_replay;
mod e_shopify;
mod e_store;
mod f_drain;
mod f_http2;
mod f_http2_ends;
mod f_transport;
mod frames;
mod g_forms;
mod g_github;
mod g_parsing;
mod g_types;
mod h_urls;
mod harness;
mod j_http;
mod j_http2;
mod k_async;
mod k_log;
mod k_process;
mod k_proof;
mod l_store;
mod logs;
mod oracle;
#[path = "../samples/bodies.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod samples;
mod spy;
mod wire;
