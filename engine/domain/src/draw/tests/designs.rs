use super::*;

fn names(pool: &Pool, drawn: &Drawn) -> Vec<Vec<String>> {
    let each = |stratum: &Stratum| ids(pool, &[&stratum.drawn[..], &stratum.alternates].concat());
    drawn.strata.iter().map(each).collect()
}

#[test]
fn the_order_of_the_file_changes_nothing() {
    let forward = people(50, "p", "group=a f=x");
    let backward: Vec<Person> = forward.iter().rev().cloned().collect();
    let pools = [Pool::new(forward).unwrap(), Pool::new(backward).unwrap()];
    assert_eq!(pools[0].root(), pools[1].root());
    for design in [
        Design::Simple,
        Design::Seats(groups("a=5")),
        Design::Composed(distribution("x", &[(3, &[5])])),
    ] {
        let parameters = parameters(design, 5, 3);
        let drawn = pools.each_ref().map(|pool| draw(pool, &parameters, &seed(1)).unwrap());
        assert_eq!(names(&pools[0], &drawn[0]), names(&pools[1], &drawn[1]));
        // The same again, and another by another seed.
        assert_eq!(draw(&pools[0], &parameters, &seed(1)).unwrap(), drawn[0]);
        assert_ne!(draw(&pools[0], &parameters, &seed(2)).unwrap(), drawn[0]);
        assert_eq!(drawn[0].strata[0].alternates.len(), 3);
    }
}

#[test]
fn alternates_continue_the_draw() {
    let pool = Pool::new(people(9, "p", "")).unwrap();
    let long = draw(&pool, &parameters(Design::Simple, 3, 99), &seed(5)).unwrap();
    let all = [&long.strata[0].drawn[..], &long.strata[0].alternates].concat();
    assert_eq!(all.len(), 9);
    for seats in 1..9 {
        let drawn = draw(&pool, &parameters(Design::Simple, seats, 0), &seed(5)).unwrap();
        assert_eq!(drawn.strata[0].drawn, all[..seats as usize]);
        assert_eq!(drawn.panel().count(), seats as usize);
    }
}

#[test]
fn largest_remainders() {
    let of = |weights: &str, seats| largest_remainder(&groups(weights), seats);
    // 4 and 4/14, 4 and 4/14, 1 and 6/14.
    let shares = of("a=6 b=6 c=2", 10);
    assert_eq!(shares, Apportionment { seats: vec![4, 4, 2], tied: vec![], open: 0 });
    // 47 000, 16 000, 15 900, 12 000, 6 000, 3 100 for ten seats.
    let shares = of("a=47000 b=16000 c=15900 d=12000 e=6000 f=3100", 10);
    assert_eq!(shares, Apportionment { seats: vec![5, 2, 1, 1, 1, 0], tied: vec![], open: 0 });
    // Equal remainders.
    let shares = of("a=1 b=1 c=1", 10);
    assert_eq!(shares, Apportionment { seats: vec![3; 3], tied: vec![0, 1, 2], open: 1 });
    let shares = of("a=1 b=1 c=1", 11);
    assert_eq!(shares, Apportionment { seats: vec![3; 3], tied: vec![0, 1, 2], open: 2 });
    assert_eq!(of("a=1 b=1 c=1", 12).tied, [0_usize; 0]);
    assert_eq!(of("a=1 b=0", 3).seats, [3, 0]);
    // A tie for the last, below one that is above it.
    let shares = of("a=3 b=3 c=4", 2);
    assert_eq!(shares, Apportionment { seats: vec![0, 0, 1], tied: vec![0, 1], open: 1 });
    for number in 0..20 {
        let Lot::Seed(seed) = seed(number) else { panic!() };
        let settled = shares.settle(&Lottery::new(seed));
        assert_eq!((settled.iter().sum::<u32>(), settled[2]), (2, 1));
    }
}

