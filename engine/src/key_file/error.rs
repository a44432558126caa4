//! What can go wrong with a key file: a closed list with stable codes.

use std::io;

/// Why a key file is refused. No message holds anything of the key or of the password.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Larger than any key file.
    #[error("the file is too large for a key file")]
    TooLarge,
    /// No PEM block.
    #[error("the file holds no well-formed PEM block")]
    NotPem,
    /// A PEM block of something else.
    #[error("the file holds no key of a known form (PKCS#8 or SubjectPublicKeyInfo)")]
    NotKey,
    /// A public key where a private one is needed.
    #[error("the file holds a public key, not a private one")]
    NotPrivate,
    /// A private key where a public one is needed.
    #[error("the file holds a private key, not a public one")]
    NotPublic,
    /// A key of another algorithm.
    #[error("the key is not an Ed25519 key")]
    NotEd25519,
    /// PKCS#8 version 2.
    #[error(
        "the key is in PKCS#8 version 2, which other tools refuse: \
         convert it to version 1 (without the public key)"
    )]
    Version2,
    /// Anything else in the place of the key.
    #[error("the key is malformed")]
    Malformed,
    /// The key is not the one that the file names.
    #[error("the file is damaged: its key is not the one it names")]
    Damaged,
    /// Encrypted, and no password was given.
    #[error("the key is encrypted: a password is needed")]
    PasswordNeeded,
    /// The password does not open the file, or the file is damaged.
    #[error("the password is wrong, or the file is damaged")]
    WrongPassword,
    /// An empty password asked for.
    #[error("the password is empty")]
    EmptyPassword,
    /// Encrypted in a way that is not supported.
    #[error(
        "the encryption is not supported: use scrypt, or PBKDF2 with HMAC-SHA-256, \
         and AES-256-CBC"
    )]
    UnsupportedEncryption,
    /// Key derivation parameters outside the limits.
    #[error("the key derivation of the file asks for too much, or for nothing")]
    TooCostly,
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    NoEntropy,
    /// There is a file already.
    #[error("a file of this name exists already: key files are never overwritten")]
    Exists,
    /// The file could not be read or written.
    #[error("the key file could not be read or written: {0}")]
    Io(#[source] io::Error),
}

impl KeyFileError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "key-file.too-large",
            Self::NotPem => "key-file.not-pem",
            Self::NotKey => "key-file.not-key",
            Self::NotPrivate => "key-file.not-private",
            Self::NotPublic => "key-file.not-public",
            Self::NotEd25519 => "key-file.not-ed25519",
            Self::Version2 => "key-file.version-2",
            Self::Malformed => "key-file.malformed",
            Self::Damaged => "key-file.damaged",
            Self::PasswordNeeded => "key-file.password-needed",
            Self::WrongPassword => "key-file.wrong-password",
            Self::EmptyPassword => "key-file.empty-password",
            Self::UnsupportedEncryption => "key-file.unsupported-encryption",
            Self::TooCostly => "key-file.too-costly",
            Self::NoEntropy => "key-file.no-entropy",
            Self::Exists => "key-file.exists",
            Self::Io(_) => "key-file.io",
        }
    }
}
