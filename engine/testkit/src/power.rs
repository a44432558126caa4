//! Power loss, simulated: a disk that keeps only what was really synced.
//!
//! A process is run under [`TRACER`]. [`Trace`] reads what it did to its files; [`Disk`] replays
//! that up to any point and writes down what a disk may hold if the power fails there:
//!
//! * bytes written to a file last once an `fsync` or `fdatasync` of that file, begun after the
//!   write had ended, has answered 0; `sync_file_range`, `sync` and closing count for nothing;
//! * a name (created, renamed, linked, removed) lasts once an `fsync` of its directory has;
//! * of everything else [`Keep`] says what is there: nothing, or any part of it, or a torn part.

mod calls;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Component, Path};

use crate::sample::scramble;
use calls::{parse_call, split_answer};

/// The command that records what a process and its threads do to files; `-o FILE`, further
/// options and the command follow.
pub const TRACER: [&str; 8] = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-xx",
    "-s",
    "2000000",
    "-e",
    concat!(
        "trace=?open,openat,?openat2,?creat,write,pwrite64,writev,pwritev,?pwritev2,ftruncate,",
        "truncate,fallocate,?copy_file_range,sendfile,splice,",
        "fsync,fdatasync,?sync_file_range,sync,",
        "syncfs,msync,?rename,?renameat,renameat2,?unlink,unlinkat,?rmdir,?mkdir,mkdirat,",
        "?link,linkat,",
        "?symlink,symlinkat,close,dup,?dup2,dup3,fcntl,lseek,?io_uring_setup"
    ),
];

/// Torn writes are torn at multiples of this.
const SECTOR: usize = 512;

/// What a call asks for, as far as it matters to a disk.
#[derive(Clone, Debug)]
enum Call {
    Open {
        at: Option<i64>,
        path: String,
        create: bool,
        truncate: bool,
        append: bool,
    },
    Close(i64),
    Dup(i64),
    Write {
        fd: i64,
        data: Vec<u8>,
        at: Option<u64>,
    },
    Truncate {
        fd: i64,
        len: u64,
    },
    Sync(i64),
    Seek(i64),
    Rename {
        from: (Option<i64>, String),
        to: (Option<i64>, String),
    },
    Link {
        from: (Option<i64>, String),
        to: (Option<i64>, String),
    },
    Remove {
        at: Option<i64>,
        path: String,
    },
    MakeDir {
        at: Option<i64>,
        path: String,
    },
    /// Nothing that changes what lasts.
    Idle,
    /// A call that this simulation does not know how to play; only wrong if it hits our files.
    Unknown(String, Option<i64>),
}

/// A call begins, or ends with its answer.
#[derive(Clone, Copy, Debug)]
enum Step {
    Begin(usize),
    End(usize, i64),
}

/// What a process did to its files, in order.
#[derive(Debug, Default)]
pub struct Trace {
    calls: Vec<Call>,
    steps: Vec<Step>,
    injected: usize,
}

impl Trace {
    /// Reads a file written by [`TRACER`].
    ///
    /// # Panics
    /// If it can not be read or holds what this module does not understand.
    #[must_use]
    pub fn read(file: &Path) -> Self {
        Self::parse(&fs::read_to_string(file).unwrap())
    }

