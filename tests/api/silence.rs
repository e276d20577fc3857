//! The host of the database goes without a word: nothing on an open connection is answered any more, and new connections work.
//! No unit hangs, and nobody needs to start the server anew.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use uuid::Uuid;

use crate::revolving::{World, at};
use crate::support::{TestApp, database};

/// How soon a repayment is taken after the silence begins.
const SOON: Duration = Duration::from_secs(15);

/// Stands between the application and the database, and can let go of what is connected.
struct Proxy {
    url: String,
    silence: Arc<watch::Sender<Silence>>,
}

/// What does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// Nothing is held up.
    None,
    /// Connections that were open.
    OfOpen,
    /// New ones as well.
    OfAll,
}

impl Proxy {
    async fn before(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        let socket = options.get_socket().expect("the tests' server has a socket").join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let silence = Arc::new(watch::channel(Silence::None).0);
        tokio::spawn({
            let silence = silence.clone();
            async move {
                loop {
                    let (mut client, _) = listener.accept().await.unwrap();
                    let (mut silent, socket) = (silence.subscribe(), socket.clone());
                    tokio::spawn(async move {
                        let mut server = UnixStream::connect(&socket).await.unwrap();
                        if *silent.borrow_and_update() == Silence::OfAll {
                            std::future::pending::<()>().await;
                        }
                        tokio::select! {
                            _ = copy_bidirectional(&mut client, &mut server) => {}
                            _ = silent.changed() => std::future::pending::<()>().await,
                        }
                    });
                }
            }
        });
        let (user, name) = (options.get_username().to_owned(), options.get_database().unwrap().to_owned());
        let through = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port).username(&user);
        Self { url: through.database(&name).to_url_lossy().to_string(), silence }
    }

    /// From now on nothing passes on the connections that are open, and perhaps on new ones.
    fn falls(&self, silence: Silence) {
        self.silence.send_replace(silence);
    }
}

/// A commune whose server reaches its database through a proxy, and agreements to be repaid.
async fn commune() -> (World, Proxy, Vec<Uuid>) {
    let url = database::fresh().await;
    let direct = TestApp::on(&url).await;
    let mut world = World::on(direct.clone(), "tt24_2024").await;
    let project = world.project(json!({})).await;
    let mut agreements = Vec::new();
    for name in ["An", "Bình", "Chi", "Dũng"] {
        agreements.push(world.running(project, name, "10000000", 1).await);
    }
    let proxy = Proxy::before(&url).await;
    world.app = TestApp::on(&proxy.url).await;
    world.app.owner = direct.owner;
    (world, proxy, agreements)
}

/// Repays under one key until it is taken, as whoever is told to come again does.
async fn taken(world: &World, agreement: Uuid, key: &str, by: Instant) {
    let path = at(&format!("/support/{agreement}/repayments"));
    let body = json!({"amount": "1000", "received_on": world.app.app.clock.today(), "till": "cash"});
    let repaid = async {
        loop {
            let answer = world.app.post_once(&world.officer, key, &path, body.clone()).await;
            match answer.status.as_u16() {
                201 => return,
                409 | 503 | 504 => tokio::task::yield_now().await,
                _ => panic!("{}", answer.text),
            }
        }
    };
    timeout_at(by, repaid).await.expect("a repayment is taken soon");
}

async fn ready(world: &World) -> u16 {
    let asked = timeout(SOON, world.app.get(&world.officer, "/readyz"));
    asked.await.expect("an answer in time").status.as_u16()
}

async fn until_ready(world: &World) {
    let ready = async { while ready(world).await != 200 {} };
    timeout(SOON, ready).await.expect("it is ready soon");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repayment_is_taken_soon_after_the_connections_at_rest_fell_silent() {
    let (world, proxy, agreements) = commune().await;
    let far = Instant::now() + Duration::from_secs(60);
    taken(&world, agreements[0], "before-the-silence", far).await;
    proxy.falls(Silence::OfOpen);
    taken(&world, agreements[1], "after-the-silence", Instant::now() + SOON).await;
    until_ready(&world).await;
    world.proved().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repayments_on_their_way_when_it_falls_silent_are_taken_once_when_they_come_again() {
    let (world, proxy, agreements) = commune().await;
    let world = Arc::new(world);
    let mut on_their_way = JoinSet::new();
    let far = Instant::now() + Duration::from_secs(60);
    for n in 0..40 {
        let (world, agreement) = (world.clone(), agreements[n % agreements.len()]);
        on_their_way.spawn(async move { taken(&world, agreement, &format!("on-its-way-{n}"), far).await });
    }
    on_their_way.join_next().await.expect("a first one").unwrap();
    proxy.falls(Silence::OfOpen);
    taken(&world, agreements[0], "after-the-silence", Instant::now() + SOON).await;
    while let Some(done) = on_their_way.join_next().await {
        done.unwrap();
    }
    let stored = "select count(*) from agreement_event where kind = 'repaid'";
    let stored: i64 = sqlx::query_scalar(stored).fetch_one(&world.app.owner).await.unwrap();
    assert_eq!(stored, 41);
    world.proved().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_database_does_not_answer_is_not_ready() {
    let (world, proxy, _) = commune().await;
    until_ready(&world).await;
    proxy.falls(Silence::OfAll);
    assert_eq!(ready(&world).await, 503);
    proxy.falls(Silence::None);
    until_ready(&world).await;
}
