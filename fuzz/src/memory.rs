//! A global allocator that counts, so that a target can bound what an input costs.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static COUNTING: Counting = Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The most memory that the work held at once, beyond what was held before it.
pub fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let done = work();
    (done, PEAK.load(Relaxed).saturating_sub(before))
}

/// The memory that is held at this moment.
pub fn held() -> usize {
    HELD.load(Relaxed)
}

/// The memory that this many bytes of input may cost.
///
/// A body that comes in pieces is joined in a buffer that doubles: while it grows there are the pieces, the old buffer and
/// the new one. A form of short fields costs most: its list holds 48 bytes for each field of two, and doubles as well.
/// Beside that there are the futures, the maps of the head, and a page of the store.
pub fn allowance(bytes: usize) -> usize {
    96 * bytes.min(4_096) + 8 * bytes + 32 * 1024
}

struct Counting;

impl Counting {
    fn took(bytes: usize) {
        let held = HELD.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(held, Relaxed);
    }

    fn gave(bytes: usize) {
        HELD.fetch_sub(bytes, Relaxed);
    }
}

// SAFETY: each call goes to the system's allocator as it came; the counters hold no memory of their own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::took(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::took(layout.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        Self::gave(layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`, and the block came from the system.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While the block is copied there may be two of it.
        Self::took(size);
        // SAFETY: the caller keeps the contract of `realloc`, and the block came from the system.
        let moved = unsafe { System.realloc(block, layout, size) };
        Self::gave(if moved.is_null() { size } else { layout.size() });
        moved
    }
}
