//! The API document: committed as `openapi/openapi.json`, never behind the code, and within the rules of the house.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use soquy::domain::values::language::Language;

use crate::nobody_complains;
use crate::source::{SOURCES, Source, words};

/// Operations that ask for no token. May only shrink.
const PUBLIC: &[&str] = &["log_in", "log_out", "refresh_session"];

/// Commands of a unit without a key, and why. May only shrink.
const KEYLESS: &[(&str, &str)] = &[
    ("create_user", "the first password in the answer must not be kept"),
    ("reset_password", "the first password in the answer must not be kept"),
    ("create_unit", "two of a kind with one name below the same unit are refused"),
    ("succeed_unit", "the second time it has ended already"),
    ("give_unit_code", "the second time the day is taken"),
    ("disable_user", "twice is once"),
    ("enable_user", "twice is once"),
    ("grant_role", "twice is once"),
    ("record_repayments", "every row has a key of its own"),
    ("repay_loans", "every row has a key of its own"),
    ("attach_paper", "twice is once"),
    ("cancel_job", "twice is once"),
    ("close_of_day", "a day that is closed stays closed: the second time writes nothing"),
    ("preview_entrustment_fees", "stores nothing"),
    ("preview_capital_receipt", "stores nothing"),
    ("preview_capital_return", "stores nothing"),
    ("preview_journal", "stores nothing"),
    ("preview_reversal", "stores nothing"),
    ("preview_loan_repayment", "stores nothing"),
    ("preview_support_repayment", "stores nothing"),
    ("report_against_plan", "stores nothing"),
];

/// Commands that are done at once or wait for a second person, by what they do. May only shrink.
const MAY_WAIT: &[&str] = &["handle_loan"];

/// Parts of the names of properties that hold money.
const MONEY: &[&str] =
    &["amount", "balance", "debit", "credit", "principal", "interest", "cap", "fee", "total", "paid", "owed"];

/// An operation with its address.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    body: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.body["operationId"].as_str().unwrap_or_default()
    }

    fn complaint(&self, what: &str) -> String {
        format!("{} {} ({}): {what}", self.method, self.path, self.id())
    }

    fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.body["parameters"].as_array().into_iter().flatten()
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().map(move |(method, body)| Operation { method, path, body })
    });
    all.collect()
}

/// A name, a summary, one success with a body, the shared refusal, a token unless public.
fn incomplete(operation: &Operation<'_>) -> Vec<String> {
    let body = operation.body;
    let empty = |value: &Value| value.as_str().unwrap_or_default().is_empty();
    let responses = body["responses"].as_object().cloned().unwrap_or_default();
    let shared =
        responses.get("default").is_some_and(|answer| answer["$ref"] == "#/components/responses/Problem");
    let public = PUBLIC.contains(&operation.id());
    let mut refuses = responses.iter().filter(|(status, _)| !status.starts_with('2'));
    let rules = [
        (
            empty(&body["operationId"]) || operation.id().contains(char::is_uppercase),
            "no operation id in snake case",
        ),
        (empty(&body["summary"]), "no summary"),
        (empty(&body["description"]), "no description"),
        (empty(&body["tags"][0]), "no tag"),
        (successes(body) != 1, "not one success: what it does otherwise is another operation"),
        (
            responses.values().any(|answer| empty(&answer["description"]) && empty(&answer["$ref"])),
            "a silent answer",
        ),
        (refuses.any(|(_, answer)| empty(&answer["$ref"])), "a refusal of its own"),
        (!shared, "not the shared refusal"),
        (
            body["security"][0].get("token").is_none() != public,
            "a token is asked for unless the operation is listed as public",
        ),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, what)| operation.complaint(what)).collect()
}

/// How many statuses mean success. Only a command that sometimes waits for a second person has two, of which the answer tells
/// which it is.
fn successes(body: &Value) -> usize {
    let good = |status: &&String| status.starts_with('2');
    let statuses: Vec<_> =
        body["responses"].as_object().into_iter().flat_map(|all| all.keys()).filter(good).collect();
    if statuses == ["201", "202"] && MAY_WAIT.contains(&body["operationId"].as_str().unwrap_or_default()) {
        return 1;
    }
    statuses.len()
}

/// Parameters of path, query and header say what they are; the path names all of its own.
fn undescribed(operation: &Operation<'_>) -> Vec<String> {
    let silent = operation.parameters().filter(|p| p["description"].as_str().unwrap_or_default().is_empty());
    let silent = silent.map(|p| operation.complaint(&format!("parameter {} is not described", p["name"])));
    let named = |name: &str| operation.parameters().any(|p| p["in"] == "path" && p["name"] == name);
    let in_path = operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    silent
        .chain(
            in_path
                .filter(|name| !named(name))
                .map(|name| operation.complaint(&format!("{{{name}}} is no parameter"))),
        )
        .collect()
}

