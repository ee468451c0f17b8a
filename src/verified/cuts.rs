//! What is cut out of a content before it is compared: the values that a retry may change.

use std::iter::once;
use std::ops::Range;

use smallvec::SmallVec;

/// Places in a content, in their order and apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cuts(SmallVec<[Range<usize>; 1]>);

impl Cuts {
    /// Of two places of which one lies in the other, the larger is cut out.
    pub(crate) fn new(places: impl Iterator<Item = Range<usize>>) -> Self {
        let mut places: SmallVec<[Range<usize>; 1]> = places.collect();
        places.sort_unstable_by_key(|place| (place.start, usize::MAX - place.end));
        let mut end = 0;
        places.retain(|place| {
            let is_apart = place.start >= end;
            end = end.max(place.end);
            is_apart
        });
        Self(places)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The content around what is cut out.
    pub(crate) fn around<'a>(&'a self, content: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let starts = once(0).chain(self.0.iter().map(|place| place.end));
        let ends = self.0.iter().map(|place| place.start).chain(once(content.len()));
        starts.zip(ends).map(|(start, end)| &content[start..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(places: &[Range<usize>]) -> String {
        let cuts = Cuts::new(places.iter().cloned());
        String::from_utf8(cuts.around(b"0123456789").collect::<Vec<_>>().concat()).unwrap()
    }

    #[test]
    fn what_is_cut_out_is_gone_and_the_rest_stays() {
        assert_eq!(left(&[]), "0123456789");
        assert_eq!(left(&[8..10, 0..2]), "234567");
        assert_eq!(left(&[3..4, 2..6, 5..6]), "016789");
        assert_eq!(left(&[4..10, 0..4]), "");
    }
}
