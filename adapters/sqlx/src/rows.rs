//! Statements for some rows at a time, where an engine takes no arrays.

use sqlx::SqlStr;

use crate::name::{Dialect, TableName};

/// One statement in several sizes: for 1, 2, 3, 4, 6, 8, 12 … rows. So few texts are prepared once for each connection, and any
/// number of rows is a handful of them, or one with a few rows to spare.
#[derive(Debug)]
pub(crate) struct InSizes(Vec<SqlStr>);

impl InSizes {
    /// Takes `{rows}` in the statement for as many of `row` as needed, with this glue between them. In SQLite their
    /// parameters are numbered from 2, since there a statement names its first by number.
    pub(crate) fn new(name: &TableName, statement: &str, row: &str, glue: &str) -> Self {
        Self::with_first(name, statement, [row, row], glue)
    }

    /// The same with a first row that is not like the others.
    pub(crate) fn with_first(
        name: &TableName,
        statement: &str,
        [first, other]: [&str; 2],
        glue: &str,
    ) -> Self {
        let sizes = SIZES.iter().map(|size| {
            let rows = std::iter::once(first).chain(std::iter::repeat_n(other, size - 1));
            let rows = rows.collect::<Vec<_>>().join(glue);
            let rows = if name.dialect() == Dialect::Sqlite {
                numbered(&rows, 2)
            } else {
                rows
            };
            name.fill(&statement.replace("{rows}", &rows))
        });
        Self(sizes.collect())
    }

    /// The statement for a single row.
    pub(crate) fn single(&self) -> SqlStr {
        self.0[0].clone()
    }

    /// The items in pieces of no more than 32, the largest first, each with the statement that fits.
    #[cfg(feature = "sqlite")]
    pub(crate) fn pieces<'a, T>(&'a self, items: &'a [T]) -> impl Iterator<Item = (&'a SqlStr, &'a [T])> {
        let mut left = items;
        std::iter::from_fn(move || {
            let at = SIZES
                .iter()
                .rposition(|size| *size <= left.len().min(LARGEST_PIECE))?;
            let (piece, rest) = left.split_at(SIZES[at]);
            left = rest;
            Some((&self.0[at], piece))
        })
    }

    /// The smallest statement that takes all of the items, which are not more than the largest takes, and the items themselves with the last of
    /// them repeated until it is full. For statements that may meet a row twice.
    #[cfg(feature = "mysql")]
    pub(crate) fn padded<'a, T>(
        &'a self,
        items: &'a [T],
    ) -> (&'a SqlStr, impl Iterator<Item = &'a T> + Clone) {
        let at = SIZES.iter().position(|size| *size >= items.len());
        let at = at.expect("a batch is not larger than the largest statement");
        let padding = items.iter().rev().take(1).cycle();
        (&self.0[at], items.iter().chain(padding).take(SIZES[at]))
    }
}

fn numbered(rows: &str, first: usize) -> String {
    let mut parts = rows.split('?');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, number) in parts.zip(first..) {
        text.push_str(&format!("?{number}{part}"));
    }
    text
}

/// SQLite looks the name of each numbered parameter up among all of them, so a long statement costs more than a few short ones.
#[cfg(feature = "sqlite")]
const LARGEST_PIECE: usize = 32;
/// The largest is as many as a batch may have.
const SIZES: [usize; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "sqlite")]
    #[test]
    fn any_number_of_rows_comes_in_pieces() {
        let name = TableName::parse("event", Dialect::MySql).expect("a good name");
        let insert = InSizes::new(&name, "INSERT INTO {table} VALUES {rows}", "(?, 1)", ", ");
        for count in [0, 1, 5, 127, 128, 256, 300] {
            let items: Vec<usize> = (0..count).collect();
            let mut joined = Vec::new();
            for (sql, piece) in insert.pieces(&items) {
                assert_eq!(sql.as_str().matches("(?, 1)").count(), piece.len());
                joined.extend_from_slice(piece);
            }
            assert_eq!(joined, items);
        }
        assert_eq!(numbered("(?, 1), (?, ?)", 2), "(?2, 1), (?3, ?4)");
        let sizes: Vec<usize> = insert.pieces(&[0; 77]).map(|(_, piece)| piece.len()).collect();
        assert_eq!(sizes, [32, 32, 12, 1]);
    }

    #[test]
    #[cfg(feature = "mysql")]
    fn a_padded_statement_is_full() {
        let name = TableName::parse("event", Dialect::MySql).expect("a good name");
        let insert = InSizes::new(&name, "INSERT INTO {table} VALUES {rows}", "(?, 1)", ", ");
        for count in 1..=crate::batch::MOST_AT_ONCE {
            let items: Vec<usize> = (0..count).collect();
            let (sql, rows) = insert.padded(&items);
            let rows: Vec<usize> = rows.copied().collect();
            assert_eq!(sql.as_str().matches("(?, 1)").count(), rows.len());
            assert_eq!(rows[..count], items);
            assert!(rows[count..].iter().all(|row| *row == count - 1));
            assert!(rows.len() <= count + count / 2);
        }
    }
}
