use super::{Got, Site};
use archipel_domain::act::Act;
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::id::StatementId;
use archipel_engine::crypto::Drand;
use archipel_engine::draw::check;
use archipel_engine::view::{Query, WITHHELD};
use archipel_testkit::scenario::{
    DAY_MS, Town, acts, elections, guards, lots, mandate, person, rotas,
};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn every_view_names_its_position() {
    let mut site = Site::new();
    let draw = drawn(&mut site).await;
    let request = requested(&mut site).await;
    let election = opened(&mut site).await;
    let rotation = planned(&mut site).await;
    let town = &site.town;
    let version = acts::version(Town::TEXT);
    let named = [
        ("{member}", person(3).id.to_string()),
        ("{group}", "nord".into()),
        ("{call}", "appeal".into()),
        ("{role}", "treasurer".into()),
        ("{assignment}", town.treasurer.to_string()),
        ("{proposal}", town.proposal.to_string()),
        ("{version}", version.to_string()),
        ("{amendment}", town.amendment.to_string()),
        ("{vote}", town.done.to_string()),
        ("{draw}", draw.to_string()),
        ("{request}", request.clone()),
        ("{election}", election.to_string()),
        ("{rotation}", rotation),
        ("{account}", "a4".into()),
        ("{move}", town.mistake.to_string()),
        ("{statement}", town.mistake.to_string()),
        ("{view}", "tallies".into()),
        ("{kind}/{name}", format!("vote/{}", town.done)),
    ];
    let root = site.engine.views().latest().root.to_string();
    for (path, _) in Query::PATHS {
        let path = named.iter().fold((*path).to_owned(), |p, (from, to)| p.replace(from, to));
        let got = site.get(&format!("/v1/{path}")).await;
        assert_eq!(got.status, 200, "{path}: {}", got.text);
        let answer = got.json();
        assert_eq!(answer["position"], site.size(), "{path}");
        assert_eq!(answer["root"], root, "{path}");
        assert!(answer["recorded_at"].is_i64(), "{path}");
        assert!(!answer["data"].is_null(), "{path}");
        // The same question, the same bytes.
        assert_eq!(site.get(&format!("/v1/{path}")).await.text, got.text, "{path}");
    }
}

/// A recovery that waits for the second founder.
async fn requested(site: &mut Site) -> String {
    let recover = guards::recover(person(4), 90);
    let asked = site.sign(Town::founder(guards::request(recover)));
    assert_eq!(site.submit(&asked).await.status, 201);
    let world = Arc::clone(&site.engine.views().latest().world);
    world.directory.name(EntityRef::new(Kind::Request, 0)).unwrap().to_string()
}

/// What waits says what is lacking, who may sign, and from and until when.
#[tokio::test]
async fn a_request_says_what_it_waits_for() {
    let mut site = Site::new();
    let id = requested(&mut site).await;
    let list = site.get("/v1/requests").await.data();
    let line = &list["items"][0];
    assert_eq!((&line["id"], &line["act"]), (&json!(id), &json!("key.recovered/1")));
    assert_eq!((&line["state"], &line["lacking"]), (&json!("waiting"), &json!(1)));
    assert_eq!(line["may_sign"], json!([person(2).id]));
    let shown = site.get(&format!("/v1/requests/{id}")).await.data();
    assert_eq!(shown["recovers"], json!(person(4).id));
    assert_eq!(shown["body"]["member"], json!(person(4).id));
    let time = |name: &str| shown[name].as_i64().unwrap();
    let hours = |name: &str| time(name) - time("opened_at");
    assert_eq!((hours("ready_at"), hours("lapses_at")), (3 * DAY_MS, 30 * DAY_MS));
    let member = site.get(&format!("/v1/members/{}", person(4).id)).await.data();
    assert_eq!(member["recoveries"], json!([id]), "who could be robbed of their name sees it");
    let agree = guards::countersign(id.parse().unwrap(), guards::recover(person(4), 90));
    let agree = site.sign(person(2).says(agree).under(mandate(2)));
    assert_eq!(site.submit(&agree).await.status, 201);
    let shown = site.get(&format!("/v1/requests/{id}")).await.data();
    assert_eq!((&shown["lacking"], &shown["may_sign"]), (&json!(0), &json!([])));
    assert_eq!(shown["agreements"][1]["counts"], json!(true));
    let safeguards = site.get("/v1/safeguards").await.data();
    assert_eq!(safeguards["items"][0]["subject"], json!("recovery"));
    assert_eq!((&safeguards["items"][0]["set"], &safeguards["total"]), (&json!(false), &json!(1)));
}

