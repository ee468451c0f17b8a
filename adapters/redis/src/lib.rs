#![doc = include_str!("../README.md")]

mod batch;
mod operate;
mod policy;
mod record;
mod script;
mod store;
mod verb;

pub use redis;
pub use store::RedisStore;