    /// Reads the text of such a file.
    ///
    /// # Panics
    /// If it holds what this module does not understand.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut trace = Self::default();
        let mut unfinished: HashMap<&str, (usize, String)> = HashMap::new();
        for line in text.lines() {
            trace.injected += usize::from(line.ends_with("(INJECTED)"));
            let Some((thread, rest)) = line.split_once(' ') else { continue };
            let rest = rest.trim_start();
            if rest.starts_with("+++") || rest.starts_with("---") {
                continue;
            }
            if let Some(resumed) = rest.strip_prefix("<... ") {
                let (_, tail) = resumed.split_once(" resumed>").unwrap();
                let (call, head) = unfinished.remove(thread).unwrap();
                if let Some((_, answer)) = split_answer(&format!("{head}{tail}")) {
                    trace.steps.push(Step::End(call, answer));
                }
                continue;
            }
            let call = trace.calls.len();
            if let Some(head) = rest.strip_suffix("<unfinished ...>") {
                trace.calls.push(parse_call(head.trim_end().trim_end_matches(',')));
                trace.steps.push(Step::Begin(call));
                unfinished.insert(thread, (call, head.to_owned()));
            } else {
                let (asked, answer) = match split_answer(rest) {
                    Some((asked, answer)) => (asked, Some(answer)),
                    // The process ended inside the call: `= ?`.
                    None => (rest.rsplit_once(") ").map_or(rest, |(asked, _)| asked), None),
                };
                trace.calls.push(parse_call(asked));
                trace.steps.push(Step::Begin(call));
                trace.steps.extend(answer.map(|answer| Step::End(call, answer)));
            }
        }
        trace
    }

    /// How many steps there are; the power may fail before and after each.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing was done at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many real syncs (`fsync`, `fdatasync`) succeeded.
    #[must_use]
    pub fn syncs(&self) -> usize {
        let synced = |step: &&Step| match step {
            Step::End(call, 0) => matches!(self.calls[*call], Call::Sync(_)),
            _ => false,
        };
        self.steps.iter().filter(synced).count()
    }

    /// How many calls failed by the tracer's doing.
    #[must_use]
    pub fn injected(&self) -> usize {
        self.injected
    }

    /// The points of interest: before, inside and after every sync, change of a name and
    /// truncation of the files on `disk`, and before and after every line said.
    #[must_use]
    pub fn boundaries(&self, disk: Disk) -> Vec<usize> {
        let mut disk = disk;
        let mut found = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            let (Step::Begin(call) | Step::End(call, _)) = step;
            let ours = |disk: &Disk| match &self.calls[*call] {
                Call::Sync(fd) | Call::Truncate { fd, .. } => disk.nodes_of(*fd).is_some(),
                Call::Write { fd, .. } => disk.is_voice(*fd),
                Call::Rename { to: (at, path), .. }
                | Call::Link { to: (at, path), .. }
                | Call::Remove { at, path }
                | Call::Open { at, path, create: true, .. }
                | Call::MakeDir { at, path } => disk.resolve(*at, path).is_some(),
                _ => false,
            };
            if ours(&disk) {
                found.extend([index, index + 1]);
            }
            disk.play(self, *step);
        }
        found.dedup();
        found
    }
}

/// What is on the disk besides what was synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// Every name, and no byte.
    Names,
    /// Every name and the length of every file, whose bytes read as zero.
    Lengths,
    /// Any part of the names; of each write all, nothing, or a part torn at 512 bytes.
    Some(u64),
    /// All of it: what a killed process leaves.
    Everything,
}

/// A change of a file that may not last.
#[derive(Clone, Debug)]
struct Change {
    call: usize,
    kind: ChangeKind,
    /// When it ended; a sync that began earlier need not cover it.
    ended: Option<u64>,
}

#[derive(Clone, Debug)]
enum ChangeKind {
    Write(u64, Vec<u8>),
    Length(u64),
}

impl ChangeKind {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => write_at(to, *at, data),
            Self::Length(len) => to.resize(usize::try_from(*len).unwrap(), 0),
        }
    }
}

fn write_at(to: &mut Vec<u8>, at: u64, data: &[u8]) {
    let from = usize::try_from(at).unwrap();
    let end = from + data.len();
    if to.len() < end {
        to.resize(end, 0);
    }
    to[from..end].copy_from_slice(data);
}

/// A file or directory, whatever its names.
#[derive(Clone, Debug)]
enum Node {
    File { lasting: Vec<u8>, pending: Vec<Change>, len: u64 },
    Dir { lasting: BTreeMap<String, usize>, live: BTreeMap<String, usize> },
}

/// Changes of names that happen together: both halves of a rename, or one name.
#[derive(Clone, Debug)]
struct Renaming {
    changes: Vec<(usize, String, Option<usize>)>,
}

#[derive(Clone, Debug)]
struct Handle {
    /// Nothing for what is not on the disk.
    node: Option<usize>,
    append: bool,
    voice: bool,
    at: u64,
}

/// The state of the files below one directory, with what would survive.
#[derive(Clone, Debug)]
pub struct Disk {
    root: String,
    voice: String,
    nodes: Vec<Node>,
    renamings: Vec<Renaming>,
    handles: HashMap<i64, Handle>,
    /// Syncs under way: what they cover when they end well.
    syncs: HashMap<usize, (usize, u64, usize)>,
    time: u64,
    played: usize,
    said: String,
}

impl Disk {
    /// A disk that holds what is below `root` now, all of it lasting. `voice` is a file elsewhere
    /// to which the process writes what it tells the world.
    ///
    /// # Panics
    /// If a file can not be read.
    #[must_use]
    pub fn of(root: &Path, voice: &Path) -> Self {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let mut disk = Self {
            root: text(root),
            voice: text(voice),
            nodes: Vec::new(),
            renamings: Vec::new(),
            handles: HashMap::new(),
            syncs: HashMap::new(),
            time: 0,
            played: 0,
            said: String::new(),
        };
        disk.load(root);
        disk
    }