/// An election in which two of four electors have sealed a nomination.
async fn opened(site: &mut Site) -> StatementId {
    let mut open = elections::open(site.engine.views().latest().world.recorded_at);
    open.lot = lots::committed(7, 2);
    let open = site.sign(Town::founder(open));
    assert_eq!(site.submit(&open).await.status, 201);
    let world = Arc::clone(&site.engine.views().latest().world);
    let name = world.directory.name(EntityRef::new(Kind::Election, 0)).unwrap().to_string();
    let election: StatementId = name.parse().unwrap();
    for who in [2, 3] {
        let seal = elections::seal(election, person(who), person(7));
        let seal = site.sign(person(who).says(seal));
        assert_eq!(site.submit(&seal).await.status, 201);
    }
    election
}

/// Who has sealed is shown, whom they name is not; then everything is.
#[tokio::test]
async fn nominations_are_shown_once_they_are_revealed() {
    let mut site = Site::new();
    let election = opened(&mut site).await;
    let path = format!("/v1/elections/{election}");
    let shown = site.get(&path).await.data();
    assert_eq!(shown["phase"], "nominate");
    assert_eq!(shown["counts"]["sealed"], 2);
    assert_eq!(shown["awaited"], json!([person(4).id, person(5).id]));
    assert_eq!((&shown["nominated"], &shown["tally"]), (&json!([]), &json!([])));
    let nominee = person(7).id.to_string();
    assert!(!shown.to_string().contains(&nominee), "nobody can see whom they name");
    let act = async |site: &mut Site, who: u64, act: Act| {
        let signed = site.sign(person(who).says(act));
        assert_eq!(site.submit(&signed).await.status, 201);
    };
    for who in [4, 5] {
        act(&mut site, who, elections::seal(election, person(who), person(7)).into()).await;
    }
    for who in 2..=5 {
        act(&mut site, who, elections::reveal(election, person(who), person(7)).into()).await;
    }
    for who in 2..=5 {
        act(&mut site, who, elections::change(election, person(7)).into()).await;
    }
    act(&mut site, 3, elections::propose(election, None).into()).await;
    act(&mut site, 3, elections::object(election, person(7)).into()).await;
    let shown = site.get(&path).await.data();
    assert_eq!((&shown["phase"], &shown["proposed"]), (&json!("object"), &json!(nominee)));
    assert_eq!(shown["tally"], json!([{"count": 4, "member": nominee}]));
    assert_eq!(shown["nominated"][0]["nominee"], json!(nominee));
    assert_eq!(shown["candidates"][0]["by"], "most");
    assert_eq!(shown["candidates"][0]["objections"][0]["open"], true);
    let words = shown["explanation"]["en"].to_string();
    assert!(words.contains("with the most nominations: 4"), "{words}");
}

/// Two weeks of an observer, planned.
async fn planned(site: &mut Site) -> String {
    let world = Arc::clone(&site.engine.views().latest().world);
    let first = world.recorded_at.plus_ms(DAY_MS);
    let people = [3, 4, 5].map(person);
    let terms = rotas::terms(rotas::periods(first, 2, 7), &["observer"], &people);
    let act = rotas::of(&world, &terms, None);
    let signed = site.sign(Town::founder(act));
    assert_eq!(site.submit(&signed).await.status, 201);
    let world = Arc::clone(&site.engine.views().latest().world);
    world.directory.name(EntityRef::new(Kind::Rotation, 0)).unwrap().to_string()
}