/// Every command of a unit may be sent twice without being done twice.
fn without_key(operation: &Operation<'_>) -> Option<String> {
    let command = operation.method == "post" && operation.path.starts_with("/v1/units/{unit}/");
    let takes = operation.parameters().any(|p| p["in"] == "header" && p["name"] == "Idempotency-Key");
    (command && takes == KEYLESS.iter().any(|(id, _)| *id == operation.id()))
        .then(|| operation.complaint("takes no Idempotency-Key, or is listed so"))
}

/// What a caller may send is bounded: no unknown fields, no endless texts and lists.
fn boundless(at: &str, schema: &Value, document: &Value) -> Vec<String> {
    let schema = resolve(schema, document);
    let bounded = |keys: &[&str]| keys.iter().any(|key| !schema[*key].is_null());
    let rules = [
        (has_type(schema, "object") && schema["additionalProperties"] != false, "unknown fields are taken"),
        (
            has_type(schema, "string") && !bounded(&["maxLength", "format", "pattern", "enum", "const"]),
            "an endless text",
        ),
        (has_type(schema, "array") && !bounded(&["maxItems"]), "an endless list"),
    ];
    let mut complaints: Vec<_> =
        rules.iter().filter(|(broken, _)| *broken).map(|(_, what)| format!("{at}: {what}")).collect();
    let properties =
        schema["properties"].as_object().into_iter().flatten().map(|(name, inner)| (name.as_str(), inner));
    for (name, inner) in properties.chain(schema.get("items").map(|items| ("0", items))) {
        complaints.extend(boundless(&format!("{at}/{name}"), inner, document));
    }
    complaints
}

/// References that lead nowhere.
fn dangling(value: &Value, document: &Value) -> Vec<String> {
    let to = value["$ref"].as_str().filter(|to| document.pointer(to.trim_start_matches('#')).is_none());
    let own = to.map(|to| format!("{to} leads nowhere"));
    let fields = value.as_object().into_iter().flat_map(|fields| fields.values());
    let inner = fields.chain(value.as_array().into_iter().flatten());
    own.into_iter().chain(inner.flat_map(|inner| dangling(inner, document))).collect()
}

/// No floats anywhere, and what is called like money is a string with a pattern.
fn loose_numbers(at: &str, schema: &Value, document: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    if has_type(schema, "number") {
        complaints.push(format!("{at}: a floating number"));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let money = words(&name.replace('_', " ")).any(|(_, part)| MONEY.contains(&part));
        let resolved = resolve(property, document);
        if money
            && has_type(resolved, "string")
            && resolved["pattern"].is_null()
            && resolved["format"].is_null()
            && resolved["enum"].is_null()
        {
            complaints.push(format!("{at}/{name}: money is a string with a pattern"));
        }
        let counted = name.ends_with("_months") || name.contains("_days_");
        let grace = at.ends_with("/Grace") || name.ends_with("_every");
        if money && has_type(resolved, "integer") && !counted && !grace {
            complaints.push(format!("{at}/{name}: money is a string"));
        }
    }
    let inner =
        schema.as_object().into_iter().flatten().filter(|(_, inner)| inner.is_object() || inner.is_array());
    complaints
        .extend(inner.flat_map(|(name, inner)| loose_numbers(&format!("{at}/{name}"), inner, document)));
    let items = schema.as_array().into_iter().flatten().enumerate();
    complaints.extend(items.flat_map(|(n, inner)| loose_numbers(&format!("{at}/{n}"), inner, document)));
    complaints
}

fn has_type(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind))
}

/// Names of properties, those of flattened parts among them.
fn properties(schema: &Value, document: &Value) -> Vec<String> {
    let schema = resolve(schema, document);
    let own = schema["properties"].as_object().into_iter().flat_map(|own| own.keys().cloned());
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| properties(part, document))).collect()
}

/// Properties that an answer would carry twice, because a flattened part has one of the same name.
fn twice(document: &Value) -> Vec<String> {
    let schemas = document["components"]["schemas"].as_object();
    let all = schemas.into_iter().flatten().flat_map(|(name, schema)| {
        let mut names = properties(schema, document);
        names.sort_unstable();
        let doubled: Vec<_> =
            names.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0].clone()).collect();
        doubled.into_iter().map(move |property| format!("{name} has {property} twice"))
    });
    all.collect()
}

