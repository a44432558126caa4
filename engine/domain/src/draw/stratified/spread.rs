//! Probabilities for a pool of compositions that give exactly a mean: near equal ones, by a method
//! of interior points in fixed point, and then, for as many of them as it takes, the exact solution
//! of the equations that are left.
//!
//! Compositions dealt out around a mean miss it by little, and there are more of them than types,
//! so that changes to equal probabilities make up for that. Newton's method looks for those whose
//! product is greatest, which keeps all of them away from 0.
//! Nothing here is trusted: what is returned has exactly the mean.

use super::hull::Mixture;
use super::number::{Fixed, Number as _, POINT};
use super::padic;
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};

/// Steps before a pool is given up.
const STEPS_MAX: usize = 40;
/// Binary digits after the point to which the mean is met before only the rest of it counts.
const CLOSE_BITS: u32 = 20;
/// Binary digits after the point of the shortest step.
const REACH_BITS: u32 = 10;
/// Binary digits after the point of the least that is divided by.
const LEAST_BITS: u32 = 40;
/// Binary digits after the point to which the mean is met before the rest is solved for exactly.
const NEAR_BITS: u32 = 46;
/// Binary digits of the probabilities that are not solved for.
const SHARE_BITS: u32 = 48;
/// Dependent compositions in a row after which no independent ones are looked for.
const DEPENDENT_MAX: usize = 32;

/// A composition by the types that it has.
pub(super) type Sparse = Vec<(usize, u32)>;

/// Probabilities of compositions with this mean, if they are found.
pub(super) fn spread(pool: &[Sparse], mean: &[BigRational]) -> Option<Mixture> {
    let shares = Spread::new(pool, mean)?.run()?;
    exact(pool, mean, &shares)
}

/// The search for near equal probabilities. All are scaled by the number of compositions.
struct Spread<'a> {
    pool: &'a [Sparse],
    goal: Vec<i128>,
    shares: Vec<Fixed>,
}

impl<'a> Spread<'a> {
    fn new(pool: &'a [Sparse], mean: &[BigRational]) -> Option<Self> {
        let count = BigInt::from(pool.len()) << POINT;
        let scaled = |mean: &BigRational| (mean * &count).round().to_integer().to_i128();
        let goal = mean.iter().map(scaled).collect::<Option<_>>()?;
        Some(Self { pool, goal, shares: vec![Fixed::whole(1); pool.len()] })
    }

    /// Shares in parts of 2^-60, if the goal is met.
    fn run(mut self) -> Option<Vec<i128>> {
        for _ in 0..STEPS_MAX {
            let missing = self.missing();
            let most = missing.iter().map(|missing| missing.unsigned_abs()).max().unwrap_or(0);
            if most >> (POINT - NEAR_BITS) == 0 {
                return Some(self.shares.iter().map(|share| share.parts()).collect());
            }
            // Close by, only what is missing counts; it is scaled to near 1, so that it does not
            // drown in the last digits.
            let is_near = most >> (POINT - CLOSE_BITS) == 0;
            let up = most.leading_zeros().saturating_sub(128 - POINT - 1).min(POINT);
            let changes = if is_near { self.correction(&missing, up) } else { self.step(&missing) };
            let far = self.reach(&changes);
            if far.parts() >> (POINT - REACH_BITS) == 0 {
                return None;
            }
            for (share, change) in self.shares.iter_mut().zip(changes) {
                *share = share.plus(&Fixed::of_parts(change).times(&far));
            }
        }
        None
    }

    /// What the mean lacks.
    fn missing(&self) -> Vec<i128> {
        let mut missing = self.goal.clone();
        for (composition, share) in self.pool.iter().zip(&self.shares) {
            for (t, count) in composition {
                if let Some(missing) = missing.get_mut(*t) {
                    *missing -= share.many(*count).parts();
                }
            }
        }
        missing
    }

    /// Newton's step towards the greatest product of shares that meets the goal.
    fn step(&self, missing: &[i128]) -> Vec<i128> {
        let pairs = missing.iter().zip(&self.goal);
        // What is missing, less all that there is.
        let right = pairs.map(|(missing, goal)| Fixed::of_parts(2 * missing - goal)).collect();
        let changes = self.changes(right);
        changes
            .into_iter()
            .zip(&self.shares)
            .map(|(change, share)| change + share.parts())
            .collect()
    }

