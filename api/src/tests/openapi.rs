//! The description that is committed is the one made from the table of routes. To write it anew
//! after a change of routes: `ARCHIPEL_BLESS=1 cargo test -p archipel-api openapi`.

use crate::codes::Class;
use crate::routes::{Handler, Route, routes};
use serde_json::{Map, Value, json};

fn parameter(name: &str, place: &str, schema: &Value, what: &str) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": place == "path",
        "schema": schema,
        "description": what,
    })
}

fn integer() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn query_parameters(route: &Route) -> Vec<Value> {
    let number = |name: &str, what: &str| parameter(name, "query", &integer(), what);
    let mut all = Vec::new();
    if route.handler == Handler::Events {
        all.push(number("after", "Last position already seen; absent: from the first record"));
    }
    match route.handler {
        Handler::Receipt => {
            all.push(number("timeout_ms", "How long to wait for a checkpoint, at most 10000"));
        }
        Handler::Inclusion => {
            all.push(number("index", "Position of the act"));
            all.push(number("size", "Size of the tree"));
        }
        Handler::Consistency => {
            all.push(number("old", "Size of the earlier tree"));
            all.push(number("new", "Size of the later tree"));
        }
        Handler::Submit => {
            let flag = json!({"type": "boolean"});
            let what = "Whether to wait for the tlog-proof, too, and answer with it";
            all.push(parameter("proof", "query", &flag, what));
        }
        _ => {}
    }
    if route.handler != Handler::View {
        return all;
    }
    all.push(number("at", "The state after the first so many statements"));
    all.push(number("min_position", "A state that holds the act at this position, waited for"));
    all.push(number("timeout_ms", "How long to wait for it, at most 10000"));
    let path = route.path.trim_start_matches("/v1/").replace("{view}", "tallies");
    let takes =
        |name: &str| archipel_engine::view::Query::from_path(&format!("{path}?{name}")).is_some();
    if takes("limit=1") {
        all.push(number("from", "First place, or position, shown"));
        all.push(number("after", "The same, less one"));
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100});
        all.push(parameter("limit", "query", &limit, "Most items of the page"));
    }
    if takes("until=1") {
        all.push(number("from", "First moment, in milliseconds since 1970; that of the state"));
        all.push(number("until", "First moment after what is shown; no end"));
    }
    if takes("top=1") {
        all.push(number("top", "How many carry most, for their share of the whole; 1"));
    }
    if takes("on=0") {
        all.push(number("on", "The moment meant, in milliseconds since 1970; absent: the state's"));
    }
    if takes("payload=true") {
        let flag = json!({"type": "boolean"});
        all.push(parameter("payload", "query", &flag, "Whether to show what was signed"));
    }
    all
}

fn content(media_type: &str, schema: &Value) -> Value {
    json!({media_type: {"schema": schema}})
}

fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn answers(route: &Route) -> Value {
    let good =
        |description: &str, content: Value| json!({"description": description, "content": content});
    let text = json!({"type": "string"});
    let one = |description: &str, content: Value| json!({"200": good(description, content)});
    let mut answers = match route.handler {
        Handler::Submit => json!({
            "200": good(
                "Recorded before, with the first receipt; or the answers to many, one a line",
                json!({
                    "application/json": {"schema": schema("Receipt")},
                    "application/x-ndjson": {"schema": schema("Answer")},
                }),
            ),
            "201": good("Recorded", content("application/json", &schema("Receipt"))),
        }),
        Handler::View => one("The state asked for", content("application/json", &schema("View"))),
        Handler::Events => one(
            "Every record in order, exactly once: id is the position, event the type of act",
            content("text/event-stream", &schema("Event")),
        ),
        Handler::Problem => one(
            "Its meaning in both languages",
            json!({
                "application/json": {"schema": {"type": "object"}},
                "text/html": {"schema": {"type": "string"}},
            }),
        ),
        Handler::Receipt => one(
            "A tlog-proof under the latest checkpoint, with the entry (c2sp.org/tlog-proof)",
            content("text/plain", &text),
        ),
        Handler::LogCheckpoint => {
            one("A signed note (c2sp.org/tlog-checkpoint)", content("text/plain", &text))
        }
        Handler::LogKey => {
            one("A verifier key (c2sp.org/signed-note)", content("text/plain", &text))
        }
        Handler::LogTile => one(
            "Hashes, or entries after their lengths (c2sp.org/tlog-tiles)",
            content("application/octet-stream", &json!({"type": "string", "format": "binary"})),
        ),
        Handler::Checkpoint => {
            one("What is signed, and by whom", content("application/json", &schema("Checkpoint")))
        }
        Handler::Inclusion | Handler::Consistency => {
            one("The hashes of RFC 6962", content("application/json", &schema("Proof")))
        }
        Handler::Problems | Handler::OpenApi | Handler::Live | Handler::Ready => {
            one("The answer", content("application/json", &json!({"type": "object"})))
        }
    };
    answers["default"] = json!({"$ref": "#/components/responses/Problem"});
    answers
}