    fn load(&mut self, dir: &Path) -> usize {
        let own = self.nodes.len();
        let empty = BTreeMap::new;
        self.nodes.push(Node::Dir { lasting: empty(), live: empty() });
        let mut names = BTreeMap::new();
        for entry in fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let node = if entry.path().is_dir() {
                self.load(&entry.path())
            } else {
                let lasting = fs::read(entry.path()).unwrap();
                let len = lasting.len() as u64;
                self.add(Node::File { lasting, pending: Vec::new(), len })
            };
            names.insert(entry.file_name().into_string().unwrap(), node);
        }
        self.nodes[own] = Node::Dir { lasting: names.clone(), live: names };
        own
    }

    /// Plays the trace up to a step, from wherever it stands.
    ///
    /// # Panics
    /// If it stands later already, or meets a call on its files that it does not know.
    pub fn play_to(&mut self, trace: &Trace, end: usize) {
        assert!(self.played <= end, "a disk does not go back");
        for step in &trace.steps[self.played..end] {
            self.play(trace, *step);
        }
        self.played = end;
    }

    /// What the process has told the world, or may have begun to tell.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.said
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn nodes_of(&self, fd: i64) -> Option<usize> {
        self.handles.get(&fd)?.node
    }

    fn is_voice(&self, fd: i64) -> bool {
        self.handles.get(&fd).is_some_and(|handle| handle.voice)
    }

    /// Directory and name of a path, if it is below the root; the directory must be live.
    fn resolve(&self, at: Option<i64>, path: &str) -> Option<(usize, String)> {
        let (mut dir, rest) = if path.starts_with('/') {
            (0, Path::new(path).strip_prefix(&self.root).ok()?)
        } else {
            (self.nodes_of(at?)?, Path::new(path))
        };
        let mut words: Vec<&str> = Vec::new();
        for component in rest.components() {
            match component {
                Component::Normal(word) => words.push(word.to_str()?),
                Component::CurDir => {}
                _ => panic!("{path} is not plain"),
            }
        }
        let name = words.pop().unwrap_or(".").to_owned();
        for word in words {
            let Node::Dir { live, .. } = &self.nodes[dir] else { return None };
            dir = *live.get(word)?;
        }
        Some((dir, name))
    }

    fn live(&self, (dir, name): &(usize, String)) -> Option<usize> {
        if name == "." {
            return Some(*dir);
        }
        match &self.nodes[*dir] {
            Node::Dir { live, .. } => live.get(name).copied(),
            Node::File { .. } => None,
        }
    }

    fn rename(&mut self, changes: Vec<(usize, String, Option<usize>)>) {
        for (dir, name, node) in &changes {
            if let Node::Dir { live, .. } = &mut self.nodes[*dir] {
                set(live, name, *node);
            }
        }
        self.renamings.push(Renaming { changes });
    }

    fn play(&mut self, trace: &Trace, step: Step) {
        self.time += 1;
        match step {
            Step::Begin(call) => self.begin(call, &trace.calls[call]),
            Step::End(call, answer) => self.end(call, &trace.calls[call], answer),
        }
    }

    fn begin(&mut self, index: usize, call: &Call) {
        match call {
            Call::Write { fd, data, at } => {
                if self.is_voice(*fd) {
                    self.said.push_str(&String::from_utf8_lossy(data));
                }
                let Some(handle) = self.handles.get(fd).cloned() else { return };
                let Some(node) = handle.node else { return };
                if let Node::File { pending, len, .. } = &mut self.nodes[node] {
                    let at = if handle.append { *len } else { at.unwrap_or(handle.at) };
                    *len = (*len).max(at + data.len() as u64);
                    let kind = ChangeKind::Write(at, data.clone());
                    pending.push(Change { call: index, kind, ended: None });
                }
            }
            Call::Truncate { fd, len: to } => {
                let Some(node) = self.nodes_of(*fd) else { return };
                if let Node::File { pending, len, .. } = &mut self.nodes[node] {
                    *len = *to;
                    let kind = ChangeKind::Length(*to);
                    pending.push(Change { call: index, kind, ended: None });
                }
            }
            Call::Sync(fd) => {
                if let Some(node) = self.nodes_of(*fd) {
                    // What was renamed up to here is covered, if it has to do with this directory.
                    self.syncs.insert(index, (node, self.time, self.renamings.len()));
                }
            }
            Call::Close(fd) => {
                self.handles.remove(fd);
            }
            Call::Unknown(name, fd) => {
                let ours = fd.is_some_and(|fd| self.nodes_of(fd).is_some());
                assert!(!ours, "this simulation does not know the call {name}");
            }
            _ => {}
        }
    }

    fn end(&mut self, index: usize, call: &Call, answer: i64) {
        match call {
            Call::Write { fd, data, at } => self.end_write(index, *fd, data.len(), *at, answer),
            Call::Truncate { fd, .. } => self.end_write(index, *fd, 0, Some(0), answer),
            Call::Sync(_) => {
                if let (Some(covered), 0) = (self.syncs.remove(&index), answer) {
                    self.synced(covered);
                }
            }
            _ if answer < 0 => {}
            Call::Open { at, path, create, truncate, append } => {
                let node = self.opened(index, *at, path, *create, *truncate);
                let voice = path == &self.voice;
                self.handles.insert(answer, Handle { node, append: *append, voice, at: 0 });
            }
            Call::Dup(fd) => {
                if let Some(handle) = self.handles.get(fd).cloned() {
                    self.handles.insert(answer, handle);
                }
            }
            Call::Seek(fd) => {
                if let Some(handle) = self.handles.get_mut(fd) {
                    handle.at = u64::try_from(answer).unwrap();
                }
            }
            Call::Rename { from: (from_at, from), to: (to_at, to) } => {
                let (from, to) = (self.resolve(*from_at, from), self.resolve(*to_at, to));
                let (Some(from), Some(to)) = (from, to) else { return };
                let node = self.live(&from);
                self.rename(vec![(from.0, from.1, None), (to.0, to.1, node)]);
            }
            Call::Link { from: (from_at, from), to: (to_at, to) } => {
                let (from, to) = (self.resolve(*from_at, from), self.resolve(*to_at, to));
                let (Some(from), Some(to)) = (from, to) else { return };
                let node = self.live(&from);
                self.rename(vec![(to.0, to.1, node)]);
            }
            Call::Remove { at, path } => {
                let Some((dir, name)) = self.resolve(*at, path) else { return };
                self.rename(vec![(dir, name, None)]);
            }
            Call::MakeDir { at, path } => {
                let Some((dir, name)) = self.resolve(*at, path) else { return };
                let empty = BTreeMap::new;
                let node = self.add(Node::Dir { lasting: empty(), live: empty() });
                self.rename(vec![(dir, name, Some(node))]);
            }
            Call::Close(_) | Call::Idle | Call::Unknown(..) => {}
        }
    }

    fn opened(
        &mut self,
        index: usize,
        at: Option<i64>,
        path: &str,
        create: bool,
        truncate: bool,
    ) -> Option<usize> {
        let place = self.resolve(at, path)?;
        let node = match self.live(&place) {
            Some(node) => node,
            None if create => {
                let file = Node::File { lasting: Vec::new(), pending: Vec::new(), len: 0 };
                let node = self.add(file);
                self.rename(vec![(place.0, place.1, Some(node))]);
                node
            }
            None => panic!("{path} was opened and is not there"),
        };
        if truncate && let Node::File { pending, len, .. } = &mut self.nodes[node] {
            *len = 0;
            let ended = Some(self.time);
            pending.push(Change { call: index, kind: ChangeKind::Length(0), ended });
        }
        Some(node)
    }

    fn end_write(&mut self, index: usize, fd: i64, asked: usize, at: Option<u64>, answer: i64) {
        let time = self.time;
        // The handle may have been closed by another thread only after the call.
        let Some(handle) = self.handles.get_mut(&fd) else { return };
        let Some(node) = handle.node else { return };
        if at.is_none() && answer > 0 {
            handle.at += u64::try_from(answer).unwrap();
        }
        let Node::File { pending, .. } = &mut self.nodes[node] else { return };
        let Some(place) = pending.iter().rposition(|change| change.call == index) else { return };
        if answer < 0 {
            pending.remove(place);
        } else {
            let change = &mut pending[place];
            change.ended = Some(time);
            if let ChangeKind::Write(_, data) = &mut change.kind {
                data.truncate(usize::try_from(answer).unwrap());
            }
        }
        if answer < 0 || (answer as usize) < asked {
            let now = self.length(node);
            if let Node::File { len, .. } = &mut self.nodes[node] {
                *len = now;
            }
        }
    }

    /// The length of a file as the process sees it.
    fn length(&self, node: usize) -> u64 {
        let Node::File { lasting, pending, .. } = &self.nodes[node] else { return 0 };
        pending.iter().fold(lasting.len() as u64, |len, change| match &change.kind {
            ChangeKind::Write(at, data) => len.max(at + data.len() as u64),
            ChangeKind::Length(len) => *len,
        })
    }

    fn synced(&mut self, (node, began, renamings): (usize, u64, usize)) {
        let dir = match &mut self.nodes[node] {
            Node::File { lasting, pending, .. } => {
                for change in pending.iter().filter(|c| c.ended.is_some_and(|t| t < began)) {
                    change.kind.apply(lasting);
                }
                pending.retain(|change| change.ended.is_none_or(|ended| ended >= began));
                return;
            }
            Node::Dir { .. } => node,
        };
        // A rename has two halves: each is made to last by a sync of its own directory.
        for renaming in &mut self.renamings[..renamings] {
            for (_, name, node) in renaming.changes.extract_if(.., |(at, ..)| *at == dir) {
                if let Node::Dir { lasting, .. } = &mut self.nodes[dir] {
                    set(lasting, &name, node);
                }
            }
        }
    }

    /// Writes what the disk holds if the power fails now, to a new directory.
    ///
    /// # Panics
    /// If it can not be written.
    pub fn fail(&self, keep: Keep, to: &Path) {
        let mut random = Random(match keep {
            Keep::Some(seed) => seed,
            _ => 0,
        });
        let mut nodes = self.nodes.clone();
        // A fresh disk image is not always harsh on names: some seeds keep all of them.
        let (names, of) = match keep {
            Keep::Nothing => (0, 1),
            Keep::Some(_) => (random.below(5), 4),
            _ => (1, 1),
        };
        for renaming in &self.renamings {
            let kept = random.below(of) < names;
            for (dir, name, node) in renaming.changes.iter().filter(|_| kept) {
                if let Node::Dir { lasting, .. } = &mut nodes[*dir] {
                    set(lasting, name, *node);
                }
            }
        }
        write_dir(&nodes, 0, keep, &mut random, to);
    }
}

