//! As much of `dashmap` as the memory store uses, behind a lock of shuttle's.
//!
//! All rows stand behind one lock, so that a caller who asked for a second row would be found waiting for itself.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use shuttle::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

type Rows<K, V> = Vec<(K, V)>;

/// A table of a few rows.
#[derive(Debug)]
pub struct DashMap<K, V, S> {
    rows: RwLock<Rows<K, V>>,
    hasher: PhantomData<S>,
}

impl<K: Eq, V, S> DashMap<K, V, S> {
    pub fn with_hasher_and_shard_amount(_: S, _: usize) -> Self {
        Self {
            rows: RwLock::new(Vec::new()),
            hasher: PhantomData,
        }
    }

    pub fn entry(&self, key: K) -> Entry<'_, K, V> {
        Entry {
            rows: self.write(),
            key,
        }
    }

    pub fn get_mut(&self, key: &K) -> Option<RefMut<'_, K, V>> {
        let rows = self.write();
        let at = position(&rows, key)?;
        Some(RefMut { rows, at })
    }

    /// One row after the other; each is let go before the next.
    pub fn iter(&self) -> impl Iterator<Item = Ref<'_, K, V>> {
        (0..).map_while(|at| {
            let rows = self.read();
            (at < rows.len()).then_some(Ref { rows, at })
        })
    }

    fn read(&self) -> RwLockReadGuard<'_, Rows<K, V>> {
        self.rows.read().expect("nobody panics under the lock")
    }

    fn write(&self) -> RwLockWriteGuard<'_, Rows<K, V>> {
        self.rows.write().expect("nobody panics under the lock")
    }
}

fn position<K: Eq, V>(rows: &Rows<K, V>, key: &K) -> Option<usize> {
    rows.iter().position(|(known, _)| known == key)
}

pub struct Entry<'a, K, V> {
    rows: RwLockWriteGuard<'a, Rows<K, V>>,
    key: K,
}

impl<'a, K: Eq, V> Entry<'a, K, V> {
    pub fn or_insert_with(mut self, new: impl FnOnce() -> V) -> RefMut<'a, K, V> {
        let at = position(&self.rows, &self.key).unwrap_or_else(|| {
            self.rows.push((self.key, new()));
            self.rows.len() - 1
        });
        RefMut { rows: self.rows, at }
    }
}

pub struct Ref<'a, K, V> {
    rows: RwLockReadGuard<'a, Rows<K, V>>,
    at: usize,
}

impl<K, V> Deref for Ref<'_, K, V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.rows[self.at].1
    }
}

pub struct RefMut<'a, K, V> {
    rows: RwLockWriteGuard<'a, Rows<K, V>>,
    at: usize,
}

impl<K, V> Deref for RefMut<'_, K, V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.rows[self.at].1
    }
}

impl<K, V> DerefMut for RefMut<'_, K, V> {
    fn deref_mut(&mut self) -> &mut V {
        &mut self.rows[self.at].1
    }
}
