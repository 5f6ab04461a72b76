services += bench_ipc_client bench_ipc_server
bench_ipc_client_sources := tests/bench/ipc_client.c
bench_ipc_server_sources := tests/bench/ipc_server.c