fn set(names: &mut BTreeMap<String, usize>, name: &str, node: Option<usize>) {
    match node {
        Some(node) => names.insert(name.to_owned(), node),
        None => names.remove(name),
    };
}

fn write_dir(nodes: &[Node], dir: usize, keep: Keep, random: &mut Random, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let Node::Dir { lasting, .. } = &nodes[dir] else { return };
    for (name, node) in lasting {
        match &nodes[*node] {
            Node::Dir { .. } => write_dir(nodes, *node, keep, random, &to.join(name)),
            Node::File { lasting, pending, .. } => {
                let mut content = lasting.clone();
                for change in pending {
                    apply_part(&mut content, &change.kind, keep, random);
                }
                fs::write(to.join(name), content).unwrap();
            }
        }
    }
}

fn apply_part(content: &mut Vec<u8>, change: &ChangeKind, keep: Keep, random: &mut Random) {
    match (keep, change) {
        (Keep::Nothing | Keep::Names, _) => {}
        (Keep::Everything, change) => change.apply(content),
        (Keep::Lengths, ChangeKind::Write(at, data)) => {
            let end = usize::try_from(*at).unwrap() + data.len();
            content.resize(content.len().max(end), 0);
        }
        (Keep::Lengths, change) => change.apply(content),
        (Keep::Some(_), ChangeKind::Length(_)) => {
            if random.below(2) == 0 {
                change.apply(content);
            }
        }
        (Keep::Some(_), ChangeKind::Write(at, data)) => {
            // Each sector of a torn write is there or not; or only a beginning of it is.
            let first = SECTOR - usize::try_from(*at).unwrap() % SECTOR;
            let starts = std::iter::once(0).chain((first..data.len()).step_by(SECTOR));
            let ends = (first..data.len()).step_by(SECTOR).chain([data.len()]);
            let sectors: Vec<_> = starts.zip(ends).collect();
            let whole = sectors.len() as u64;
            let kept: Box<dyn FnMut(u64) -> bool> = match random.below(4) {
                0 => Box::new(|_| false),
                1 => Box::new(|_| true),
                2 => {
                    let until = random.below(whole + 1);
                    Box::new(move |sector| sector < until)
                }
                _ => {
                    let mut own = Random(random.draw());
                    Box::new(move |_| own.below(2) == 0)
                }
            };
            let mut kept = kept;
            for (sector, (from, end)) in (0..).zip(sectors) {
                if kept(sector) {
                    write_at(content, at + from as u64, &data[from..end]);
                }
            }
        }
    }
}

/// A sequence of numbers from a seed.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        scramble(self.0)
    }

    /// The next number below `end`; 0 when there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw().checked_rem(end).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
