//! The programs a deployment runs: found first, shown as they are run, and none of them is given a secret that its command
//! line would show.

use std::{
    ffi::OsString,
    fmt::Write as _,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::build;

pub(super) struct Tools<'a> {
    root: &'a Path,
    path: &'a OsString,
    dry_run: bool,
    console: &'a mut dyn Write,
}

/// One program and what it is told.
pub(super) struct Call {
    program: &'static str,
    args: Vec<String>,
    folder: &'static str,
    environment: Vec<(&'static str, String)>,
}

pub(super) fn call<const N: usize>(program: &'static str, args: [&str; N]) -> Call {
    Call {
        program,
        args: args.map(str::to_owned).into(),
        folder: ".",
        environment: Vec::new(),
    }
}

impl Call {
    pub(super) fn args<T: Into<String>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// A folder of the repository.
    pub(super) fn in_folder(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self
    }

    /// For what a list of processes must not show.
    pub(super) fn secretly(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    fn line(&self) -> String {
        let mut line = self.program.to_owned();
        for arg in &self.args {
            // A certificate would fill the screen.
            let arg = arg.split_once('\n').map_or(arg.as_str(), |(first, _)| first);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@+,%".contains(c);
            let _ = if !arg.is_empty() && arg.chars().all(plain) {
                write!(line, " {arg}")
            } else {
                write!(line, " '{arg}'")
            };
        }
        line
    }
}

impl<'a> Tools<'a> {
    pub(super) fn new(root: &'a Path, path: &'a OsString, dry_run: bool, console: &'a mut dyn Write) -> Self {
        Self {
            root,
            path,
            dry_run,
            console,
        }
    }

    pub(super) fn dry_run(&self) -> bool {
        self.dry_run
    }

    pub(super) fn root(&self) -> &'a Path {
        self.root
    }

    pub(super) fn say(&mut self, line: &str) -> Result<()> {
        writeln!(self.console, "        {line}").context("the console is gone")
    }

    pub(super) fn heading(&mut self, line: &str) -> Result<()> {
        writeln!(self.console, "{line}").context("the console is gone")
    }

    pub(super) fn console(&mut self) -> &mut dyn Write {
        self.console
    }

    pub(super) fn find(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(self.path)
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
    }

    /// Runs it to its end; what it says is shown.
    pub(super) fn run(&mut self, call: Call) -> Result<()> {
        let line = call.line();
        self.say(&format!("$ {line}"))?;
        if self.dry_run {
            return Ok(());
        }
        let status = self
            .command(call)?
            .status()
            .with_context(|| format!("cannot start: {line}"))?;
        ensure!(status.success(), "failed ({status}): {line}");
        Ok(())
    }

    /// What it answers, which is not shown. An error has what it complained of.
    pub(super) fn ask(&mut self, call: Call) -> Result<String> {
        let line = call.line();
        let output = self
            .command(call)?
            .output()
            .with_context(|| format!("cannot start: {line}"))?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            bail!("{line}: {}", complaint.trim());
        }
        String::from_utf8(output.stdout).with_context(|| format!("{line}: no text"))
    }

    pub(super) fn ask_json(&mut self, call: Call) -> Result<Value> {
        let line = call.line();
        let answer = self.ask(call.args(["--output", "json"]))?;
        // Never the answer itself: it may be a secret.
        serde_json::from_str(&answer).with_context(|| format!("{line}: the answer is no JSON"))
    }

    fn command(&self, call: Call) -> Result<Command> {
        let Call {
            program,
            args,
            folder,
            environment,
        } = call;
        let file = self
            .find(program)
            .with_context(|| format!("{program} is not installed"))?;
        // `sam build` calls it.
        let cargo_lambda = build::target().join("cargo-lambda/bin");
        let path = std::iter::once(cargo_lambda).chain(std::env::split_paths(self.path));
        let mut command = build::without_our_package(Command::new(file));
        command
            .current_dir(self.root.join(folder))
            .args(args)
            .env("PATH", std::env::join_paths(path)?)
            .env("SAM_CLI_TELEMETRY", "0")
            .env("AWS_PAGER", "")
            .envs(environment)
            .stdin(Stdio::null());
        Ok(command)
    }
}
