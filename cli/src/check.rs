//! `webhook check`: says whether a captured request is genuine, and if not, why.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use clap::Args;
use http::Request;

use crate::case::{Case, raw_request};
use crate::judge::{Terms, Verdict};
use crate::{batch, causes};

#[derive(Args)]
pub(crate) struct Check {
    /// The sender, by its name in `webhook providers`
    #[arg(long, required_unless_present = "batch")]
    provider: Option<String>,
    /// The secret; several times while it is rotated
    #[arg(long)]
    secret: Vec<String>,
    /// How the secret is written, where it isn't the sender's own way: utf8, whsec, base64, hex
    #[arg(long)]
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
            Box::new(File::open(&self.file)?)
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
                writeln!(
                    output,
                    "{}: {}",
                    verdict.reason,
                    verdict.advice.as_deref().unwrap_or("no such sender")
                )?;
                return Ok(ExitCode::from(2));
            }
            Err(Refused::Input(error)) => return Err(error),
        };
        let verdict = terms.judge(request.clone()).await;
        self.explain(&mut output, &terms, &request, &verdict).await?;
        output.flush()?;
        Ok(if verdict.verdict == "reject" {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
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
        let secrets = if self.secret.is_empty() {
            &case.secrets
        } else {
            &self.secret
        };
        let kind = self.secret_kind.as_deref().or(case.secret_kind.as_deref());
        let provider = self.provider.as_deref().unwrap_or(&case.provider);
        let arrived = self.now.map_or_else(
            || case.now(),
            |at| SystemTime::UNIX_EPOCH + Duration::from_secs(at),
        );
        let tolerance = case
            .tolerance_s
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs);
        let terms = Terms::new(provider, secrets, kind, arrived, tolerance).map_err(Refused::Config)?;
        Ok((terms, request))
    }

    async fn explain(
        &self,
        output: &mut impl Write,
        terms: &Terms,
        request: &Request<Bytes>,
        verdict: &Verdict,
    ) -> io::Result<()> {
        let facts = terms.scheme.facts();
        writeln!(output, "sender     {} ({})", facts.name, facts.docs)?;
        writeln!(output, "signature  {}, {}", facts.signature, facts.algorithm)?;
        writeln!(output, "signed     {}", facts.content)?;
        writeln!(output, "key        {}", facts.key)?;
        writeln!(output, "body       {} bytes", request.body().len())?;
        writeln!(
            output,
            "verdict    {}: {} ({})",
            verdict.verdict, verdict.reason, verdict.status
        )?;
        if let Some(id) = &verdict.event_id {
            let signed = if verdict.event_id_signed == Some(true) {
                "signed"
            } else {
                "not signed"
            };
            writeln!(output, "event id   {id} ({signed})")?;
        }
        if let Some(index) = verdict.key_index {
            writeln!(output, "secret     number {}", index + 1)?;
        }
        for cause in causes::of(terms, request, verdict).await {
            writeln!(output, "cause      {cause}")?;
        }
        if self.reveal {
            let expected = causes::expected(terms, request);
            writeln!(
                output,
                "expected   {}",
                expected
                    .as_deref()
                    .unwrap_or("can't be computed for this request")
            )?;
        }
        Ok(())
    }
}

enum Refused {
    Config(Box<Verdict>),
    Input(Box<dyn std::error::Error>),
}