fn operation(route: &Route) -> Value {
    let path = described(route);
    let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let text = json!({"type": "string"});
    let mut parameters: Vec<Value> =
        names.map(|(name, _)| parameter(name, "path", &text, "Name or identifier")).collect();
    parameters.extend(query_parameters(route));
    let words = path.replace(['{', '}'], "").replace(['/', '.'], "-");
    let mut operation = json!({
        "operationId": format!("{}{words}", route.method.to_lowercase()),
        "summary": route.summary,
        "parameters": parameters,
        "responses": answers(route),
    });
    if route.handler == Handler::Submit {
        operation["requestBody"] = json!({
            "required": true,
            "content": {
                "application/json": {"schema": schema("Signed")},
                "application/x-ndjson": {"schema": schema("Signed")},
            },
        });
    }
    operation
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties})
}

fn schemas() -> Value {
    let text = json!({"type": "string"});
    let hash = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    let id = json!({"type": "string", "format": "uuid"});
    let statuses: Vec<u16> = Class::ALL.into_iter().map(Class::status).collect();
    let receipt = ["id", "position", "recorded_at", "leaf", "duplicate", "size", "root"];
    json!({
        "Signed": object(&["signature", "statement"], json!({
            "signature": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
            "statement": {"type": "string", "description": "Canonical JSON, exactly as signed"},
        })),
        "Receipt": object(&receipt, json!({
            "id": id, "position": integer(), "recorded_at": integer(), "leaf": hash,
            "duplicate": {"type": "boolean"}, "size": integer(), "root": hash,
            "proof": {"type": ["string", "null"], "description": "The tlog-proof, if asked for"},
        })),
        "Answer": {"oneOf": [
            object(&["receipt"], json!({"receipt": schema("Receipt")})),
            object(&["problem"], json!({"problem": schema("Problem")})),
        ]},
        "View": object(&["position", "root", "recorded_at", "data"], json!({
            "position": {"type": "integer", "description": "Statements folded into the state"},
            "root": hash, "recorded_at": {"type": "integer"},
            "data": {"description": "What was asked for"},
        })),
        "Checkpoint": object(&["origin", "vkey", "position", "checkpoint", "alarm"], json!({
            "origin": text, "vkey": text, "position": integer(),
            "checkpoint": {"type": ["object", "null"]}, "alarm": {"type": ["object", "null"]},
        })),
        "Proof": object(&["hashes"], json!({"hashes": {"type": "array", "items": hash}})),
        "Event": object(&["position", "type", "id", "recorded_at"], json!({
            "position": integer(), "type": text, "id": id, "recorded_at": integer(),
        })),
        "Problem": object(&["type", "title", "status", "detail", "code"], json!({
            "type": text, "title": text, "status": {"type": "integer", "enum": statuses},
            "detail": text, "code": text, "offset": integer(), "position": integer(),
            "parameter": text, "hint": text,
        })),
    })
}

/// The path as OpenAPI writes it, which knows no parameter of several segments.
fn described(route: &Route) -> String {
    route.path.replace("{*", "{")
}

fn description() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let methods = paths.entry(described(&route)).or_insert_with(|| json!({}));
        methods[route.method.to_lowercase()] = operation(&route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Archipel",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": {"Problem": {
                "description": "A problem (RFC 9457); its code is explained at its type",
                "content": content("application/problem+json", &schema("Problem")),
            }},
        },
    })
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let made = serde_json::to_string_pretty(&description()).unwrap() + "\n";
    if std::env::var_os("ARCHIPEL_BLESS").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(committed == made, "api/openapi.json is stale: see the top of this file");
    let committed: Value = serde_json::from_str(&committed).unwrap();
    let mut committed_routes = Vec::new();
    for (path, methods) in committed["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        committed_routes.extend(methods.map(|method| (path.clone(), method.to_uppercase())));
    }
    let table = routes().into_iter();
    let mut served: Vec<_> =
        table.map(|route| (described(&route), route.method.to_owned())).collect();
    served.sort();
    committed_routes.sort();
    assert_eq!(served, committed_routes);
}
