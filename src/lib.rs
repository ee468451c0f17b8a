#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;
pub mod event;
pub mod store;
pub mod verified;

pub use error::{BoxError, ConfigError, ConfigErrorKind};
