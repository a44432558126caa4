use crate::ballot_file::{ReadError, ReadErrorKind};
use crate::draw::{PeopleColumns, QUOTAS_MAX, Quota, read_people, read_quotas};
use archipel_domain::draw::Pool;
use proptest::prelude::*;

const FEATURES: &str = "feature,value,min,max,min_flex,max_flex
gender,female,2,4,1,
gender,male,2,4,,5
région,Île d’en haut,0,6,,
";
const PEOPLE: &str = "nom,id,gender,région,foyer
Ada,a,female,Île d’en haut,1
Bea,b,female,Île d’en haut,1
Cem,c,male,Île d’en haut,
";

fn quotas(text: &str) -> Result<Vec<Quota>, ReadError> {
    read_quotas(text.as_bytes())
}

fn by_id() -> PeopleColumns {
    let name = |text: &str| Some(text.to_owned());
    PeopleColumns { id: name("id"), household: name("foyer"), group: None }
}

fn people(text: &str) -> Result<Pool, ReadError> {
    read_people(text.as_bytes(), &quotas(FEATURES).unwrap(), &by_id())
}

#[track_caller]
fn refused<T: std::fmt::Debug>(read: Result<T, ReadError>, line: usize, column: usize, says: &str) {
    let error = read.unwrap_err();
    assert_eq!((error.line, error.column, error.kind.to_string().as_str()), (line, column, says));
}

#[test]
fn quotas_of_two_programs() {
    let read = quotas(FEATURES).unwrap();
    let first = Quota {
        feature: "gender".to_owned(),
        value: "female".to_owned(),
        min: 2,
        max: 4,
        min_flex: Some(1),
        max_flex: None,
    };
    assert_eq!(read[0], first);
    assert_eq!((read.len(), read[1].max_flex), (3, Some(5)));
    let plain = Quota { min_flex: None, ..first };
    for text in [
        "feature,value,min,max\ngender,female,2,4\n",
        "category,name,min,max\ngender,female,2,4\n",
        "category,value,min,max\ngender,female,2,4",
        "feature,name,min,max\r\ngender,female,2,4\r\n",
        "category,feature,min,max\ngender,female,2,4\n",
        "\u{feff}max;min;feature;category\n\n4;2;female;\"gender\"\n",
    ] {
        assert_eq!(quotas(text).unwrap(), std::slice::from_ref(&plain), "{text}");
    }
}

#[test]
fn quotas_that_can_not_be_read() {
    let of = |row: &str| quotas(&format!("feature,value,min,max,min_flex,max_flex\n{row}\n"));
    refused(quotas(""), 1, 1, "the file is empty");
    refused(quotas("feature,value,min,max\n"), 1, 1, "the file is empty");
    refused(quotas("feature,value,min\n"), 1, 1, "“max” is missing");
    refused(quotas("feature,value,min,max,min\n"), 1, 5, "“min” occurs twice");
    refused(of("f,v,3,2,,"), 2, 3, "3 is out of range");
    refused(of("f,v,3,4,4,"), 2, 5, "4 is out of range");
    refused(of("f,v,3,4,,3"), 2, 6, "3 is out of range");
    refused(of("f,v,-1,2,,"), 2, 3, "“-1” is not a whole number from 0 on");
    refused(of("f,v,1.5,2,,"), 2, 3, "“1.5” is not a whole number from 0 on");
    refused(of("f,v,1,4294967296,,"), 2, 4, "4294967296 is out of range");
    refused(of(",v,1,2,,"), 2, 1, "“” can not be a name");
    refused(of("f,v,1,2,,\n\nf,v,1,2,,"), 4, 2, "“v” occurs twice");
    refused(of("f,v,1,2"), 2, 1, "4 fields where the header has 6");
    refused(of("f,\"v,1,2,,"), 2, 2, "a quoted field does not end");
    let many: String = (0..=QUOTAS_MAX).map(|number| format!("f,{number},0,1\n")).collect();
    let error = quotas(&format!("feature,value,min,max\n{many}")).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::TooManyRows);
    refused(read_quotas(b"feature,\xff"), 1, 9, "the file is not UTF-8");
}

#[test]
fn pools_of_two_programs() {
    let pool = people(PEOPLE).unwrap();
    let ada = pool.person(pool.place("a").unwrap()).unwrap();
    assert_eq!(ada.features["région"], "Île d’en haut");
    assert_eq!((ada.household.as_deref(), ada.group.as_deref()), (Some("1"), None));
    assert_eq!(pool.people()[2].household, None);
    // The order of rows and columns, line ends, the mark and the spelling of letters are nothing.
    let mut rows: Vec<&str> = PEOPLE.lines().collect();
    rows[1..].reverse();
    let spelled = rows.join("\r\n").replace('é', "e\u{301}").replace('Î', "I\u{302}");
    assert_eq!(people(&format!("\u{feff}{spelled}")).unwrap().root(), pool.root());
    // Without an id, rows are numbered.
    let quotas = quotas("category,feature,min,max\ngender,female,2,4\ngender,male,2,4").unwrap();
    let respondents = b"gender\nfemale\nmale\n";
    let pool = read_people(respondents, &quotas, &PeopleColumns::default()).unwrap();
    let ids: Vec<&str> = pool.people().iter().map(|person| person.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn pools_that_can_not_be_read() {
    let with = |row: &str| people(&format!("{PEOPLE}{row}\n"));
    refused(with("Dan,a,male,Île d’en haut,"), 5, 2, "“a” occurs twice");
    refused(with("Dan,d,other,Île d’en haut,"), 5, 3, "“other” is no value of this feature");
    refused(with("Dan,d,,Île d’en haut,"), 5, 3, "“” is no value of this feature");
    refused(with("Dan,,male,Île d’en haut,"), 5, 2, "“” can not be a name");
    refused(with("Dan,\"d\nd\",male,Île d’en haut,"), 5, 2, "“d\nd” can not be a name");
    refused(with("Dan,d"), 5, 1, "2 fields where the header has 5");
    let long = "x".repeat(201);
    let error = with(&format!("Dan,d,male,Île d’en haut,{long}")).unwrap_err();
    assert_eq!((error.line, error.column), (5, 5));
    refused(people("id,gender,foyer\na,male,\n"), 1, 1, "“région” is missing");
    refused(people("id,gender,région\n"), 1, 1, "“foyer” is missing");
    refused(people(PEOPLE.lines().next().unwrap()), 1, 1, "the file is empty");
    refused(people(&",".repeat(1000)), 1, 1001, "expected fewer columns");
    refused(people("id,id\n"), 1, 2, "“id” occurs twice");
}

proptest! {
    #[test]
    fn whatever_the_bytes(bytes in "[\",;\n\ra-b1é\u{feff}]{0,60}", header: bool) {
        let text = if header { format!("id,gender,région,foyer\n{bytes}") } else { bytes.clone() };
        let _ = people(&text);
        let _ = quotas(&format!("feature,value,min,max\n{bytes}"));
        let _ = quotas(&bytes);
    }
}
