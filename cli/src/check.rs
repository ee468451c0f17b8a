//! `webhook check`: says whether a captured request is genuine, and if not, why.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::process::ExitCode;
use std::time::SystemTime;

use bytes::Bytes;
use clap::Args;
use http::Request;

use crate::case::{Case, raw_request};
use crate::judge::{SECRET_KINDS, Terms, Verdict};
use crate::{batch, causes, in_file, report};

#[derive(Args)]
pub(crate) struct Check {
    /// The sender, by its name in `webhook providers`
    #[arg(long, required_unless_present = "batch")]
    provider: Option<String>,
    /// The secret; several times while it is rotated
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true)]
    secret: Vec<String>,
    /// How the secret is written, where it isn't the sender's own way: `hex` or `base64` for the bytes of a key
    #[arg(long, value_parser = SECRET_KINDS)]
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
        let now = || {
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_or(0, |since| since.as_secs())
        };
        let provider = self.provider.as_deref().unwrap_or_default();
        let (case, request) = match serde_json::from_slice::<Case>(bytes) {
            Ok(case) => {
                let request = case.request().map_err(Refused::Input)?;
                (case, request)
            }
            Err(_) => {
                let request = raw_request(bytes).map_err(Refused::Input)?;
                let at = self.now.unwrap_or_else(now);
                (
                    Case::captured(provider, self.secret.clone(), self.url.clone(), at),
                    request,
                )
            }
        };
        let case = self.over(case);
        Ok((case.terms().map_err(Refused::Config)?, request))
    }

    /// The case as the arguments change it.
    fn over(&self, mut case: Case) -> Case {
        if let Some(provider) = &self.provider {
            case.provider.clone_from(provider);
        }
        if !self.secret.is_empty() {
            case.secrets.clone_from(&self.secret);
        }
        if let Some(now) = self.now {
            case.arrived_at(now);
        }
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
            let expected = causes::expected(terms, request);
            let shown = expected
                .as_deref()
                .unwrap_or("can't be computed for this request");
            writeln!(output, "expected   {shown}")?;
        }
        Ok(())
    }
}

enum Refused {
    Config(Box<Verdict>),
    Input(Box<dyn std::error::Error>),
}
