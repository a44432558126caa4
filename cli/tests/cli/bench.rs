//! What the transcripts share: a folder, the binary, and what it answers.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with an instance, its founder, and whoever is admitted.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    /// The last line of stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let line = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A member of that JSON, as text.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).unwrap_or_else(|| panic!("{pointer}: {json}"));
        found.as_str().map_or_else(|| found.to_string(), str::to_owned)
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Failed with this exit code and this error code.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, error: &str) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(&format!("[{error}]")), "{error}: {self:?}");
        self
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The binary, without anything of the caller's environment.
pub(crate) fn binary(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_archipel"));
    command.current_dir(dir).env_clear().stdin(Stdio::null());
    command
}

impl Bench {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A founded instance in `inst`, with the founder's profile.
    pub(crate) fn founded() -> Self {
        let bench = Self::empty();
        bench.write("charte.txt", "Nous décidons ensemble.\n");
        bench
            .run("init inst --origin example.org/essai --name Essai --charter charte.txt --json")
            .ok();
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs words separated by spaces; `_` stands for a space inside one.
    pub(crate) fn run(&self, words: &str) -> Answer {
        let words = words.split_whitespace().map(|word| word.replace('_', " "));
        self.run_words(&words.collect::<Vec<_>>())
    }

    pub(crate) fn run_words(&self, words: &[String]) -> Answer {
        binary(self.dir.path()).args(words).output().unwrap().into()
    }

    /// Runs as the founder, for machines.
    pub(crate) fn founder(&self, words: &str) -> Answer {
        self.run(&format!("--me inst/founder.json --json {words}"))
    }

    /// Runs as somebody who was admitted, for machines.
    pub(crate) fn as_member(&self, name: &str, words: &str) -> Answer {
        self.run(&format!("--me {name}.json --json {words}"))
    }

    /// Admits somebody, with a key and a profile beside it.
    pub(crate) fn admit(&self, name: &str) -> String {
        self.founder(&format!("member admit --new-key {name}.pem")).ok().text("/member")
    }
}

/// A server that is stopped with the test.
pub(crate) struct Server {
    /// The process.
    pub(crate) child: Child,
    /// Where it listens.
    pub(crate) url: String,
}

impl Server {
    /// Starts a command that serves, in a directory.
    pub(crate) fn start(dir: &Path, words: &str) -> Self {
        let mut child = binary(dir)
            .args(words.split_whitespace())
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}"));
        Self { url: url.to_owned(), child }
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed must not leave it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
