//! The operations of the document, as the routes find them: their names, and the parameters they declare. A parameter that an
//! operation does not declare is refused, so that none is obeyed by halves.

use std::collections::HashMap;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use utoipa::openapi::path::{ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use crate::http::document;
use crate::http::extract::wrong_parameter;
use crate::problem::Problem;
use crate::text;

/// An operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// Its id: its name in the audit trail.
    pub id: String,
    /// What it takes after `?`.
    queries: Vec<String>,
}

/// The operations by path and method.
#[derive(Debug)]
pub struct Operations(HashMap<String, Vec<(Method, Operation)>>);

impl Operations {
    /// Those of a document.
    pub fn of(document: OpenApi) -> Self {
        let paths = document.paths.paths.into_iter();
        Self(paths.map(|(path, mut item)| (path, Self::at(&mut item))).collect())
    }

    fn at(item: &mut PathItem) -> Vec<(Method, Operation)> {
        let known = document::operations(item).filter_map(|(method, operation)| {
            let parameters = operation.parameters.iter().flatten();
            let queries = parameters.filter_map(|parameter| match parameter {
                RefOr::T(known) if known.parameter_in == ParameterIn::Query => Some(known.name.clone()),
                _ => None,
            });
            let queries = queries.collect();
            Some((method, Operation { id: operation.operation_id.clone()?, queries }))
        });
        known.collect()
    }

    fn find(&self, path: &str, method: &Method) -> Option<&Operation> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(path)?.iter().find(|(known, _)| known == method).map(|(_, operation)| operation)
    }
}

impl Operation {
    /// Refuses what is not declared.
    fn check(&self, uri: &Uri) -> Result<(), Problem> {
        let given = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let unknown =
            given.map(|(name, _)| name).find(|name| !self.queries.iter().any(|known| known == name));
        let Some(name) = unknown else { return Ok(()) };
        let known: Vec<_> = self.queries.iter().map(|known| format!("`{known}`")).collect();
        let names = known.join(", ");
        Err(wrong_parameter(
            &name,
            if known.is_empty() {
                text!("ở đây không có tham số nào sau dấu “?”", "nothing is taken here after “?”")
            } else {
                text!("Không có trường này; có: {names}", "There is no such field; there are: {names}")
            },
        ))
    }
}

/// Tells each request its operation.
pub async fn known(
    State(operations): State<&'static Operations>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let path = request.extensions().get::<MatchedPath>();
    if let Some(operation) = path.and_then(|path| operations.find(path.as_str(), request.method())) {
        operation.check(request.uri())?;
        request.extensions_mut().insert(operation);
    }
    Ok(next.run(request).await)
}
