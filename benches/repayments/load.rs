//! Officers at work: each connection sends the next repayment as soon as the last one is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use soquy::clock::Clock;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::books::UNIT;
use crate::client::Client;
use crate::figures::Run;

/// What the connections need.
pub struct Load {
    address: SocketAddr,
    token: String,
    agreements: Vec<Uuid>,
    connections: usize,
    today: NaiveDate,
}

impl Load {
    pub fn new(address: SocketAddr, token: String, agreements: &[Uuid], connections: usize) -> Self {
        Self { address, token, agreements: agreements.to_vec(), connections, today: Clock::System.today() }
    }

    /// Sends for so long; what was sent by then is waited for.
    pub async fn run(self, time: Duration) -> anyhow::Result<Run> {
        let load = Arc::new(self);
        let mut clients = Vec::new();
        for _ in 0..load.connections {
            clients.push(Client::connect(load.address).await?);
        }
        let begun = Instant::now();
        let mut officers = JoinSet::new();
        for client in clients {
            officers.spawn(load.clone().work(client, begun + time));
        }
        let mut run = Run::default();
        while let Some(worked) = officers.join_next().await {
            run.add(worked??);
        }
        run.took = begun.elapsed();
        Ok(run)
    }

    async fn work(self: Arc<Self>, mut client: Client, until: Instant) -> anyhow::Result<Run> {
        let mut run = Run::default();
        while Instant::now() < until {
            let request = self.request();
            let sent = Instant::now();
            let (status, body) = client.send(request.as_bytes()).await?;
            if status == 201 {
                run.latencies.push(sent.elapsed());
            } else {
                run.complain(status, body);
            }
        }
        Ok(run)
    }

    /// A small repayment of a random agreement under a key of its own.
    fn request(&self) -> String {
        let agreement = self.agreements[rand::random_range(0..self.agreements.len())];
        let (amount, day) = (rand::random_range(1_000..10_000_u32), self.today);
        let body = format!(r#"{{"amount":"{amount}","received_on":"{day}","till":"cash"}}"#);
        format!(
            "POST /v1/units/{UNIT}/support/{agreement}/repayments HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {}\r\nidempotency-key: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.token,
            Clock::System.new_id(),
            body.len()
        )
    }
}
