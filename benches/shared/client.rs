//! As much of HTTP/1.1 as a connection that stays open needs.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection.
pub struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(4096) })
    }

    /// Sends a whole request and reads its whole answer: the status, and the body for complaints.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let (status, body, end) = loop {
            anyhow::ensure!(self.stream.read_buf(&mut self.read).await? > 0, "the server hung up");
            if let Some(head) = head(&self.read)? {
                break head;
            }
        };
        while self.read.len() < end {
            anyhow::ensure!(self.stream.read_buf(&mut self.read).await? > 0, "half an answer");
        }
        Ok((status, &self.read[body..end]))
    }
}

/// Status, begin and end of the body, once the head is there.
fn head(read: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&read[..end])?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
    let length = head.lines().filter_map(|line| line.split_once(": ")).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
    });
    let body = end + 4;
    Ok(Some((status, body, body + length.context("no content-length")?)))
}