#[tokio::test]
async fn rotations_are_explained_and_in_the_calendar() {
    let mut site = Site::new();
    let id = planned(&mut site).await;
    let shown = site.get(&format!("/v1/rotations/{id}")).await.data();
    assert_eq!(shown["certificate"]["proven"], "search");
    assert_eq!(shown["certificate"]["gap"], 0);
    assert_eq!(shown["plan"].as_array().unwrap().len(), 2);
    assert_eq!(shown["draw"], Value::Null);
    let first = &shown["plan"][0];
    let kept: u64 =
        first["kept"].as_array().unwrap().iter().filter_map(|k| k["people"].as_u64()).sum();
    assert_eq!(kept + first["others"].as_u64().unwrap(), 2, "{first}");
    let calendar = site.get("/v1/calendar").await.data();
    let items = calendar["items"].as_array().unwrap();
    let planned: Vec<&Value> = items.iter().filter(|item| item["kind"] == "planned").collect();
    assert_eq!(planned.len(), 2);
    assert_eq!(planned[0]["member"], first["member"]);
    assert_eq!(calendar["next"][0]["members"], json!([first["member"]]));
    let until = planned[0]["until"].as_i64().unwrap();
    let later = site.get(&format!("/v1/calendar?from={until}&until={}", until + 1)).await.data();
    let items = later["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["member"] == planned[1]["member"]));
    assert!(!items.iter().any(|item| item["period"] == 1), "the first is over by then");
    let load = site.get("/v1/load?top=2").await.data();
    assert_eq!(load["concentration"]["active"]["gini"], "1/3");
    assert_eq!(load["concentration"]["active"]["top_share"], "1/2");
    assert_eq!(site.get("/v1/load?from=x").await.status, 400);
    let facts = site.get("/v1/availability").await.data();
    assert_eq!(facts["roles"]["observer"]["seats"], 9);
}

/// A draw of two members, drawn.
async fn drawn(site: &mut Site) -> StatementId {
    let day = Some(site.engine.views().latest().world.recorded_at.plus_ms(DAY_MS));
    let pool = lots::members(lots::simple(2, 2));
    let announced = site.sign(Town::founder(lots::announce(pool, lots::committed(1, 2), day)));
    assert_eq!(site.submit(&announced).await.status, 201);
    let world = Arc::clone(&site.engine.views().latest().world);
    let name = world.directory.name(EntityRef::new(Kind::Draw, 0)).unwrap().to_string();
    let draw: StatementId = name.parse().unwrap();
    let revealed = site.sign(person(3).says(lots::draw(draw, lots::revealed(1, None))));
    assert_eq!(site.submit(&revealed).await.status, 201);
    draw
}

/// What is served is enough to redo the draw with nothing else, and is what the view shows.
#[tokio::test]
async fn a_draw_is_redone_from_what_is_served() {
    let mut site = Site::new();
    let draw = drawn(&mut site).await;
    let shown = site.get(&format!("/v1/draws/{draw}")).await.data();
    assert_eq!((&shown["state"], &shown["people"]), (&json!("drawn"), &json!(6)));
    let chance = json!([{"chance": "1/3", "group": null, "people": 6}]);
    assert_eq!(shown["chances"], chance);
    let file = site.get(&format!("/v1/draws/{draw}/file")).await.data();
    let published = check(format!("{file}\n").as_bytes(), &Drand).unwrap();
    let [stratum] = &published.strata[..] else { unreachable!() };
    assert_eq!(shown["drawn"]["strata"][0]["drawn"], json!(stratum.drawn));
    assert_eq!(shown["drawn"]["strata"][0]["alternates"], json!(stratum.alternates));
    assert_eq!(shown["drawn"]["seed"], json!(published.seed));
    assert_eq!(shown["pool"]["root"], json!(published.pool_root));
    let first = published.strata[0].drawn[0].clone();
    let declined = Town::founder(lots::decline_as(draw, &first));
    let declined = site.sign(declined);
    assert_eq!(site.submit(&declined).await.status, 201);
    let later = site.get(&format!("/v1/draws/{draw}")).await.data();
    assert_eq!(later["drawn"], shown["drawn"], "what was drawn stays");
    assert_eq!(later["panel"][0]["first"], json!(first));
    assert_eq!(later["panel"][0]["holder"], json!(stratum.alternates[0]));
    assert_eq!(later["declined"][0]["next"], json!(stratum.alternates[0]));
}

#[tokio::test]
async fn what_names_nothing_is_a_problem() {
    let site = Site::new();
    let check = async |path: &str, status, code: &str| {
        site.get(path).await.is_problem(status, code);
    };
    check("/v1/members/nobody", 404, "query.not-found").await;
    check("/v1/votes/01890000-0000-7000-8000-000000000000", 404, "query.not-found").await;
    check("/v1/views/nothing", 404, "query.no-such-view").await;
    check("/v1/streams/nothing/x", 404, "query.not-found").await;
    check("/v1/members?limit=0", 400, "query.parameter").await;
    check("/v1/members?at=x", 400, "query.parameter").await;
    check("/v1/members?unknown=1", 400, "query.parameter").await;
    check("/v1/status?timeout_ms=10001", 400, "query.parameter").await;
    check("/v1/nothing", 404, "http.not-found").await;
    check("/", 404, "http.not-found").await;
    let delete = Request::delete("/v1/status").body(Body::empty()).unwrap();
    site.send(delete).await.is_problem(405, "http.method");
    check("/v1/statements", 405, "http.method").await;
    let beyond = site.get(&format!("/v1/status?at={}", site.size() + 1)).await;
    assert_eq!(beyond.is_problem(404, "query.beyond")["position"], site.size());
}

#[tokio::test]
async fn names_may_be_cut_while_they_are_the_only_one() {
    let site = Site::new();
    let whole = person(3).id.to_string();
    let cut = whole.replace('-', "");
    for text in [whole.as_str(), &cut, &cut[..12], &whole[..11]] {
        let member = site.get(&format!("/v1/members/{text}")).await.data();
        assert_eq!(member["id"], whole, "{text}");
    }
    site.get(&format!("/v1/members/{}", &cut[..5])).await.is_problem(404, "query.not-found");
    // Votes opened at the same moment begin alike.
    let alike = &site.town.yes_no.to_string()[..13];
    site.get(&format!("/v1/votes/{alike}")).await.is_problem(409, "query.ambiguous");
}

#[tokio::test]
async fn the_past_can_be_asked_for() {
    let mut site = Site::new();
    let before = site.size();
    let status = site.get("/v1/status").await.json();
    let signed = site.sign(Town::founder(acts::group("est")));
    assert_eq!(site.submit(&signed).await.status, 201);
    let now = site.get("/v1/groups").await.json();
    assert_eq!((&now["position"], &now["data"]["total"]), (&json!(before + 1), &json!(3)));
    let then = site.get(&format!("/v1/groups?at={before}")).await.json();
    assert_eq!((&then["position"], &then["data"]["total"]), (&json!(before), &json!(2)));
    // The very answer that was given then, root included.
    assert_eq!(site.get(&format!("/v1/status?at={before}")).await.json(), status);
    let empty = site.get("/v1/status?at=0").await.json();
    assert_eq!((&empty["data"]["founded"], &empty["position"]), (&json!(false), &json!(0)));
    site.get("/v1/instance?at=0").await.is_problem(404, "query.not-found");
    let log = site.get("/v1/log?at=5&from=3").await.data();
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    // A statement recorded later is not known then.
    let id = site.town.done;
    site.get(&format!("/v1/statements/{id}?at=3")).await.is_problem(404, "query.not-found");
}

#[tokio::test]
async fn one_s_own_write_is_waited_for() {
    let mut site = Site::new();
    let next = site.size();
    let path = format!("/v1/groups?min_position={next}");
    site.get(&format!("{path}&timeout_ms=20")).await.is_problem(503, "http.not-yet");
    let signed = site.sign(Town::founder(acts::group("est")));
    let (got, submitted) = tokio::join!(site.get(&path), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        site.submit(&signed).await
    });
    assert_eq!(submitted.status, 201);
    assert_eq!(got.data()["total"], 3);
    assert_eq!(site.get(&format!("{path}&timeout_ms=0")).await.status, 200);
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let mut site = Site::new();
    let tag = site.get("/v1/status").await.headers["etag"].clone();
    let ask = || Request::get("/v1/status").header("if-none-match", &tag);
    let same = site.send(ask().body(Body::empty()).unwrap()).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
    let signed = site.sign(Town::founder(acts::group("est")));
    assert_eq!(site.submit(&signed).await.status, 201);
    assert_eq!(site.send(ask().body(Body::empty()).unwrap()).await.status, 200);
}

