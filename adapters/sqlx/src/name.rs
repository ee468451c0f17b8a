//! The names of tables: checked, quoted, put into statements.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::setup::{SetupError, SetupErrorKind};

/// A table's name, with the schema it stands in where one was given. Only what passed the check gets in here, so what
/// comes out is safe to put into a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableName {
    schema: Option<String>,
    table: String,
    dialect: Dialect,
}

/// How an engine writes names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "postgres", feature = "mysql", feature = "sqlite")),
    allow(dead_code, reason = "each engine has its own")
)]
pub(crate) enum Dialect {
    Postgres,
    MySql,
    Sqlite,
}

impl TableName {
    /// Reads `table` or `schema.table`, to be quoted as the engine quotes.
    ///
    /// Quoting lets reserved words be names; the check lets nothing in that could end a quotation.
    pub(crate) fn parse(name: &str, dialect: Dialect) -> Result<Self, SetupError> {
        let (schema, table) = match name.split_once('.') {
            Some((schema, table)) => (Some(schema), table),
            None => (None, name),
        };
        let parts = schema.into_iter().chain([table]);
        // What SQLite calls a schema is a file of one connection, and no other connection of a pool knows of it.
        let fits = dialect != Dialect::Sqlite || schema.is_none();
        if fits && parts.clone().all(is_identifier) {
            return Ok(Self {
                schema: schema.map(str::to_owned),
                table: table.to_owned(),
                dialect,
            });
        }
        Err(SetupError::new(
            SetupErrorKind::Name,
            format!(
                "{name:?} can't name a table here: take `table` or, but for SQLite, `schema.table`, each of 1 to {LONGEST} \
                 lower-case letters, digits and underscores, the first no digit"
            ),
        ))
    }

    /// A name of this crate's own.
    pub(crate) fn own(table: &'static str, dialect: Dialect) -> Self {
        Self {
            schema: None,
            table: table.to_owned(),
            dialect,
        }
    }

    /// The statement with the names filled in: `{table}` is the table itself; `{schema}` and `{fence}` stand beside it;
    /// `{expiry}`, an index, and the triggers `{drawn}`, `{redrawn}` and `{moved}` have no schema of their own.
    pub(crate) fn fill(&self, statement: &str) -> SqlStr {
        let filled = statement
            .replace("{table}", &self.full(""))
            .replace("{schema}", &self.full("_schema"))
            .replace("{fence}", &self.full("_fence"));
        let filled = ["expiry", "drawn", "redrawn", "moved"]
            .iter()
            .fold(filled, |filled, part| {
                filled.replace(
                    &format!("{{{part}}}"),
                    &self.quoted(&format!("{}_{part}", self.table)),
                )
            });
        // Safe: the text is this crate's own, and the names passed `parse`.
        AssertSqlSafe(filled).into_sql_str()
    }

    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The name as it was given.
    pub(crate) fn plain(&self) -> String {
        let schema = self.schema.iter().map(|schema| format!("{schema}."));
        schema.chain([self.table.clone()]).collect()
    }

    fn full(&self, suffix: &str) -> String {
        let table = self.quoted(&format!("{}{suffix}", self.table));
        match &self.schema {
            Some(schema) => format!("{}.{table}", self.quoted(schema)),
            None => table,
        }
    }

    fn quoted(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Postgres | Dialect::Sqlite => format!("\"{name}\""),
            Dialect::MySql => format!("`{name}`"),
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let is_allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    starts_well && name.len() <= LONGEST && name.chars().all(is_allowed)
}

/// PostgreSQL keeps 63 bytes of a name, and a suffix must fit behind this many.
const LONGEST: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_wherever_it_stands() {
        let name = TableName::parse("hooks.event", Dialect::Postgres).expect("a good name");
        let sql = name.fill("SELECT nextval('{fence}') FROM {table}, {schema}; CREATE INDEX {expiry}");
        assert_eq!(
            sql.as_str(),
            r#"SELECT nextval('"hooks"."event_fence"') FROM "hooks"."event", "hooks"."event_schema"; CREATE INDEX "event_expiry""#
        );
        assert_eq!(name.plain(), "hooks.event");
    }

    #[test]
    fn nothing_else_is_a_name() {
        let long = "a".repeat(LONGEST + 1);
        let bad = [
            "", ".", "a.", ".a", "a.b.c", "1a", "Event", "a b", "a\"b", "a`b", "a'b", "a;b", "a-b", "ä",
            "a\0", "a{table}", &long,
        ];
        for name in bad {
            let error = TableName::parse(name, Dialect::Postgres).expect_err(name);
            assert_eq!(error.kind(), SetupErrorKind::Name);
        }
        assert!(TableName::parse(&"a".repeat(LONGEST), Dialect::Sqlite).is_ok());
        assert!(TableName::parse("_1.user", Dialect::MySql).is_ok());
        assert!(TableName::parse("_1.user", Dialect::Sqlite).is_err());
    }
}