#[test]
fn households_have_one_seat() {
    let text = "a home=1\nb home=1\nc home=1\nd home=2\ne home=2\nf\ng\nh";
    let pool = pool(text);
    let rules = Parameters { one_per_household: true, ..parameters(Design::Simple, 3, 2) };
    for number in 0..200 {
        let drawn = draw(&pool, &rules, &seed(number)).unwrap();
        let all = ids(&pool, &[&drawn.strata[0].drawn[..], &drawn.strata[0].alternates].concat());
        assert_eq!(all.len(), 5);
        assert_eq!(all.iter().filter(|id| "abc".contains(&***id)).count(), 1);
        assert_eq!(all.iter().filter(|id| "de".contains(&***id)).count(), 1);
    }
    let Lot::Seed(hash) = seed(1) else { panic!() };
    assert_eq!(representatives(&pool, hash).len(), 5);
    let six = Parameters { one_per_household: true, ..parameters(Design::Simple, 6, 0) };
    assert_eq!(draw(&pool, &six, &seed(1)), Err(DrawError::TooFewPeople));
    let split = super::pool("a home=1 group=x\nb home=1 group=y");
    let design = Design::Seats(groups("x=1 y=0"));
    let rules = Parameters { one_per_household: true, ..parameters(design, 1, 0) };
    assert_eq!(draw(&split, &rules, &seed(1)), Err(DrawError::HouseholdAcrossGroups));
}

#[test]
fn what_can_not_be_drawn() {
    let pool = pool("a group=x f=1\nb group=x f=1\nc group=y f=2");
    let refused = |rules: &Parameters| {
        let error = draw(&pool, rules, &seed(1)).unwrap_err();
        assert_eq!(chances(&pool, rules).unwrap_err(), error);
        error
    };
    let of = |design, seats| refused(&parameters(design, seats, 0));
    let composed = |types: &str, rows: &[(u32, &[u32])], seats| {
        of(Design::Composed(distribution(types, rows)), seats)
    };
    assert_eq!(of(Design::Simple, 0), DrawError::SeatCount);
    assert_eq!(of(Design::Simple, 100_001), DrawError::SeatCount);
    assert_eq!(refused(&parameters(Design::Simple, 1, 100_001)), DrawError::SeatCount);
    assert_eq!(of(Design::Simple, 4), DrawError::TooFewPeople);
    assert_eq!(of(Design::Seats(groups("x=1 y=2")), 3), DrawError::TooFewPeople);
    assert_eq!(of(Design::Seats(groups("x=1 y=1")), 3), DrawError::SeatsDoNotAddUp);
    assert_eq!(of(Design::Seats(groups("x=3")), 3), DrawError::UnknownStratum);
    assert_eq!(of(Design::Seats(groups("")), 3), DrawError::StratumCount);
    assert_eq!(of(Design::Weights(groups("x=0 y=0")), 1), DrawError::NoWeight);
    // The tie would give y a second seat if the lot wants so.
    assert_eq!(of(Design::Weights(groups("x=1 y=1")), 3), DrawError::TooFewPeople);
    assert_eq!(composed("1 2", &[(1, &[1, 1])], 3), DrawError::SeatsDoNotAddUp);
    assert_eq!(composed("1 2", &[(1, &[1, 2])], 3), DrawError::TooFewPeople);
    assert_eq!(composed("2 1", &[(1, &[1, 1])], 2), DrawError::NotInOrder);
    assert_eq!(composed("1 2", &[(1, &[1, 1]), (1, &[1, 1])], 2), DrawError::NotInOrder);
    assert_eq!(composed("1 2", &[(1, &[2, 0]), (1, &[1, 1])], 2), DrawError::NotInOrder);
    assert_eq!(composed("1 2", &[(1, &[2])], 2), DrawError::NotInOrder);
    assert_eq!(composed("1 2", &[(0, &[1, 1]), (1, &[2, 0])], 2), DrawError::Weights);
    assert_eq!(composed("1 3", &[(1, &[1, 1])], 2), DrawError::UnknownStratum);
    assert_eq!(composed("", &[], 2), DrawError::StratumCount);
    let mut short = distribution("1 2", &[(1, &[1, 1])]);
    short.denominator += 1_u32;
    assert_eq!(of(Design::Composed(short), 2), DrawError::Weights);
    let fallback = |fallback, design| refused(&Parameters { fallback, ..parameters(design, 1, 0) });
    assert_eq!(fallback(Fallback::Nearest, Design::Simple), DrawError::Fallback);
    assert_eq!(fallback(Fallback::Order(vec![1]), Design::Simple), DrawError::Fallback);
    assert_eq!(fallback(Fallback::Order(vec![0, 0]), Design::Simple), DrawError::Fallback);
    let design = Design::Composed(distribution("1 2", &[(1, &[1, 1])]));
    let rules = Parameters { one_per_household: true, ..parameters(design, 2, 0) };
    assert_eq!(refused(&rules), DrawError::HouseholdsNotHere);
    let key = Lot::Rfc3797("1./".to_owned());
    let rules = parameters(Design::Simple, 1, 0);
    assert_eq!(draw(&pool, &rules, &key), Err(DrawError::KeyAndDesign));
    let rules = parameters(Design::Rfc3797, 1, 0);
    assert_eq!(draw(&pool, &rules, &seed(1)), Err(DrawError::KeyAndDesign));
    let rules = parameters(Design::Rfc3797, 4, 0);
    assert_eq!(draw(&pool, &rules, &key), Err(DrawError::TooFewPeople));
}

