//! `webhook check`: says whether a captured request is genuine, and if not, why.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::process::ExitCode;

use bytes::Bytes;
use clap::Args;
use http::Request;

use crate::case::{Case, raw_request};
use crate::judge::{Terms, Verdict};
use crate::secret_kind::KINDS;
use crate::{batch, expected, in_file, report};

#[derive(Args)]
pub(crate) struct Check {
    /// The sender, by its name in `webhook providers`; a JSON case may name it
    #[arg(long)]
    provider: Option<String>,
    /// The secret; several times while it is rotated
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true)]
    secret: Vec<String>,
    /// How the secret is written, where it isn't the sender's own way: `hex` or `base64` for the bytes of a key, `utf8` where its text
    /// is the key
    #[arg(long, value_parser = KINDS)]
    secret_kind: Option<String>,
    /// When the request arrived, in seconds since 1970; now otherwise
    #[arg(long)]
    now: Option<u64>,
    /// The URL that the sender was given
    #[arg(long)]
    url: Option<String>,
    /// Prints the signature that was expected; whoever reads it can forge this delivery
    #[arg(long)]
    reveal: bool,
    /// Judges a case a line (JSON Lines) and writes a verdict a line
    #[arg(long)]
    batch: bool,
    /// The captured request, raw HTTP or a JSON case; `-` for standard input
    file: String,
}

impl Check {
    pub(crate) async fn run(&self) -> crate::Outcome {
        let input: Box<dyn Read> = if self.file == "-" {
            Box::new(io::stdin())
        } else {
            Box::new(in_file(self.file.as_ref(), File::open(&self.file))?)
        };
        let mut output = io::BufWriter::new(io::stdout());
        if self.batch {
            batch::run(BufReader::new(input), &mut output).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut bytes = Vec::new();
        BufReader::new(input).read_to_end(&mut bytes)?;
        let (terms, request) = match self.terms(&bytes) {
            Ok(read) => read,
            Err(Refused::Config(verdict)) => {
                let advice = verdict.advice.as_deref().unwrap_or("there is no more to say");
                writeln!(output, "{}: {advice}", verdict.reason)?;
                return Ok(ExitCode::from(2));
            }
            Err(Refused::Input(error)) => return Err(error),
        };
        let verdict = terms.judge(request.clone()).await;
        self.explain(&mut output, &terms, &request, &verdict).await?;
        output.flush()?;
        Ok(match verdict.verdict {
            "reject" => ExitCode::FAILURE,
            "config_error" => ExitCode::from(2),
            _ => ExitCode::SUCCESS,
        })
    }

    fn terms(&self, bytes: &[u8]) -> Result<(Terms, Request<Bytes>), Refused> {
        let (case, request) = match is_json(bytes) {
            true => {
                let case =
                    Case::lone(bytes).map_err(|what| format!("the input is JSON, but no case: {what}"));
                let case = case.map_err(|what| Refused::Input(what.into()))?;
                let request = case.request().map_err(Refused::Input)?;
                (case, request)
            }
            false => (Case::default(), raw_request(bytes).map_err(Refused::Input)?),
        };
        let case = self.over(case);
        if case.provider.is_none() {
            return Err(Refused::Input("no sender is named; say `--provider`".into()));
        }
        Ok((case.terms().map_err(Refused::Config)?, request))
    }

    /// The case as the arguments change it.
    fn over(&self, mut case: Case) -> Case {
        if !self.secret.is_empty() {
            case.secrets = Some(self.secret.clone());
        }
        if let Some(now) = self.now {
            case.arrived_at(now);
        }
        case.provider = self.provider.clone().or(case.provider);
        case.secret_kind = self.secret_kind.clone().or(case.secret_kind);
        case.url = self.url.clone().or(case.url);
        case
    }

    async fn explain(
        &self,
        output: &mut impl Write,
        terms: &Terms,
        request: &Request<Bytes>,
        verdict: &Verdict,
    ) -> io::Result<()> {
        report::write(output, terms, request, verdict).await?;
        if self.reveal {
            for header in expected::headers(&terms.of(request), request) {
                writeln!(output, "expected   {header}")?;
            }
        }
        Ok(())
    }
}

/// No request line begins like this.
fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'"'))
}

enum Refused {
    Config(Box<Verdict>),
    Input(Box<dyn std::error::Error>),
}
