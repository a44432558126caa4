//! Golden files, and the tools that must open ours.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::*;

/// The seed of RFC 8032 7.1 TEST 2: a test key, published.
const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

const PASSWORD: &str = "mot de passe été";

fn secret() -> SecretKey {
    SecretKey::from_seed(&hex::decode(SEED).unwrap().try_into().unwrap())
}

fn cheap() -> Protection<'static> {
    Protection::Password { password: PASSWORD, cost: ScryptCost::TEST_ONLY }
}

fn load_vectors<T: DeserializeOwned>(file: &str) -> T {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.extend(["..", "fixtures", "vectors", "v1", "key_file", file]);
    serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    kind: String,
    pem: String,
    password: Option<String>,
    public_key: Option<PublicKey>,
    code: Option<String>,
    /// So many spaces after the text.
    padding: Option<usize>,
}

impl Vector {
    fn read(&self) -> Result<PublicKey, KeyFileError> {
        let text = format!("{}{}", self.pem, " ".repeat(self.padding.unwrap_or(0)));
        match self.kind.as_str() {
            "public" => public_from_pem(text.as_bytes()),
            "private" => from_pem(text.as_bytes(), self.password.as_deref())
                .map(|secret| secret.public_key()),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn good_vectors() {
    for vector in load_vectors::<Vec<Vector>>("vectors.json") {
        let key = vector.read().unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        assert_eq!(Some(key), vector.public_key, "{}", vector.name);
    }
}

#[test]
fn bad_vectors() {
    let mut wrong = Vec::new();
    for vector in load_vectors::<Vec<Vector>>("bad_key_files.json") {
        let error = vector.read().expect_err(&vector.name);
        if Some(error.code()) != vector.code.as_deref() {
            wrong.push(format!("{}: {}", vector.name, error.code()));
        }
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SEED) && !shown.contains("motdepasse"), "{}", vector.name);
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_is_written_reads_back() {
    let plain = to_pem(&secret(), Protection::None).unwrap();
    assert_eq!(from_pem(plain.as_bytes(), None).unwrap().public_key(), secret().public_key());
    let locked = to_pem(&secret(), cheap()).unwrap();
    assert!(locked.contains("BEGIN ENCRYPTED PRIVATE KEY"));
    let opened = from_pem(locked.as_bytes(), Some(PASSWORD)).unwrap();
    assert_eq!(opened.expose_seed(), secret().expose_seed());
    let decomposed: String = PASSWORD.replace('é', "e\u{301}");
    assert!(from_pem(locked.as_bytes(), Some(&decomposed)).is_ok());
    // A salt of its own each time.
    assert_ne!(*locked, *to_pem(&secret(), cheap()).unwrap());
    let public = public_to_pem(&secret().public_key()).unwrap();
    assert_eq!(public_from_pem(public.as_bytes()).unwrap(), secret().public_key());
}

#[test]
fn the_file_in_clear_is_the_version_1_of_the_library() {
    let der = private_der(&secret());
    assert_eq!(hex::encode(&*der), format!("302e020100300506032b657004220420{SEED}"));
    let info = pkcs8::PrivateKeyInfoRef::try_from(der.as_slice()).unwrap();
    assert_eq!(info.version(), pkcs8::Version::V1);
    assert_eq!(info.algorithm.oid, ED25519);
}

#[test]
fn no_bit_of_our_files_flips_unseen() {
    for (text, password) in [
        (to_pem(&secret(), Protection::None).unwrap(), None),
        (to_pem(&secret(), cheap()).unwrap(), Some(PASSWORD)),
    ] {
        for byte in 0..text.len() {
            for bit in [0_u8, 2, 5] {
                let mut damaged = text.as_bytes().to_vec();
                damaged[byte] ^= 1 << bit;
                // A change that costs nothing (to the name of the line) is no damage to the key.
                if let Ok(read) = from_pem(&damaged, password) {
                    assert_eq!(read.public_key(), secret().public_key(), "byte {byte}");
                }
            }
        }
    }
}

#[test]
fn passwords_and_costs_out_of_bounds_are_refused() {
    let empty = Protection::Password { password: "", cost: ScryptCost::TEST_ONLY };
    assert_eq!(to_pem(&secret(), empty).unwrap_err().code(), "key-file.empty-password");
    for (log_n, r, p) in [(0, 8, 1), (18, 8, 1), (64, 8, 1), (255, 8, 1), (14, 0, 1), (14, 8, 40)] {
        assert_eq!(ScryptCost::new(log_n, r, p).unwrap_err().code(), "key-file.too-costly");
    }
    assert_eq!(ScryptCost::new(14, 8, 5).unwrap(), ScryptCost::default());
    assert!(ScryptCost::new(17, 8, 1).is_ok());
}

#[test]
fn a_file_is_new_and_for_its_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("clé.pem");
    save(&path, &secret(), cheap()).unwrap();
    assert_eq!(load(&path, Some(PASSWORD)).unwrap().public_key(), secret().public_key());
    assert_eq!(load(&path, None).unwrap_err().code(), "key-file.password-needed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = std::fs::read(&path).unwrap();
    let again = save(&path, &SecretKey::from_seed(&[1; 32]), Protection::None);
    assert_eq!(again.unwrap_err().code(), "key-file.exists");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    // Nothing is left beside it.
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    let nowhere = directory.path().join("none").join("key.pem");
    assert_eq!(save(&nowhere, &secret(), cheap()).unwrap_err().code(), "key-file.io");
    assert_eq!(load(&nowhere, None).unwrap_err().code(), "key-file.io");
    assert_eq!(load(Path::new("/dev/zero"), None).unwrap_err().code(), "key-file.too-large");
}

#[cfg(unix)]
#[test]
fn a_dangling_link_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join("link");
    let target = directory.path().join("target");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let saved = save(&link, &secret(), Protection::None);
    assert_eq!(saved.unwrap_err().code(), "key-file.exists");
    assert!(!target.exists());
}

/// The check at the start may be overtaken: the step that gives the name must hold by itself.
#[test]
fn giving_the_name_replaces_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (new, taken) = (directory.path().join("new"), directory.path().join("taken"));
    std::fs::write(&new, "new").unwrap();
    std::fs::write(&taken, "old").unwrap();
    let published = store::publish(&new, &taken, b"new");
    assert_eq!(published.unwrap_err().code(), "key-file.exists");
    assert_eq!(std::fs::read(&taken).unwrap(), b"old");
}

#[test]
fn of_two_writers_one_wins() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key.pem");
    let winners: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4_u8)
            .map(|seed| {
                let path = path.clone();
                scope.spawn(move || {
                    let key = SecretKey::from_seed(&[seed; 32]);
                    usize::from(save(&path, &key, Protection::None).is_ok())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(winners, 1);
    load(&path, None).unwrap();
}

/// Runs `openssl` on a text; nothing when the tool is not there.
fn openssl(arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|_| eprintln!("skipped: no openssl command here"))
        .ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn openssl_opens_our_files_and_we_open_its() {
    let public = public_to_pem(&secret().public_key()).unwrap();
    let plain = to_pem(&secret(), Protection::None).unwrap();
    let Some(theirs) = openssl(&["pkey", "-pubout"], &plain) else {
        return;
    };
    assert_eq!(theirs, public);

    // With the default cost: what OpenSSL opens at most is why it is not higher.
    let strong = Protection::Password { password: PASSWORD, cost: ScryptCost::STRONG };
    let locked = to_pem(&secret(), strong).unwrap();
    let word = format!("pass:{PASSWORD}");
    let opened = openssl(&["pkey", "-pubout", "-passin", &word], &locked);
    assert_eq!(opened, Some(public));

    let writers: [&[&str]; 2] = [
        &["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "8", "-scrypt_p", "1"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", "2048"],
    ];
    for writer in writers {
        let arguments = [&["pkcs8", "-topk8", "-passout", &word], writer].concat();
        let theirs = openssl(&arguments, &plain).unwrap();
        let key = from_pem(theirs.as_bytes(), Some(PASSWORD)).unwrap();
        assert_eq!(key.public_key(), secret().public_key());
    }
}

proptest::proptest! {
    #[test]
    fn arbitrary_files_do_no_harm(
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        label in proptest::sample::select(vec![PRIVATE_LABEL, ENCRYPTED_LABEL, PUBLIC_LABEL]),
    ) {
        let text = pem::encode_string(label, LineEnding::LF, &body).unwrap();
        let _ = from_pem(text.as_bytes(), Some("x"));
        let _ = public_from_pem(text.as_bytes());
        let _ = from_pem(&body, None);
    }

    /// Headers that are nearly right reach further than noise does.
    #[test]
    fn nearly_good_files_do_no_harm(
        edits in proptest::collection::vec((0_usize..400, proptest::prelude::any::<u8>()), 1..4),
        which in 0_usize..3,
    ) {
        let texts = [
            to_pem(&secret(), Protection::None).unwrap(),
            to_pem(&secret(), cheap()).unwrap(),
            Zeroizing::new(public_to_pem(&secret().public_key()).unwrap()),
        ];
        let (label, mut body) = decode(texts[which].as_bytes()).unwrap();
        for (at, byte) in edits {
            let length = body.len();
            body[at % length] = byte;
        }
        let text = pem::encode_string(label, LineEnding::LF, &body).unwrap();
        // A cost within the limits may still be slow: only the header is of interest.
        if label != ENCRYPTED_LABEL {
            let _ = from_pem(text.as_bytes(), None);
        }
        let _ = public_from_pem(text.as_bytes());
    }
}