    /// The change that is least, in proportion to the shares, of those that meet the goal.
    fn correction(&self, missing: &[i128], up: u32) -> Vec<i128> {
        let right = missing.iter().map(|missing| Fixed::of_parts(missing << up)).collect();
        self.changes(right).into_iter().map(|change| change >> up).collect()
    }

    /// How far to go: at most nine tenths of the way to where the first share would be 0.
    fn reach(&self, changes: &[i128]) -> Fixed {
        let mut far = Fixed::whole(1);
        for (share, change) in self.shares.iter().zip(changes).filter(|(_, change)| **change < 0) {
            let down = Fixed::of_parts(change.saturating_neg());
            let most = share.parts().saturating_mul(9) / 10;
            if down.parts() > most {
                far = far.min(Fixed::of_parts(most).over(&down).unwrap_or(far));
            }
        }
        far
    }

    /// Changes of shares, each its square times what its composition is worth at prices with which
    /// they add up to what is asked for.
    fn changes(&self, right: Vec<Fixed>) -> Vec<i128> {
        let squares: Vec<Fixed> = self.shares.iter().map(|share| share.times(share)).collect();
        let mut rows: Vec<Vec<Fixed>> =
            (0..right.len()).map(|row| vec![Fixed::nought(); right.len() - row]).collect();
        for (composition, square) in self.pool.iter().zip(&squares) {
            for (at, (t, count)) in composition.iter().enumerate() {
                let Some(row) = rows.get_mut(*t) else { continue };
                let times = square.many(*count);
                for (other, more) in composition.iter().skip(at) {
                    if let Some(entry) = row.get_mut(other - t) {
                        *entry = entry.plus(&times.many(*more));
                    }
                }
            }
        }
        let prices = symmetric(rows, right);
        let each = self.pool.iter().zip(&squares);
        each.map(|(composition, square)| worth(composition, &prices).times(square).parts())
            .collect()
    }
}

/// Solves equations whose matrix is symmetric and has no negative direction, given the rows from
/// the diagonal on. What depends on earlier unknowns is 0.
fn symmetric(mut rows: Vec<Vec<Fixed>>, mut right: Vec<Fixed>) -> Vec<Fixed> {
    let mut inverses = Vec::with_capacity(rows.len());
    for at in 0..rows.len() {
        let pivot = rows.get_mut(at).map(std::mem::take).unwrap_or_default();
        let own = right.get(at).copied().unwrap_or_else(Fixed::nought);
        let first =
            pivot.first().copied().filter(|first| first.parts() >> (POINT - LEAST_BITS) > 0);
        let inverse = first.and_then(|first| Fixed::whole(1).over(&first));
        if let Some(inverse) = inverse {
            for (by, entry) in pivot.iter().enumerate().skip(1).filter(|(_, e)| e.parts() != 0) {
                let factor = entry.times(&inverse).negated();
                if let Some(row) = rows.get_mut(at + by) {
                    for (entry, other) in row.iter_mut().zip(pivot.iter().skip(by)) {
                        *entry = entry.plus_product(&factor, other);
                    }
                }
                if let Some(right) = right.get_mut(at + by) {
                    *right = right.plus_product(&factor, &own);
                }
            }
        }
        inverses.push(inverse);
        if let Some(row) = rows.get_mut(at) {
            *row = pivot;
        }
    }
    let mut solution = vec![Fixed::nought(); rows.len()];
    for (at, (row, inverse)) in rows.iter().zip(inverses).enumerate().rev() {
        let Some(inverse) = inverse else { continue };
        let known = row.iter().zip(solution.iter().skip(at)).skip(1);
        let rest = known
            .fold(right.get(at).copied().unwrap_or_else(Fixed::nought), |rest, (a, x)| {
                rest.minus(&a.times(x))
            });
        if let Some(entry) = solution.get_mut(at) {
            *entry = rest.times(&inverse);
        }
    }
    solution
}

