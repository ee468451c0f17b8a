//! What the fuzz targets share: a counting allocator, a body made of frames, changed bodies, senders, spellings, a spying store, its
//! model, an endpoint, a key source.

mod body;
mod changed;
mod document;
mod endpoint;
mod keys;
mod memory;
mod model;
mod own;
mod sender;
mod spelling;
mod spy;

pub use body::{Frames, split};
pub use changed::{changed, with_a_field_more};
pub use document::Document;
pub use endpoint::{Answer, Endpoint};
pub use keys::{Asked, status};
pub use memory::{allowance, held, peak_of};
pub use model::{KEYS, Model, Wish};
pub use own::{URL, endpoint, signed};
pub use sender::{Form, KEY_TEXT, NOW, PLAIN, SENDERS, Sender, endpoint_secret, secrets, seed_secret};
pub use spelling::{Change, Encoding, base64_key, hex_key};
pub use spy::Spy;
