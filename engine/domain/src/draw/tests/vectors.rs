use super::*;
use num_bigint::BigUint;
use num_traits::One;
use proptest::prelude::*;

/// The sources of the example in RFC 3797, section 6.
fn sources() -> Vec<Vec<u64>> {
    vec![vec![9319], vec![2, 5, 12, 8, 10], vec![9, 18, 26, 34, 41, 45]]
}

#[test]
fn the_example_of_rfc3797() {
    let key = rfc3797::key(&sources());
    assert_eq!(key, "9319./2.5.8.10.12./9.18.26.34.41.45./");
    // Numbers from 1, as published.
    let selected = rfc3797::select(&key, 25, 11).unwrap();
    let numbers: Vec<u32> = selected.iter().map(|place| place + 1).collect();
    assert_eq!(numbers, [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22]);
    for (index, digest) in [
        (0, "990dd0a5692a029a98b5e01aa28f3459"),
        (1, "3691e55cb63fcc37914430b2f70b5ec6"),
        (10, "07fa46c122f164c215bbc72793b189a3"),
    ] {
        assert_eq!(hex::encode(rfc3797::digest(&key, index)), digest);
    }
}

#[test]
fn rfc3797_numbers_the_ids() {
    let names: Vec<Person> = (1..26).map(|number| person(&format!("n{number:02}"))).collect();
    let pool = Pool::new(names.into_iter().rev().collect()).unwrap();
    let lot = Lot::Rfc3797(rfc3797::key(&sources()));
    let drawn = draw(&pool, &parameters(Design::Rfc3797, 10, 1), &lot).unwrap();
    let [stratum] = &drawn.strata[..] else { panic!() };
    assert_eq!(ids(&pool, &stratum.drawn)[..3], ["n17", "n07", "n02"]);
    assert_eq!(ids(&pool, &stratum.alternates), ["n22"]);
    assert_eq!(rfc3797::select("", 3, 4), Err(DrawError::TooFewPeople));
    assert_eq!(rfc3797::select("", 65_536, 4), Err(DrawError::TooManyPeople));
    assert_eq!(rfc3797::select("", 65_535, 65_535).unwrap().len(), 65_535);
}

#[test]
fn the_table_of_bits_of_rfc3797() {
    let table = [(20, 18), (25, 22), (30, 25), (40, 30), (50, 34), (75, 40), (100, 44), (120, 47)];
    for (of, bits) in table {
        assert_eq!(bits::needed(of, 10), bits, "{of}");
    }
    assert_eq!(bits::ways(10, 3), 120_u32.into());
    for (of, taken, needed, held) in
        [(10, 0, 0, 0), (10, 10, 0, 0), (3, 5, 0, 0), (4, 1, 2, 2), (5, 1, 3, 2), (49, 5, 21, 20)]
    {
        assert_eq!((bits::needed(of, taken), bits::held(of, taken)), (needed, held), "{of}");
    }
}

/// SHA-256 of `a`; the other implementation drew the same.
fn lottery() -> Lottery {
    Lottery::new(Hash::of(b"a"))
}

#[test]
fn numbers_of_the_lottery() {
    let block = "f66b3576257a93bb476821237bb18968d7f3bdcd97de447dd98c0cac5fe7eeb2";
    assert_eq!(hex::encode(lottery().block("x", 1, 2)), block);
    let order = [11, 1, 3, 17, 6, 15, 18, 10, 19, 5, 0, 7, 14, 12, 2, 13, 16, 4, 8, 9];
    assert_eq!(lottery().removal("stratum/0", 20, 99), order);
    assert_eq!(lottery().removal("stratum/0", 20, 3), order[..3]);
    let two = || BigUint::from(2_u32);
    let cases = [
        (BigUint::from(7_u32), "5"),
        (BigUint::from(u32::MAX), "1901840075"),
        (two().pow(64), "15692388008732116227"),
        (two().pow(128) + 51_u32, "270945577388942543244824220286202159485"),
        // Nearly half of the attempts at this one do not count.
        (
            two().pow(255) + 1_u32,
            "7001631667126958814731360706159714699219480498062752689607310909799952270595",
        ),
        (
            two().pow(256),
            "7001631667126958814731360706159714699219480498062752689607310909799952270595",
        ),
        // Two blocks a number.
        (
            two().pow(256) + 1_u32,
            "98668570015371003789233545406963014325732658352752499459409827842921696431469",
        ),
        (
            two().pow(300) + 7_u32,
            "200547552753392342754634240393936649282632081341340338381881231662337785436071222690\
             0413336",
        ),
    ];
    for (bound, expected) in cases {
        assert_eq!(lottery().below_big("x", 0, &bound).to_string(), expected, "{bound}");
    }
    assert_eq!(lottery().below_big("x", 0, &BigUint::ZERO), BigUint::ZERO);
    assert_eq!(lottery().below_big("x", 0, &BigUint::one()), BigUint::ZERO);
    // A second attempt.
    let bound = two().pow(255) + 1_u32;
    let first = |index| BigUint::from_bytes_be(&lottery().block("x", index, 0));
    let index = (0..).find(|index| first(*index) >= bound).unwrap();
    let second = BigUint::from_bytes_be(&lottery().block("x", index, 1));
    if second < bound {
        assert_eq!(lottery().below_big("x", index, &bound), second);
    }
}