/// Everything about an open vote that could say how many voted, who, or how.
async fn seen_of(site: &Site, vote: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in
        [format!("votes/{vote}"), "votes".into(), format!("streams/vote/{vote}"), "timeline".into()]
    {
        seen.push(site.get(&format!("/v1/{path}")).await.data());
    }
    seen.push(site.get("/v1/views/tallies").await.data()["state_hash"].clone());
    seen
}

#[tokio::test]
async fn nobody_sees_a_count_before_the_closing() {
    let mut site = Site::new();
    let id = site.town.yes_no;
    let before = seen_of(&site, &id.to_string()).await;
    assert_eq!(before[0]["tally"], WITHHELD);
    let terms = site.terms(id).await;
    let yes = || acts::says(archipel_domain::vote::Choice::For);
    let cast = site.sign(person(4).says(acts::ballot(id, terms, yes())));
    let receipt = site.submit(&cast).await.json();
    assert_eq!(seen_of(&site, &id.to_string()).await, before);
    let at = |path: &str| format!("/v1/{path}?from={}&payload=true", receipt["position"]);
    let entry = site.get(&at("log")).await.data()["items"][0].clone();
    assert_eq!((&entry["author"], &entry["payload"]), (&json!(WITHHELD), &json!(WITHHELD)));
    assert_ne!(receipt["position"], Value::Null);
    let path = format!("/v1/statements/{}", receipt["id"].as_str().unwrap());
    let own = site.get(&path).await.data();
    assert_eq!((&own["leaf"], &own["payload"]), (&receipt["leaf"], &json!(WITHHELD)));
    for hidden in ["author", "key", "signature", "issued_at", "as"] {
        assert_eq!(own[hidden], WITHHELD);
    }
    // Then all of it.
    site.clock.advance_ms(21 * 86_400_000);
    let engine = site.engine.clone();
    tokio::task::spawn_blocking(move || engine.tick()).await.unwrap();
    let vote = site.get(&format!("/v1/votes/{id}")).await.data();
    assert_eq!(vote["state"], "declared");
    assert_eq!(vote["tally"]["hash"], vote["declared"]["tally"]);
    assert_eq!(vote["tally"]["outcome"]["ballots"]["cast"], 1);
    assert_eq!(site.get(&path).await.data()["author"], person(4).id.to_string());
    let stream = site.get(&format!("/v1/streams/vote/{id}")).await.data();
    let types: Vec<&str> =
        stream["items"].as_array().unwrap().iter().map(|i| i["type"].as_str().unwrap()).collect();
    let all = ["vote.opened/1", "ballot.cast/1", "vote.closed/1", "outcome.declared/1"];
    assert_eq!(types, all);
    assert_eq!((&stream["revision"], &stream["total"]), (&json!(3), &json!(4)));
}

