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

impl<K: Eq + Clone, V, S> DashMap<K, V, S> {
    pub fn with_hasher_and_shard_amount(_: S, _: usize) -> Self {
        Self {
            rows: RwLock::new(Vec::new()),
            hasher: PhantomData,
        }
    }

    pub fn entry(&self, key: K) -> Entry<'_, K, V> {
        let rows = self.write();
        match position(&rows, &key) {
            Some(at) => Entry::Occupied(OccupiedEntry { rows, at }),
            None => Entry::Vacant(VacantEntry { rows, key }),
        }
    }

    pub fn get(&self, key: &K) -> Option<Ref<'_, K, V>> {
        let rows = self.read();
        let at = position(&rows, key)?;
        Some(Ref { rows, at })
    }

    pub fn get_mut(&self, key: &K) -> Option<RefMut<'_, K, V>> {
        let rows = self.write();
        let at = position(&rows, key)?;
        Some(RefMut { rows, at })
    }

    pub fn remove_if(&self, key: &K, condition: impl FnOnce(&K, &V) -> bool) -> Option<(K, V)> {
        let mut rows = self.write();
        let at = position(&rows, key).filter(|&at| condition(&rows[at].0, &rows[at].1))?;
        Some(rows.swap_remove(at))
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

pub enum Entry<'a, K, V> {
    Occupied(OccupiedEntry<'a, K, V>),
    Vacant(VacantEntry<'a, K, V>),
}

pub struct OccupiedEntry<'a, K, V> {
    rows: RwLockWriteGuard<'a, Rows<K, V>>,
    at: usize,
}

impl<K, V> OccupiedEntry<'_, K, V> {
    pub fn key(&self) -> &K {
        &self.rows[self.at].0
    }

    pub fn get(&self) -> &V {
        &self.rows[self.at].1
    }

    pub fn get_mut(&mut self) -> &mut V {
        &mut self.rows[self.at].1
    }

    pub fn insert(&mut self, value: V) -> V {
        std::mem::replace(self.get_mut(), value)
    }

    pub fn remove(mut self) -> V {
        self.rows.swap_remove(self.at).1
    }
}

pub struct VacantEntry<'a, K, V> {
    rows: RwLockWriteGuard<'a, Rows<K, V>>,
    key: K,
}

impl<'a, K, V> VacantEntry<'a, K, V> {
    pub fn insert(mut self, value: V) -> RefMut<'a, K, V> {
        self.rows.push((self.key, value));
        let at = self.rows.len() - 1;
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
