services += bench_ping bench_pong
bench_ping_sources := tests/bench/ipc_client.c
bench_pong_sources := tests/bench/ipc_server.c
