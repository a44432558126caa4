//! What proves that a composed draw has the fairest chances: the levels, as a file.
//!
//! The compositions and weights are those of the draw itself; with the quotas and this file,
//! whoever likes checks that they are leximin: `docs/spec/draws.md` 11.

use archipel_domain::draw::stratified::{Fault, Level, Lottery, Problem, verify};
use archipel_domain::draw::{Design, Distribution};
use num_rational::BigRational;
use serde::{Deserialize, Serialize};

/// What says of a file that it is one.
const FORMAT: &str = "archipel.draw-certificate/1";

/// One level; fractions are texts, `p/q`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedLevel {
    /// What no composition exceeds.
    pub cap: String,
    /// The probability of everybody at this level.
    pub probability: String,
    /// The types at this level, by number.
    pub types: Vec<usize>,
    /// One weight for each type.
    pub weights: Vec<String>,
}

/// The levels of a lottery, and by how much it falls short of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// `archipel.draw-certificate/1`.
    pub format: String,
    /// The levels, the lowest first.
    pub levels: Vec<CertifiedLevel>,
    /// 0 if the lottery is leximin.
    pub shortfall: String,
}

/// Why a certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// No certificate of this version, or a number in it can not be read.
    #[error("the file is no certificate of a draw")]
    Form,
    /// The draw is of another design, or of other features or types than the quotas.
    #[error("the draw is not one of these quotas")]
    OtherProblem,
    /// The shortfall that it claims is another.
    #[error("the certificate claims another shortfall")]
    Shortfall,
    /// The lottery is not what it says.
    #[error("{0}")]
    Lottery(Fault),
}

impl CertificateFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form => "certificate.form",
            Self::OtherProblem => "certificate.other-problem",
            Self::Shortfall => "certificate.shortfall",
            Self::Lottery(fault) => fault.code(),
        }
    }
}

impl Certificate {
    /// The certificate of a lottery.
    #[must_use]
    pub fn new(lottery: &Lottery) -> Self {
        let level = |level: &Level| CertifiedLevel {
            cap: level.cap.to_string(),
            probability: level.probability.to_string(),
            types: level.types.clone(),
            weights: level.weights.iter().map(ToString::to_string).collect(),
        };
        Self {
            format: FORMAT.to_owned(),
            levels: lottery.levels.iter().map(level).collect(),
            shortfall: lottery.shortfall.to_string(),
        }
    }

    /// The levels, to be checked.
    ///
    /// # Errors
    /// [`CertificateFault::Form`].
    pub fn levels(&self) -> Result<Vec<Level>, CertificateFault> {
        if self.format != FORMAT {
            return Err(CertificateFault::Form);
        }
        let level = |level: &CertifiedLevel| {
            Ok(Level {
                probability: fraction(&level.probability)?,
                types: level.types.clone(),
                weights: level
                    .weights
                    .iter()
                    .map(|text| fraction(text))
                    .collect::<Result<_, _>>()?,
                cap: fraction(&level.cap)?,
            })
        };
        self.levels.iter().map(level).collect()
    }
}

fn fraction(text: &str) -> Result<BigRational, CertificateFault> {
    // Zero denominators do not parse.
    text.parse().map_err(|_| CertificateFault::Form)
}

/// Checks the distribution of a draw and the levels that are claimed of it against the quotas.
/// What passes is leximin if its shortfall is 0, and only then.
///
/// # Errors
/// The first [`CertificateFault`].
pub fn certified(
    problem: &Problem,
    design: &Design,
    certificate: &Certificate,
) -> Result<Lottery, CertificateFault> {
    let Design::Composed(distribution) = design else {
        return Err(CertificateFault::OtherProblem);
    };
    let lottery = lottery(problem, distribution, certificate)?;
    verify(problem, &lottery).map_err(CertificateFault::Lottery)?;
    if lottery.shortfall == fraction(&certificate.shortfall)? {
        Ok(lottery)
    } else {
        Err(CertificateFault::Shortfall)
    }
}

fn lottery(
    problem: &Problem,
    distribution: &Distribution,
    certificate: &Certificate,
) -> Result<Lottery, CertificateFault> {
    let levels = certificate.levels()?;
    Lottery::of(problem, distribution, levels).ok_or(CertificateFault::OtherProblem)
}