#[test]
fn who_declines_is_replaced() {
    let lists = [(vec![0, 1], vec![2, 3]), (vec![10], vec![11]), (vec![20], vec![21, 22])];
    let stratum = |(drawn, alternates)| Stratum { drawn, alternates };
    let drawn = Drawn { composition: None, strata: lists.map(stratum).into() };
    let design = Design::Seats(groups("a=2 b=1 c=1"));
    let after = |fallback: &Fallback, declined: &[u32]| {
        let rules = Parameters { fallback: fallback.clone(), ..parameters(design.clone(), 4, 2) };
        let seats = replace(&drawn, &rules, declined)?;
        Ok(seats.iter().map(|seat| seat.holder.unwrap_or(99)).collect::<Vec<u32>>())
    };
    let empty = &Fallback::Empty;
    assert_eq!(after(empty, &[]).unwrap(), [0, 1, 10, 20]);
    assert_eq!(after(empty, &[1]).unwrap(), [0, 2, 10, 20]);
    assert_eq!(after(empty, &[1, 0]).unwrap(), [3, 2, 10, 20]);
    // One who was called declines too; one who was not is passed over.
    assert_eq!(after(empty, &[1, 2]).unwrap(), [0, 3, 10, 20]);
    assert_eq!(after(empty, &[2, 1]).unwrap(), [0, 3, 10, 20]);
    assert_eq!(after(empty, &[10, 11]).unwrap(), [0, 1, 99, 20]);
    let order = &Fallback::Order(vec![2, 0]);
    assert_eq!(after(order, &[10, 11]).unwrap(), [0, 1, 21, 20]);
    assert_eq!(after(order, &[10, 11, 21, 22]).unwrap(), [0, 1, 2, 20]);
    for declined in [&[7][..], &[1, 1], &[2, 2]] {
        assert_eq!(after(empty, declined), Err(DrawError::NotOfThisDraw));
    }
}

#[test]
fn the_nearest_type_replaces() {
    let text = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let types = ["x 1 a", "x 1 b", "y 2 a", "y 2 b"];
    let distribution = Distribution {
        compositions: vec![Composition { counts: vec![1, 1, 1, 1], weight: 1_u32.into() }],
        denominator: 1_u32.into(),
        features: text(&["f", "g", "h"]),
        types: types.iter().map(|each| text(&each.split(' ').collect::<Vec<_>>())).collect(),
    };
    let rules = Parameters {
        fallback: Fallback::Nearest,
        ..parameters(Design::Composed(distribution), 4, 1)
    };
    let stratum =
        |drawn, alternates: &[u32]| Stratum { drawn: vec![drawn], alternates: alternates.to_vec() };
    let strata = vec![stratum(0, &[]), stratum(1, &[]), stratum(2, &[12]), stratum(3, &[13])];
    let drawn = Drawn { composition: None, strata };
    // Type 1 differs from type 3 in two features, from type 2 in three.
    let holders = |declined: &[u32]| {
        let seats = replace(&drawn, &rules, declined).unwrap();
        seats.iter().map(|seat| seat.holder.unwrap_or(99)).collect::<Vec<u32>>()
    };
    assert_eq!(holders(&[1]), [0, 13, 2, 3]);
    assert_eq!(holders(&[0]), [12, 1, 2, 3]);
    assert_eq!(holders(&[0, 1, 2]), [12, 13, 99, 3]);
}