#[tokio::test]
async fn amendments_show_what_merging_gives() {
    let mut site = Site::new();
    let town = site.town;
    let amendment = |got: Got| {
        let found = got.data()["amendments"].as_array().unwrap().clone();
        found.into_iter().find(|one| one["id"] == town.amendment.to_string()).unwrap()
    };
    let path = format!("/v1/proposals/{}", town.proposal);
    let merge = amendment(site.get(&path).await)["merge"].clone();
    assert_eq!(merge["text"], "a\nB\nc\nd\ne");
    assert_eq!(merge["result"], acts::version("a\nB\nc\nd\ne").to_string());
    let other = [acts::change(1, "b", "other")];
    let signed = site.sign(person(3).says(acts::publish(town.proposal, Town::TEXT, &other)));
    assert_eq!(site.submit(&signed).await.status, 201);
    let merge = amendment(site.get(&path).await)["merge"].clone();
    let both = &merge["conflicts"][0];
    assert_eq!(both["amendment"]["insert"], json!(["B"]));
    assert_eq!(both["made_since"]["insert"], json!(["other"]));
    let first = acts::version(Town::TEXT).to_string();
    let old = site.get(&format!("{path}/versions/{}", &first[..8])).await.data();
    assert_eq!((&old["text"], &old["current"]), (&json!(Town::TEXT), &json!(false)));
    site.get(&format!("{path}/versions/000000")).await.is_problem(404, "query.not-found");
}

