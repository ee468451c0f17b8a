//! `webhook check --batch`: a line in, a verdict out.

use std::io::{BufRead, Write};

use crate::case::Case;
use crate::judge::Verdict;

/// Judges each line and writes its verdict, in order.
pub(crate) async fn run(input: impl BufRead, output: &mut impl Write) -> std::io::Result<()> {
    for (number, line) in (1..).zip(input.split(b'\n')) {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let verdict = match Case::of_line(&line) {
            Ok(case) => Verdict {
                id: case.id.clone().unwrap_or_default(),
                ..judge(&case).await
            },
            Err(error) => {
                eprintln!("webhook: line {number} is not a case: {error}");
                Verdict::plain("config_error", "malformed_case", 500)
            }
        };
        serde_json::to_writer(&mut *output, &verdict)?;
        output.write_all(b"\n")?;
    }
    output.flush()
}

async fn judge(case: &Case) -> Verdict {
    let terms = case.terms();
    match (terms, case.request()) {
        (Err(verdict), _) => *verdict,
        (Ok(_), Err(error)) => {
            // What HTTP itself does not allow is refused before any layer sees it.
            Verdict {
                advice: Some(error.to_string()),
                ..Verdict::plain("reject", "malformed_header", 400)
            }
        }
        (Ok(terms), Ok(request)) => terms.judge(request).await,
    }
}