/// The schema itself, behind a reference or beside null.
fn resolve<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let one_of = schema["oneOf"]
        .as_array()
        .and_then(|choices| choices.iter().find(|choice| !has_type(choice, "null")));
    let schema = one_of.unwrap_or(schema);
    let target = schema["$ref"].as_str().and_then(|to| document.pointer(to.trim_start_matches('#')));
    target.map_or(schema, |target| resolve(target, document))
}

fn document() -> Value {
    serde_json::to_value(soquy::api::document()).expect("a document")
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let current = soquy::api::written(Language::En).expect("a document");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &current).expect("a writable folder");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(current.lines()).position(|(a, b)| a != b);
    assert!(
        committed == current,
        "line {differs:?} differs: run UPDATE=1 cargo test --test house and look at the difference"
    );
}

/// What a document says, of a thing or an operation.
fn said(value: &Value) -> Vec<&str> {
    let own = ["description", "summary"].into_iter().filter_map(|key| value[key].as_str());
    let fields = value.as_object().into_iter().flat_map(|fields| fields.values());
    let inner = fields.chain(value.as_array().into_iter().flatten());
    own.chain(inner.flat_map(said)).collect()
}

#[test]
fn the_document_says_everything_in_vietnamese_too() {
    let [en, vi] = [Language::En, Language::Vi].map(|language| {
        serde_json::from_str::<Value>(&soquy::api::written(language).expect("a document")).expect("JSON")
    });
    let own_sentence =
        |text: &&str| !text.starts_with("For the roles ") && text.contains(char::is_alphabetic);
    let pairs = said(&en).into_iter().zip(said(&vi)).filter(|(en, _)| own_sentence(en));
    let paragraphs = pairs.flat_map(|(en, vi)| en.split("\n\n").zip(vi.split("\n\n")));
    let vietnamese: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../../openapi/vi.json")).expect("sentences by their English");
    let missing = paragraphs.clone().filter(|(en, vi)| en == vi && !vietnamese.contains_key(*en));
    let missing: std::collections::BTreeSet<_> =
        missing.map(|(en, _)| en).filter(|en| !en.starts_with("For the roles ")).collect();
    nobody_complains(missing.into_iter().map(|en| format!("not in openapi/vi.json: {en:?}")));
    let mut known: std::collections::BTreeSet<_> =
        said(&en).into_iter().flat_map(|text| text.split("\n\n").chain([text])).collect();
    let tags: Vec<_> =
        en["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    let tags: Vec<_> = tags.iter().flat_map(|tag| [format!("tag:{tag}"), format!("tag-en:{tag}")]).collect();
    known.extend(tags.iter().map(String::as_str));
    nobody_complains(
        vietnamese
            .keys()
            .filter(|en| !known.contains(en.as_str()))
            .map(|en| format!("stale in openapi/vi.json: {en:?}")),
    );
}

#[test]
fn no_two_names_of_the_document_differ_only_in_case() {
    let document = document();
    let mut seen = BTreeMap::new();
    let names = document["components"]["schemas"].as_object().into_iter().flat_map(|all| all.keys());
    nobody_complains(names.filter_map(|name| {
        let before = seen.insert(name.replace('_', "").to_lowercase(), name)?;
        Some(format!("schemas {before} and {name}"))
    }));
}

#[test]
fn every_operation_says_what_it_is_and_refuses_alike() {
    let document = document();
    let operations = operations(&document);
    nobody_complains(operations.iter().flat_map(incomplete));
    nobody_complains(operations.iter().flat_map(undescribed));
    let mut ids: Vec<_> = operations.iter().map(Operation::id).collect();
    ids.sort_unstable();
    nobody_complains(
        ids.windows(2)
            .filter(|two| two[0] == two[1])
            .map(|two| format!("two operations are called {}", two[0])),
    );
}

#[test]
fn every_command_of_a_unit_takes_a_key() {
    nobody_complains(operations(&document()).iter().filter_map(without_key));
}

#[test]
fn money_is_a_string_with_a_pattern_and_nothing_is_a_float() {
    let document = document();
    nobody_complains(loose_numbers("", &document, &document));
}

#[test]
fn what_a_caller_may_send_is_bounded() {
    let document = document();
    let bodies = operations(&document).into_iter().filter_map(|operation| {
        let content = operation.body["requestBody"]["content"].as_object()?;
        let schema = &content.iter().find(|(kind, _)| kind.ends_with("json"))?.1["schema"];
        (!schema.is_null()).then(|| boundless(operation.id(), schema, &document))
    });
    nobody_complains(bodies.flatten());
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    nobody_complains(dangling(&document, &document));
    let planted = serde_json::json!({"a": [{"$ref": "#/b"}, {"$ref": "#/c"}], "b": 1});
    assert_eq!(dangling(&planted, &planted), ["#/c leads nowhere"]);
}

#[test]
fn no_answer_has_a_property_twice() {
    nobody_complains(twice(&document()));
}

/// The name of each type of the document that a file defines, as the document calls it.
fn schema_names(source: &Source) -> Vec<&str> {
    let words: Vec<&str> = source.words().map(|(_, word)| word).collect();
    let derived = words.iter().enumerate().filter(|(_, word)| **word == "ToSchema");
    derived
        .filter_map(|(at, _)| {
            let rest = &words[at + 1..];
            let defined = rest.iter().position(|word| ["struct", "enum", "impl", "fn"].contains(word))?;
            let alias = rest[..defined].windows(2).find(|pair| pair[0] == "as").map(|pair| pair[1]);
            let own = ["struct", "enum"].contains(&rest[defined]).then(|| rest[defined + 1]);
            if rest[0] == "for" { rest.get(1).copied() } else { alias.or(own) }
        })
        .collect()
}

/// Two types of one name: the document would show one in the place of the other.
fn confused<'a>(sources: impl Iterator<Item = &'a Source>) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut complaints = Vec::new();
    for source in sources {
        for name in schema_names(source) {
            if let Some(before) = seen.insert(name, &source.path) {
                complaints.push(format!("{}: schema {name} is in {before} already", source.path));
            }
        }
    }
    complaints
}

