//! Statements for some rows at a time, where an engine takes no arrays.

use sqlx::SqlStr;

use crate::name::{Dialect, TableName};

/// One statement in several sizes: for 1, 2, 4 … rows. So few texts are prepared once for each connection, and any number
/// of rows is a handful of them.
#[derive(Debug)]
pub(crate) struct InSizes(Vec<SqlStr>);

impl InSizes {
    /// Takes `{rows}` in the statement for as many of `row` as needed, with this glue between them. In SQLite their
    /// parameters are numbered from 2, since there a statement names its first by number.
    pub(crate) fn new(name: &TableName, statement: &str, row: &str, glue: &str) -> Self {
        let sizes = (0..=LARGEST).map(|power| {
            let rows = vec![row; 1 << power].join(glue);
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

    /// The items in pieces, the largest first, each with the statement that fits.
    pub(crate) fn pieces<'a, T>(&'a self, items: &'a [T]) -> impl Iterator<Item = (&'a SqlStr, &'a [T])> {
        let mut left = items;
        std::iter::from_fn(move || {
            let power = left.len().checked_ilog2()?.min(LARGEST);
            let (piece, rest) = left.split_at(1 << power);
            left = rest;
            Some((&self.0[power as usize], piece))
        })
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

/// As a power of two.
const LARGEST: u32 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_rows_comes_in_pieces() {
        let name = TableName::parse("event", Dialect::MySql).expect("a good name");
        let insert = InSizes::new(&name, "INSERT INTO {table} VALUES {rows}", "(?, 1)", ", ");
        for count in [0, 1, 5, 127, 128, 300] {
            let items: Vec<usize> = (0..count).collect();
            let mut joined = Vec::new();
            for (sql, piece) in insert.pieces(&items) {
                assert_eq!(sql.as_str().matches("(?, 1)").count(), piece.len());
                joined.extend_from_slice(piece);
            }
            assert_eq!(joined, items);
        }
        assert_eq!(numbered("(?, 1), (?, ?)", 2), "(?2, 1), (?3, ?4)");
        let sizes: Vec<usize> = insert.pieces(&[0; 300]).map(|(_, piece)| piece.len()).collect();
        assert_eq!(sizes, [128, 128, 32, 8, 4]);
    }
}
