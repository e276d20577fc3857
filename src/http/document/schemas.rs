//! What the derived schemas leave out, so that generators of clients read them: rows of pages by name, the tag of a choice.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayItems, Discriminator, Object, ObjectBuilder, OneOf, Schema, Type,
};
use utoipa::openapi::{Ref, RefOr};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The field by which choices are told apart.
const TAG: &str = "kind";

/// Tidies all schemas of the document.
pub fn tidy(schemas: &mut Schemas) {
    schemas.values_mut().for_each(close_choices);
    schemas.values_mut().for_each(open_pairs);
    let names: Vec<_> = schemas.keys().cloned().collect();
    for name in names {
        if let Some((_, of)) = name.split_once('_') {
            name_rows(schemas, &name, of);
        }
        name_choices(schemas, &name);
    }
}

/// The choices of a tagged value take no unknown fields: what serde refuses and the derived schema leaves out.
fn close_choices(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one_of)) = schema else { return };
    for choice in &mut one_of.items {
        if let RefOr::T(Schema::Object(object)) = choice
            && object.required.iter().any(|field| field == TAG)
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// A pair of closed lists is an array of two of their values: `items: false` is what generators stumble over.
fn open_pairs(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.values_mut().for_each(open_pairs),
        RefOr::T(Schema::OneOf(choices)) => choices.items.iter_mut().for_each(open_pairs),
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().for_each(open_pairs),
        RefOr::T(Schema::Array(array)) => match &mut array.items {
            ArrayItems::RefOrSchema(items) => open_pairs(items),
            ArrayItems::False => {
                let values = |part: &Schema| match part {
                    Schema::Object(object) => object.enum_values.clone().unwrap_or_default(),
                    _ => Vec::new(),
                };
                let parts = std::mem::take(&mut array.prefix_items);
                let either = ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(parts.iter().flat_map(values)));
                (array.min_items, array.max_items) = (Some(parts.len()), Some(parts.len()));
                array.items = ArrayItems::RefOrSchema(Box::new(either.build().into()));
            }
        },
        _ => {}
    }
}

/// `Page_Unit` has rows of `Unit`, `Preview_Journal` a `Journal`: by name, not written out again.
fn name_rows(schemas: &mut Schemas, name: &str, of: &str) {
    let Some(RefOr::T(Schema::Object(outer))) = schemas.get_mut(name) else { return };
    let mut written_out = None;
    for property in outer.properties.values_mut() {
        let inner = match property {
            RefOr::T(Schema::Array(rows)) => match &mut rows.items {
                ArrayItems::RefOrSchema(row) => &mut **row,
                ArrayItems::False => continue,
            },
            other => other,
        };
        if matches!(inner, RefOr::T(Schema::Object(row)) if !row.properties.is_empty())
            || matches!(inner, RefOr::T(Schema::AllOf(_)))
        {
            written_out = Some(std::mem::replace(inner, Ref::from_schema_name(of).into()));
        }
    }
    if let Some(row) = written_out {
        schemas.entry(of.to_owned()).or_insert(row);
    }
}

/// The one value of the tag in a choice.
fn tag_of(choice: &RefOr<Schema>) -> Option<String> {
    let of_object = |object: &Object| match object.properties.get(TAG)? {
        RefOr::T(Schema::Object(tag)) => match tag.enum_values.as_deref()? {
            [only] => only.as_str().map(str::to_owned),
            _ => None,
        },
        _ => None,
    };
    match choice {
        RefOr::T(Schema::Object(object)) => of_object(object),
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter().find_map(tag_of),
        _ => None,
    }
}

/// `by_first_birth` of `Due` is `DueByFirstBirth`.
fn name_of(parent: &str, tag: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    parent.to_owned() + &tag.split('_').filter(|part| !part.is_empty()).map(word).collect::<String>()
}

/// Gives the choices of a tagged value names, and says which tag means which.
fn name_choices(schemas: &mut Schemas, name: &str) {
    let Some(RefOr::T(Schema::OneOf(one_of))) = schemas.get_mut(name) else { return };
    let tags: Option<Vec<_>> = one_of.items.iter().map(tag_of).collect();
    let Some(tags) = tags else { return };
    let choices = std::mem::take(&mut one_of.items);
    let named: Vec<_> = tags.iter().map(|tag| name_of(name, tag)).collect();
    point_at(one_of, tags.iter().zip(&named));
    schemas.extend(named.into_iter().zip(choices));
}

fn point_at<'a>(one_of: &mut OneOf, choices: impl Iterator<Item = (&'a String, &'a String)>) {
    let mut tag = Discriminator::new(TAG);
    for (value, name) in choices {
        let choice = Ref::from_schema_name(name.as_str());
        tag.mapping.insert(value.clone(), choice.ref_location.clone());
        one_of.items.push(choice.into());
    }
    one_of.discriminator = Some(tag);
}
