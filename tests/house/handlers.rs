//! Handlers: a `GET` reads from one snapshot and has no way to write; the document says who passes.

use crate::nobody_complains;
use crate::source::{SOURCES, Source, words};

/// What gives a handler more than reading.
const WRITING: &[&str] =
    &["State", "App", "Extension", "Command", "Keyed", "Keyless", "Rehearsal", "Admitted"];

/// Handlers of `GET` that take anything but `Read<…>`, which knows no transaction but one of reading.
fn writing_reads(source: &Source) -> Vec<String> {
    let handlers = source.code.split("#[utoipa::path(").skip(1);
    let gets = handlers.filter(|handler| words(handler).next().is_some_and(|(_, method)| method == "get"));
    gets.filter_map(|handler| {
        let (arguments, _) = handler.split_once(" fn ")?.1.split_once("->")?;
        let takes = |name: &str| words(arguments).any(|(_, word)| word == name);
        let name = words(arguments).next()?.1;
        (!takes("Read") || WRITING.iter().any(|name| takes(name)))
            .then(|| format!("{}: {name} answers GET: it takes Read<…> and nothing that writes", source.path))
    })
    .collect()
}

#[test]
fn what_answers_a_get_reads_one_snapshot() {
    nobody_complains(SOURCES.iter().filter(|source| source.in_source()).flat_map(writing_reads));
}

#[test]
fn a_planted_get_that_writes_is_seen() {
    let seen = |method: &str, takes: &str| {
        let path = format!("#[utoipa::path({method}, path = \"/v1/x\")]\n");
        let handler = format!("{path}async fn show(\n{takes}) -> Result<Json<X>, Problem> {{ x }}");
        writing_reads(&Source::of("src/a/http.rs", &handler)).len()
    };
    assert_eq!(seen("get", "read: Read<Reader>, Path(APath { a }): Path<APath>"), 0);
    assert_eq!(seen("get", "command: Keyless<Reader>"), 1);
    assert_eq!(seen("get", "State(app): State<App>, permit: Reader"), 1);
    assert_eq!(seen("get", "read: Read<Reader>, State(app): State<App>"), 1);
    assert_eq!(seen("post", "command: Command<Officer>"), 0);
}

/// Handlers whose operation is documented with another permit than they ask for.
fn misleading(source: &Source) -> Vec<String> {
    let handlers = source.code.split("#[utoipa::path(").skip(1);
    let wrong = handlers.filter_map(|handler| {
        let (attribute, rest) = handler.split_once(" fn ")?;
        let (arguments, _) = rest.split_once("->")?;
        let carriers = ["Read<", "Command<", "Keyed<", "Keyless<", "Rehearsal<"];
        let asked = carriers.iter().find_map(|carrier| words(arguments.split_once(carrier)?.1).next());
        let asked = asked.map(|(_, permit)| permit)?;
        let stated = attribute.split_once("params(").and_then(|(_, rest)| words(rest).next());
        let name = words(arguments).next()?.1;
        (stated.is_none_or(|(_, stated)| stated != asked))
            .then(|| format!("{}: {name} asks for {asked}: params({asked}, …) says so", source.path))
    });
    wrong.collect()
}

#[test]
fn the_document_says_who_passes() {
    nobody_complains(SOURCES.iter().filter(|source| source.in_source()).flat_map(misleading));
}

#[test]
fn a_planted_wrong_permit_is_seen() {
    let seen = |params: &str, takes: &str| {
        let handler =
            format!("#[utoipa::path(get, path = \"/v1/x\"{params})]\nasync fn show({takes}) -> X {{ x }}");
        misleading(&Source::of("src/a/http.rs", &handler)).len()
    };
    assert_eq!(seen(", params(Reader, APath)", "read: Read<Reader>, Path(a): Path<APath>"), 0);
    assert_eq!(seen(", params(Officer, APath)", "read: Read<Reader>, Path(a): Path<APath>"), 1);
    assert_eq!(seen("", "command: Keyed<Officer>"), 1);
}

/// Handlers that answer with a version of which the document does not know.
fn untold_versions(source: &Source, document: &serde_json::Value) -> Vec<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations: Vec<_> =
        paths.flat_map(|(_, item)| item.as_object().into_iter().flatten().map(|(_, body)| body)).collect();
    let handlers = source.code.split("#[utoipa::path(").skip(1);
    let untold = handlers.filter_map(|handler| {
        let (name, rest) = handler.split_once(" fn ")?.1.split_once('(')?;
        let answer = rest.split_once("->")?.1.split('{').next()?;
        let told = |body: &&&serde_json::Value| !body["responses"]["200"]["headers"]["ETag"].is_null();
        let known = operations.iter().filter(|body| body["operationId"] == name).filter(told).count();
        (answer.contains("Tagged<") && known == 0)
            .then(|| format!("{}: {name} answers with an ETag: its responses say so", source.path))
    });
    untold.collect()
}

#[test]
fn the_document_tells_of_versions() {
    let document = serde_json::to_value(soquy::api::document()).expect("a document");
    let sources = SOURCES.iter().filter(|source| source.in_source());
    nobody_complains(sources.flat_map(|source| untold_versions(source, &document)));
}

#[test]
fn a_planted_version_is_seen() {
    let document = |headers| {
        let show = serde_json::json!({"operationId": "show", "responses": {"200": {"headers": headers}}});
        serde_json::json!({"paths": {"/v1/x": {"get": show}}})
    };
    let handler =
        "#[utoipa::path(get, path = \"/v1/x\")]\nasync fn show(a: A) -> Result<Tagged<X>, Problem> { x }";
    let seen = |headers| untold_versions(&Source::of("src/a/http.rs", handler), &document(headers)).len();
    assert_eq!((seen(serde_json::json!({"ETag": {}})), seen(serde_json::json!({}))), (0, 1));
}
