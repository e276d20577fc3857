//! A client that writes a whole request before reading sees the refusal of it.
//!
//! A refusal may come before the body was read to its end. A connection closed then breaks under the hands of a client that
//! is still writing, which never reads why. So the rest is read and thrown away, beside the answer and within bounds.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream::{self, Stream, StreamExt as _};

/// The most that is thrown away, in bytes.
const MOST: usize = 64 * 1024 * 1024;

/// The longest it is waited for.
const LONGEST: Duration = Duration::from_secs(10);

/// A body that the handler reads and that we take back when it is refused.
struct Lent {
    body: BodyDataStream,
    /// Whether the client sends it: one that asked `Expect: 100-continue` waits until the server reads.
    sent: bool,
}

fn reader(lent: Arc<Mutex<Lent>>) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    stream::poll_fn(move |cx| {
        let mut lent = lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.sent = true;
        Pin::new(&mut lent.body).poll_next(cx)
    })
}

/// Lends the body to the handler; what it left of a refused one is read and dropped.
pub async fn lend(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let sent = !request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let lent = Arc::new(Mutex::new(Lent { body: body.into_data_stream(), sent }));
    let body = Body::from_stream(reader(Arc::clone(&lent)));
    let response = next.run(Request::from_parts(parts, body)).await;
    let refused = response.status().is_client_error() || response.status().is_server_error();
    if refused && lent.lock().unwrap_or_else(PoisonError::into_inner).sent {
        tokio::spawn(tokio::time::timeout(LONGEST, drain(lent)));
    }
    response
}

async fn drain(lent: Arc<Mutex<Lent>>) {
    let mut rest = std::pin::pin!(reader(lent));
    let mut read = 0;
    while let Some(Ok(bytes)) = rest.next().await {
        read += bytes.len();
        if read > MOST {
            return;
        }
    }
}
