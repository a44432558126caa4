//! Calls as the tracer writes them.

use super::Call;

/// Splits `call(arguments) = answer`; nothing where the answer is `?`.
pub(super) fn split_answer(text: &str) -> Option<(&str, i64)> {
    let (asked, answer) = text.rsplit_once(" = ")?;
    let answer = answer.split_whitespace().next()?;
    let number = match answer.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok()?,
        None => answer.parse().ok()?,
    };
    Some((asked.trim_end().strip_suffix(')')?, number))
}

/// Splits arguments at the commas that are not inside brackets. Texts hold only `\x` escapes.
fn arguments(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

/// The bytes of `"\x..\x.."`.
fn bytes(text: &str) -> Vec<u8> {
    assert!(!text.ends_with("..."), "the tracer cut a text short");
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let byte = |c: &[u8]| {
        let digits = std::str::from_utf8(c.strip_prefix(br"\x")?).ok()?;
        u8::from_str_radix(digits, 16).ok()
    };
    let read = inner.and_then(|inner| inner.as_bytes().chunks(4).map(byte).collect());
    read.unwrap_or_else(|| panic!("not a text of the tracer's: {text}"))
}

/// The calls that are told with a text: bytes or a path.
const TEXTS: [&str; 18] = [
    "openat",
    "open",
    "creat",
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "rmdir",
    "unlinkat",
    "mkdir",
    "mkdirat",
];

pub(super) fn parse_call(text: &str) -> Call {
    let (name, rest) = text.split_once('(').unwrap();
    let args = arguments(rest);
    // Of a process that is killed meanwhile the tracer can only tell where its texts were, or not
    // even that (`NULL`). Nobody waits for such a call: nothing that was promised stands on it.
    let unread = |arg: &&str| {
        let place = arg.split_once("iov_base=").map_or(*arg, |(_, place)| place);
        place.starts_with("0x") || place.starts_with("NULL")
    };
    if TEXTS.contains(&name) && args.iter().any(unread) {
        return Call::Idle;
    }
    let fd = |index: usize| args[index].parse::<i64>().unwrap();
    let number = |index: usize| args[index].parse::<u64>().unwrap();
    let dir = |index: usize| (args[index] != "AT_FDCWD").then(|| fd(index));
    let path = |index: usize| String::from_utf8(bytes(args[index])).unwrap();
    let open = |at, path, flags: &str| {
        let has = |flag: &str| flags.split('|').any(|word| word == flag);
        let (create, truncate, append) = (has("O_CREAT"), has("O_TRUNC"), has("O_APPEND"));
        Call::Open { at, path, create, truncate, append }
    };
    let gathered = |index: usize| {
        let parts = args[index].split("iov_base=").skip(1);
        parts.flat_map(|part| bytes(part.split(',').next().unwrap())).collect()
    };
    match name {
        "openat" => open(dir(0), path(1), args[2]),
        "open" => open(None, path(0), args[1]),
        "creat" => open(None, path(0), "O_CREAT|O_TRUNC"),
        "close" => Call::Close(fd(0)),
        "dup" => Call::Dup(fd(0)),
        "fcntl" if args[1].starts_with("F_DUPFD") => Call::Dup(fd(0)),
        "write" => Call::Write { fd: fd(0), data: bytes(args[1]), at: None },
        "pwrite64" => Call::Write { fd: fd(0), data: bytes(args[1]), at: Some(number(3)) },
        "writev" => Call::Write { fd: fd(0), data: gathered(1), at: None },
        "pwritev" | "pwritev2" => Call::Write { fd: fd(0), data: gathered(1), at: Some(number(3)) },
        "ftruncate" => Call::Truncate { fd: fd(0), len: number(1) },
        "fsync" | "fdatasync" => Call::Sync(fd(0)),
        "lseek" => Call::Seek(fd(0)),
        "rename" => Call::Rename { from: (None, path(0)), to: (None, path(1)) },
        "renameat" | "renameat2" => Call::Rename { from: (dir(0), path(1)), to: (dir(2), path(3)) },
        "link" => Call::Link { from: (None, path(0)), to: (None, path(1)) },
        "linkat" => Call::Link { from: (dir(0), path(1)), to: (dir(2), path(3)) },
        "unlink" | "rmdir" => Call::Remove { at: None, path: path(0) },
        "unlinkat" => Call::Remove { at: dir(0), path: path(1) },
        "mkdir" => Call::MakeDir { at: None, path: path(0) },
        "mkdirat" => Call::MakeDir { at: dir(0), path: path(1) },
        // None of these makes anything last (syncfs and sync might; not to count them is harsher).
        "fcntl" | "sync_file_range" | "sync" | "syncfs" | "msync" => Call::Idle,
        other => {
            let first = args.first().and_then(|arg| arg.parse().ok());
            Call::Unknown(other.to_owned(), first)
        }
    }
}
