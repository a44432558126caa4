//! PBES2: a key derived from the password, and AES-256-CBC.

use pkcs8::pkcs5::pbes2::{self, Kdf, Pbkdf2Prf};
use pkcs8::pkcs5::{self, EncryptionScheme, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::error::KeyFileError;
use crate::crypto::random;

/// Most memory that reading a file may take, in bytes: scrypt with N = 2^17 and r = 8.
const MAX_SCRYPT_MEMORY: u64 = 128 << 20;

/// Most work that reading a file may take, as N * r * p: four times the most that OWASP asks for.
const MAX_SCRYPT_WORK: u64 = 1 << 22;

/// Most rounds of PBKDF2 that reading a file may take: a few seconds.
const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// What one guess at the password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScryptCost {
    log_n: u8,
    r: u16,
    p: u16,
}

impl ScryptCost {
    /// N = 2^14, r = 8, p = 5: one of the equivalent minima of OWASP, the one that OpenSSL opens.
    ///
    /// OpenSSL refuses to use more than 32 MiB, hence N; p then brings the work back.
    pub const STRONG: Self = Self { log_n: 14, r: 8, p: 5 };

    /// For tests only: a guess costs nothing.
    pub const TEST_ONLY: Self = Self { log_n: 4, r: 1, p: 1 };

    /// Other parameters: N is two to the power of `log_n`.
    ///
    /// # Errors
    ///
    /// `key-file.too-costly` when our own reader would refuse them.
    pub fn new(log_n: u8, r: u16, p: u16) -> Result<Self, KeyFileError> {
        let n = 1_u64.checked_shl(u32::from(log_n)).ok_or(KeyFileError::TooCostly)?;
        check_scrypt(n, r, p)?;
        Ok(Self { log_n, r, p })
    }
}

impl Default for ScryptCost {
    fn default() -> Self {
        Self::STRONG
    }
}

fn check_scrypt(n: u64, r: u16, p: u16) -> Result<(), KeyFileError> {
    let block = n.checked_mul(u64::from(r)).ok_or(KeyFileError::TooCostly)?;
    let memory = block.checked_mul(128).ok_or(KeyFileError::TooCostly)?;
    let work = block.checked_mul(u64::from(p)).ok_or(KeyFileError::TooCostly)?;
    let within = n >= 2 && n.is_power_of_two() && work > 0;
    if within && memory <= MAX_SCRYPT_MEMORY && work <= MAX_SCRYPT_WORK {
        Ok(())
    } else {
        Err(KeyFileError::TooCostly)
    }
}

/// One password for all keyboards: some send accents decomposed.
fn normalised(password: &str) -> Zeroizing<String> {
    // NFC may lengthen a text up to threefold; a string that grew would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(password.len().saturating_mul(3)));
    text.extend(password.nfc());
    text
}

pub(super) fn encrypt(
    der: &[u8],
    password: &str,
    cost: ScryptCost,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    if password.is_empty() {
        return Err(KeyFileError::EmptyPassword);
    }
    let salt = random::<16>().map_err(|_| KeyFileError::NoEntropy)?;
    let iv = random::<16>().map_err(|_| KeyFileError::NoEntropy)?;
    let params = scrypt::Params::new(cost.log_n, cost.r.into(), cost.p.into())
        .map_err(|_| KeyFileError::TooCostly)?;
    let scheme = pbes2::Parameters::generate_scrypt_aes256cbc(params, salt.as_slice(), *iv)
        .map_err(|_| KeyFileError::TooCostly)?;
    let key = PrivateKeyInfoRef::try_from(der).map_err(|_| KeyFileError::Malformed)?;
    let document = key
        .encrypt_with_params(scheme, normalised(password).as_bytes())
        .map_err(|_| KeyFileError::Malformed)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

pub(super) fn decrypt(der: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| KeyFileError::Malformed)?;
    let EncryptionScheme::Pbes2(scheme) = &info.encryption_algorithm else {
        return Err(KeyFileError::UnsupportedEncryption);
    };
    check_scheme(scheme)?;
    let plain = scheme.decrypt(normalised(password).as_bytes(), info.encrypted_data.as_bytes());
    match plain {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(pkcs5::Error::UnsupportedAlgorithm { .. }) => Err(KeyFileError::UnsupportedEncryption),
        Err(pkcs5::Error::AlgorithmParametersInvalid { .. }) => Err(KeyFileError::Malformed),
        Err(_) => Err(KeyFileError::WrongPassword),
    }
}

/// Before any work: a file must not cost its reader more than the limits above.
fn check_scheme(scheme: &pbes2::Parameters) -> Result<(), KeyFileError> {
    if !matches!(scheme.encryption, pbes2::EncryptionScheme::Aes256Cbc { .. }) {
        return Err(KeyFileError::UnsupportedEncryption);
    }
    match &scheme.kdf {
        Kdf::Scrypt(params) => {
            check_scrypt(params.cost_parameter, params.block_size, params.parallelization)
        }
        Kdf::Pbkdf2(params) if params.prf != Pbkdf2Prf::HmacWithSha256 => {
            Err(KeyFileError::UnsupportedEncryption)
        }
        Kdf::Pbkdf2(params) if !(1..=MAX_PBKDF2_ROUNDS).contains(&params.iteration_count) => {
            Err(KeyFileError::TooCostly)
        }
        Kdf::Pbkdf2(_) => Ok(()),
        _ => Err(KeyFileError::UnsupportedEncryption),
    }
}
