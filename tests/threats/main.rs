//! The hostile cases, by their numbers: each test is named after the case that it proves.

mod a_secrets;
mod b_header;
mod c_comparison;
mod d_time;
mod e_replay;
mod f_transport;
mod g_parsing;
mod harness;
mod j_http;
mod k_async;
mod l_store;
mod wire;
