# The server in a small image; its database is another container (docker-compose.yml) or any PostgreSQL 15 or newer.
FROM rust:1.95-bookworm AS build
WORKDIR /soquy
COPY . .
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/soquy/target \
    cargo build --release --locked && cp target/release/soquy /usr/local/bin/soquy

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/soquy soquy
COPY --from=build /usr/local/bin/soquy /usr/local/bin/soquy
COPY LICENSE /usr/share/doc/soquy/LICENSE
USER soquy
WORKDIR /var/lib/soquy
ENV SOQUY_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["soquy", "health"]
ENTRYPOINT ["soquy"]
CMD ["serve"]
