//! The scripted stand-in for the providers' APIs, as a process: its script goes in as a file, what it was asked comes out as one.

use crate::{
    data::exit::Failure,
    shell::{process, store, workspace},
};
use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a mock may take to listen.
const START: Duration = Duration::from_secs(20);

/// The program, built.
#[derive(Clone, Debug)]
pub struct MockProgram(PathBuf);

impl MockProgram {
    /// Has cargo build it, below `scratch`.
    ///
    /// # Errors
    /// It does not build.
    pub fn build(scratch: &Path) -> Result<MockProgram> {
        let target = scratch.join("mock");
        let shell = process::shell(&workspace::home())?;
        let cmd = shell.cmd("cargo").args(["build", "--locked", "--package", "mock-api", "--features", "tls", "--target-dir"]);
        let output = process::output(cmd.arg(&target))?;
        if !output.status.success() {
            return Err(anyhow::anyhow!(process::tail(&output.stderr))).with_context(|| {
                Failure::tool("cannot build agent/mock-api, which scenarios talk to: it needs the crate registry")
            });
        }
        Ok(MockProgram(target.join("debug").join(format!("mock-api{}", std::env::consts::EXE_SUFFIX))))
    }

    /// Starts it in `folder` with a script. The port is 0 for any that is free.
    ///
    /// # Errors
    /// The script is wrong, or it does not listen in time.
    pub fn start(&self, folder: &Path, script: &str, tls: bool, port: u16) -> Result<Mock> {
        store::create_folder(folder)?;
        let path = |name: &str| folder.join(name);
        store::write(&path("script.toml"), script.as_bytes())?;
        for stale in ["port", "record.jsonl"] {
            let _ = fs_err::remove_file(path(stale));
        }
        let mut command = Command::new(&self.0);
        command.arg("--script").arg(path("script.toml")).arg("--port").arg(port.to_string());
        command.arg("--port-file").arg(path("port")).arg("--record").arg(path("record.jsonl"));
        if tls {
            command.arg("--tls").arg("--ca-out").arg(path("ca.pem"));
        }
        let errors = fs_err::File::create(path("stderr"))?;
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors.into_parts().0);
        let child = command.spawn().with_context(|| Failure::tool(format!("cannot start the mock {}", self.0.display())))?;
        let mut mock = Mock { child, folder: folder.to_path_buf(), port: 0, tls };
        mock.port = mock.wait_for_port()?;
        Ok(mock)
    }
}

/// A mock that listens; it ends with this value.
#[derive(Debug)]
pub struct Mock {
    child: Child,
    folder: PathBuf,
    /// The port that it listens on.
    pub port: u16,
    tls: bool,
}

impl Mock {
    /// Where it is reached. The name in its certificate is `localhost`.
    pub fn url(&self) -> String {
        if self.tls { format!("https://localhost:{}", self.port) } else { format!("http://127.0.0.1:{}", self.port) }
    }

    /// The certificate to trust, of one that has TLS.
    pub fn authority(&self) -> Option<PathBuf> {
        self.tls.then(|| self.folder.join("ca.pem"))
    }

    /// What it was asked, in order.
    ///
    /// # Errors
    /// A line of the record is not JSON.
    pub fn requests(&self) -> Result<Vec<Value>> {
        let text = store::read_text(&self.folder.join("record.jsonl"))?.unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).context("the mock's record is not JSON Lines")).collect()
    }

    fn wait_for_port(&mut self) -> Result<u16> {
        let end = Instant::now() + START;
        loop {
            if let Some(port) = store::read_text(&self.folder.join("port"))?.and_then(|text| text.trim().parse().ok()) {
                return Ok(port);
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || Instant::now() > end {
                let words = fs_err::read(self.folder.join("stderr")).unwrap_or_default();
                let state = if ended.is_some() { "ended at once" } else { "did not listen in time" };
                let cure = "check the scenario's [mock] (`mock-api --help` describes it)";
                return Err(anyhow::anyhow!(process::tail(&words)))
                    .with_context(|| Failure::usage(format!("the mock {state}: {cure}")));
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
