#![doc = include_str!("../README.md")]

mod operate;
mod policy;
mod record;
mod script;
mod store;

pub use redis;
pub use store::RedisStore;