proptest! {
    #[test]
    fn small_bounds_are_as_large_ones(bytes: [u8; 32], index: u32, bound: u32) {
        let lottery = Lottery::new(Hash(bytes));
        let large = lottery.below_big("x", index, &bound.into());
        prop_assert_eq!(BigUint::from(lottery.below("x", index, bound)), large);
    }
}

#[test]
fn roots_and_hashes_of_the_other_implementation() {
    let pool = pool("c home=h group=g é=1 a=2\nb");
    let root = "0f7294b5a7b16447135b86634c493a3a49a5272e3c4d7bb50e75307f99462c26";
    assert_eq!(pool.root().to_string(), root);
    let plain = Parameters { one_per_household: true, ..parameters(Design::Simple, 2, 1) };
    let order = Fallback::Order(vec![1, 0]);
    let weights = parameters(Design::Weights(groups("b=5 a=3")), 2, 0);
    let composed = distribution("x y", &[(1, &[0, 2]), (299, &[1, 1])]);
    let composed = parameters(Design::Composed(composed), 2, 0);
    for (parameters, hash) in [
        (plain, "cd2ffab3ec642d94386499fb026d179569a41460ce0b22d07590715987c317a2"),
        (
            Parameters { fallback: order, ..weights },
            "98f2e1fff869c048bd1649bbccafdb4c2d95223be2716efb74f384e21c258616",
        ),
        (
            Parameters { fallback: Fallback::Nearest, ..composed },
            "54964549fed76f31f87554b23fb67829f1c99fb69f711d9acb44d6819937b5bc",
        ),
    ] {
        assert_eq!(parameters.check(), Ok(()));
        assert_eq!(parameters.hash().to_string(), hash);
        let text = serde_json::to_string(&parameters).unwrap();
        assert_eq!(serde_json::from_str::<Parameters>(&text).unwrap(), parameters);
    }
}

#[test]
fn what_is_no_pool() {
    let with = |change: fn(&mut Person)| {
        let mut people = vec![person("a"), person("b")];
        change(&mut people[1]);
        Pool::new(people).map(|_| ())
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|one| one.id = "a".to_owned()), Err(PoolError::RepeatedId));
    assert_eq!(with(|one| one.id = String::new()), Err(PoolError::Text));
    assert_eq!(with(|one| one.group = Some("a\nb".to_owned())), Err(PoolError::Text));
    assert_eq!(with(|one| one.household = Some("x".repeat(201))), Err(PoolError::Text));
    let many = |one: &mut Person| {
        one.features = (0..33).map(|number| (format!("f{number}"), "x".to_owned())).collect();
    };
    assert_eq!(with(many), Err(PoolError::FeatureCount));
    assert_eq!(Pool::new(Vec::new()).map(|_| ()), Err(PoolError::PeopleCount));
    let mut codes: Vec<&str> = PoolError::ALL.map(PoolError::code).to_vec();
    codes.extend(DrawError::ALL.map(DrawError::code));
    codes.extend(EntropyError::ALL.map(EntropyError::code));
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count, "a code for each");
    assert_ne!(commitment("a", &[0; 32]), commitment("a", &[1; 32]));
}

#[test]
fn a_root_is_of_one_pool() {
    let pools = [
        "ab\nc",
        "a\nbc",
        "a home=b\nc",
        "a group=b\nc",
        "a b=c\nc",
        "a b=c d=e\nc",
        "a home=b group=c\nc",
        "a home=bg group=c\nc",
        "a home=b group=gc\nc",
    ];
    let roots: std::collections::BTreeSet<Hash> = pools.map(|text| pool(text).root()).into();
    assert_eq!(roots.len(), pools.len());
}