#[tokio::test]
async fn accounts_show_every_move() {
    let site = Site::new();
    let fund = site.get("/v1/accounts/fund/statement").await.data();
    let balances: Vec<i64> =
        fund["items"].as_array().unwrap().iter().map(|i| i["balance"].as_i64().unwrap()).collect();
    assert_eq!(balances, [10_000, 9_930, 10_000]);
    assert_eq!(fund["items"][1]["amount_text"], "-0.70");
    let page = site.get("/v1/accounts/fund/statement?limit=1").await.data();
    let next = page["next"].as_u64().unwrap();
    let page = format!("/v1/accounts/fund/statement?from={next}&limit=1");
    let page = site.get(&page).await.data();
    assert_eq!(page["opening_balance"], 10_000);
    assert_eq!((&page["items"][0]["balance"], &page["total"]), (&json!(9_930), &json!(3)));
    let account = site.get("/v1/accounts/fund").await.data();
    assert_eq!(account["balance_text"], "100.00");
    let mistake = site.get(&format!("/v1/moves/{}", site.town.mistake)).await.data();
    assert_eq!((&mistake["reversed"], &mistake["reverses"]), (&json!(true), &Value::Null));
    let reversal = site.get(&format!("/v1/moves/{}", site.town.reversal)).await.data();
    assert_eq!(reversal["reverses"], mistake["position"]);
    site.get(&format!("/v1/moves/{}", site.town.done)).await.is_problem(404, "query.not-found");
    for unit in site.get("/v1/units").await.data()["items"].as_array().unwrap() {
        assert_eq!(unit["sum"], 0, "{unit}");
    }
}

#[tokio::test]
async fn mandates_have_a_state() {
    let site = Site::new();
    let town = site.town;
    for (mandate, state) in [
        (town.treasurer, "active"),
        (town.future, "upcoming"),
        (town.expired, "over"),
        (town.recalled, "recalled"),
        (mandate(1), "active"),
    ] {
        let shown = site.get(&format!("/v1/assignments/{mandate}")).await.data();
        assert_eq!(shown["state"], state, "{shown}");
    }
}

#[tokio::test]
async fn pages_of_the_log_cover_it_once() {
    let site = Site::new();
    let (mut from, mut seen) = (0, 0_u64);
    loop {
        let page = site.get(&format!("/v1/log?from={from}&limit=7")).await.data();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["position"], seen);
            assert!(item.get("payload").is_none());
            seen += 1;
        }
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert_eq!(seen, site.size());
}