/// What a composition is worth.
pub(super) fn worth(composition: &[(usize, u32)], weights: &[Fixed]) -> Fixed {
    composition.iter().fold(Fixed::nought(), |total, (t, count)| {
        let weight = weights.get(*t).copied().unwrap_or_else(Fixed::nought);
        total.plus(&weight.many(*count))
    })
}

/// Probabilities of which most are near the shares, cut to few digits, and the others are solved
/// for.
fn exact(pool: &[Sparse], mean: &[BigRational], shares: &[i128]) -> Option<Mixture> {
    let mut order: Vec<usize> = (0..pool.len()).collect();
    order.sort_by_key(|index| (shares.get(*index).map(|share| -share), *index));
    let ordered: Vec<&Sparse> = order.iter().filter_map(|index| pool.get(*index)).collect();
    let (solved, rows) = padic::independent(&ordered, mean.len(), DEPENDENT_MAX);
    let mut place = vec![None; mean.len()];
    for (index, row) in rows.iter().enumerate() {
        *place.get_mut(*row)? = Some(index);
    }
    let scale = mean.iter().fold(BigInt::one(), |scale, mean| scale.lcm(mean.denom()));
    let whole = |mean: &BigRational| (mean.numer() * (&scale / mean.denom())) << SHARE_BITS;
    let mut right: Vec<BigInt> = mean.iter().map(whole).collect();
    let count = i128::try_from(pool.len()).ok()?;
    let mut is_solved = vec![false; pool.len()];
    let mut columns = Vec::new();
    for at in &solved {
        *is_solved.get_mut(*order.get(*at)?)? = true;
        let entries = ordered.get(*at)?.iter();
        columns.push(
            entries.filter_map(|(t, count)| Some(((*place.get(*t)?)?, *count))).collect::<Sparse>(),
        );
    }
    let cut = |share: &i128| (share >> (POINT - SHARE_BITS)) / count.max(1);
    let cuts: Vec<i128> = shares.iter().map(cut).collect();
    let fixed = || pool.iter().zip(&cuts).zip(&is_solved).filter(|(_, solved)| !**solved);
    for ((composition, cut), _) in fixed() {
        let taken = &scale * *cut;
        for (t, count) in composition {
            *right.get_mut(*t)? -= &taken * *count;
        }
    }
    let right: Vec<BigInt> = rows.iter().filter_map(|row| right.get(*row).cloned()).collect();
    let solution = padic::solve(&columns, &right)?;
    let mut parts: Vec<(&Sparse, BigInt)> = Vec::new();
    for ((composition, cut), _) in fixed() {
        parts.push((composition, &scale * &solution.denominator * *cut));
    }
    for (at, numerator) in solved.iter().zip(solution.numerators) {
        parts.push((ordered.get(*at)?, numerator));
    }
    let denominator = (solution.denominator * scale) << SHARE_BITS;
    holds(&parts, &denominator, mean).then(|| mixture(parts, &denominator, mean.len()))
}

/// Whether the parts make the mean, and none is negative.
fn holds(parts: &[(&Sparse, BigInt)], denominator: &BigInt, mean: &[BigRational]) -> bool {
    let mut sums = vec![BigInt::zero(); mean.len()];
    for (composition, numerator) in parts {
        for (t, count) in *composition {
            if let Some(sum) = sums.get_mut(*t) {
                *sum += numerator * *count;
            }
        }
    }
    let equal =
        |(sum, mean): (&BigInt, &BigRational)| sum * mean.denom() == mean.numer() * denominator;
    parts.iter().all(|(_, numerator)| !numerator.is_negative()) && sums.iter().zip(mean).all(equal)
}

fn mixture(parts: Vec<(&Sparse, BigInt)>, denominator: &BigInt, types: usize) -> Mixture {
    let positive = parts.into_iter().filter(|(_, numerator)| numerator.is_positive());
    let each = positive.map(|(composition, numerator)| {
        (dense(composition, types), BigRational::new(numerator, denominator.clone()))
    });
    each.collect()
}

/// A composition with all types.
pub(super) fn dense(composition: &[(usize, u32)], types: usize) -> Vec<u32> {
    let mut dense = vec![0; types];
    for (t, count) in composition {
        if let Some(place) = dense.get_mut(*t) {
            *place = *count;
        }
    }
    dense
}
