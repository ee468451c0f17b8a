//! What the fuzz targets share: a counting allocator, a body made of frames, senders, a spying store, its model, an endpoint, a key source.

mod body;
mod document;
mod endpoint;
mod keys;
mod memory;
mod model;
mod own;
mod sender;
mod spy;

pub use body::{Frames, split};
pub use document::Document;
pub use endpoint::{Answer, Endpoint};
pub use keys::{Asked, status};
pub use memory::{allowance, held, peak_of};
pub use model::{KEYS, Model, Wish};
pub use own::{URL, endpoint, signed};
pub use sender::{Form, KEY_TEXT, NOW, PLAIN, SENDERS, Sender, endpoint_secret, secrets, seed_secret};
pub use spy::Spy;