#[test]
fn no_two_types_have_one_name_in_the_document() {
    nobody_complains(confused(SOURCES.iter().filter(|source| source.in_source())));
}

#[test]
fn planted_confusion_is_seen() {
    let of = |path, text| Source::of(path, text);
    let (a, b) = ("#[derive(Clone, utoipa::ToSchema)]\n", "pub struct Split { of: u8 }");
    let sources = [
        of("src/a.rs", &format!("{a}{b}")),
        of("src/b.rs", &format!("{a}#[schema(as = Part)]\n{b}")),
        of("src/c.rs", &format!("{a}enum Part {{}}\nimpl utoipa::ToSchema for Split {{}}\nenum Other {{}}")),
    ];
    assert_eq!(
        confused(sources.iter()),
        ["src/c.rs: schema Part is in src/b.rs already", "src/c.rs: schema Split is in src/a.rs already"]
    );
}

#[test]
fn planted_endlessness_is_seen() {
    let planted = serde_json::json!({"a": {"type": "object", "properties": {
        "name": {"type": ["string", "null"]}, "day": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"type": "object", "additionalProperties": false}},
    }}});
    let complaints = boundless("", &serde_json::json!({"$ref": "#/a"}), &planted);
    assert_eq!(
        complaints,
        [": unknown fields are taken", "/lines: an endless list", "/name: an endless text"]
    );
}

#[test]
fn planted_operations_are_seen() {
    let planted = serde_json::json!({"paths": {"/v1/units/{unit}/loans/{loan}": {"post": {
        "operationId": "payOut", "summary": "Pays out.", "tags": ["loans"],
        "parameters": [{"in": "path", "name": "unit", "description": "the unit"}, {"in": "query", "name": "on"}],
        "responses": {"200": {}, "404": {}}, "security": [{"token": []}],
    }}}});
    let operations = operations(&planted);
    let said = |complaints: Vec<String>| {
        complaints.join("|").replace("post /v1/units/{unit}/loans/{loan} (payOut): ", "")
    };
    assert_eq!(
        said(incomplete(&operations[0])),
        "no operation id in snake case|no description|a silent answer|a refusal of its own|not the shared refusal"
    );
    assert_eq!(said(undescribed(&operations[0])), "parameter \"on\" is not described|{loan} is no parameter");
    assert_eq!(
        said(without_key(&operations[0]).into_iter().collect()),
        "takes no Idempotency-Key, or is listed so"
    );
}

#[test]
fn planted_loose_money_is_seen() {
    let planted = serde_json::json!({"a": {"Money": {"type": "string", "pattern": "^[0-9]+$"}, "Loan": {"properties": {
        "paid_amount": {"oneOf": [{"type": "null"}, {"$ref": "#/a/Money"}]},
        "fee": {"type": ["string", "null"]}, "balance": {"type": "integer"}, "rate": {"type": "number"},
    }}}});
    let complaints = loose_numbers("", &planted, &planted);
    assert_eq!(
        complaints,
        [
            "/a/Loan/balance: money is a string",
            "/a/Loan/fee: money is a string with a pattern",
            "/a/Loan/properties/rate: a floating number",
        ]
    );
}
