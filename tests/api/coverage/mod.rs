//! What holds for every operation of the API document: who may, who may not, and what nonsense is answered with.

mod history;
mod nonsense;
mod permits;

use serde_json::{Map, Value, json};

/// An operation of the document.
struct Operation {
    id: String,
    method: axum::http::Method,
    /// With its parameters in braces.
    path: String,
    body: Value,
}

/// Every operation of the document, the document for its references, and keys of things that exist, such as `fund_id`.
struct Api {
    document: Value,
    operations: Vec<Operation>,
    known: Map<String, Value>,
}

impl Api {
    fn read() -> Self {
        let document = serde_json::to_value(soquy::api::document()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let all = paths.iter().flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(|(method, body)| Operation {
                id: body["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                body: body.clone(),
            })
        });
        Self { operations: all.collect(), document, known: Map::new() }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(to) => self.resolve(
                self.document.pointer(to.trim_start_matches('#')).expect("a reference that leads somewhere"),
            ),
            None => schema,
        }
    }

    /// A schema, and each of those that it leaves open.
    fn choices(&self, schema: &Value) -> Vec<Value> {
        let schema = self.resolve(schema);
        let open = ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
        open.flat_map(|one| self.choices(one)).chain([schema.clone()]).collect()
    }

    /// The schemas of a field of an object, or of the rows of a list.
    fn below(&self, schema: &Value, part: &str) -> Vec<Value> {
        let inner = self.choices(schema).into_iter().map(|schema| match schema.get("items") {
            Some(items) => items.clone(),
            None => schema["properties"][part].clone(),
        });
        inner.filter(|schema| !schema.is_null()).collect()
    }

    /// A value that fits a schema, optional parts included down to a depth.
    fn sample(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(schema);
        let told =
            ["const", "example", "default"].iter().map(|key| &schema[key]).find(|value| !value.is_null());
        if let Some(value) = told.or_else(|| schema["examples"].get(0)).or_else(|| schema["enum"].get(0)) {
            return value.clone();
        }
        for choice in ["oneOf", "anyOf"] {
            let real = schema[choice].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
            if let Some(real) = real {
                return self.sample(real, depth);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().filter_map(|part| self.sample(part, depth).as_object().cloned());
            return Value::Object(parts.flatten().collect());
        }
        match kind(schema) {
            "object" if depth > 0 => self.sample_object(schema, depth - 1),
            "array" if depth > 0 => {
                let items = schema["minItems"].as_u64().unwrap_or(1).max(1);
                (0..items).map(|_| self.sample(&schema["items"], depth - 1)).collect()
            }
            "object" => json!({}),
            "array" => json!([]),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "boolean" => json!(true),
            _ => sample_text(schema),
        }
    }

    fn sample_object(&self, schema: &Value, depth: usize) -> Value {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let value = |(name, part): (&String, &Value)| {
            (name.clone(), self.known.get(name).cloned().unwrap_or_else(|| self.sample(part, depth)))
        };
        Value::Object(properties.map(value).collect())
    }
}

/// The type of a schema, `null` left aside.
fn kind(schema: &Value) -> &str {
    let kinds = schema["type"].as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
    kinds.unwrap_or(&schema["type"]).as_str().unwrap_or("object")
}

fn sample_text(schema: &Value) -> Value {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    json!(match schema["format"].as_str() {
        Some("uuid") => "01890000-0000-7000-8000-000000000001",
        Some("date") => "2026-03-02",
        Some("date-time") => "2026-03-02T02:00:00Z",
        _ if pattern.contains("[0-9]") => "1000000",
        _ => "abcdefgh",
    })
}

impl Operation {
    fn parameters(&self, place: &'static str) -> impl Iterator<Item = &Value> {
        self.body["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(move |parameter| parameter["in"] == place)
    }

    /// Whether it is about one unit, named in its path.
    fn is_of_a_unit(&self) -> bool {
        self.path.starts_with("/v1/units/{unit}/")
    }

    /// The path with some parameters given and the others filled with values that fit.
    fn path_with(&self, api: &Api, given: &[(&str, &str)]) -> String {
        self.parameters("path").fold(self.path.clone(), |path, parameter| {
            let name = parameter["name"].as_str().unwrap();
            let known = api.known.get(&format!("{name}_id")).cloned();
            let sample = known.unwrap_or_else(|| api.sample(&parameter["schema"], 1));
            let sample = sample.as_str().map_or(sample.to_string(), str::to_owned);
            let value = given.iter().find(|(given, _)| *given == name).map_or(&*sample, |(_, value)| value);
            path.replace(&format!("{{{name}}}"), value)
        })
    }

    fn path_at(&self, api: &Api, unit: i32) -> String {
        self.path_with(api, &[("unit", &unit.to_string())])
    }

    /// Whether the document lets `null` stand at a place of its body.
    fn takes_null(&self, api: &Api, pointer: &str) -> bool {
        let content = api.resolve(&self.body["requestBody"])["content"].as_object();
        let schemas = content.into_iter().flatten().map(|(_, content)| content["schema"].clone());
        let found = pointer.split('/').skip(1).fold(schemas.collect::<Vec<_>>(), |schemas, part| {
            schemas.iter().flat_map(|schema| api.below(schema, part)).collect()
        });
        let null = |schema: &Value| {
            schema["type"] == "null"
                || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("null")))
        };
        found.is_empty() || found.iter().any(|schema| api.choices(schema).iter().any(null))
    }

    /// The content type of its body and a body that fits.
    fn content(&self, api: &Api) -> Option<(String, Value)> {
        let content = api.resolve(&self.body["requestBody"])["content"].as_object()?.iter().next()?;
        Some((content.0.clone(), api.sample(&content.1["schema"], 6)))
    }
}
