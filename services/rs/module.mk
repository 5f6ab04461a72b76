# The reincarnation server and its unit tests.

rs_core := $(addprefix services/rs/, heartbeat.c misdeeds.c obituary.c recovery.c \
	supervise.c supervise_adopt.c supervise_death.c supervise_request.c supervise_start.c)

services += rs
rs_sources := services/rs/rs.c $(rs_core)
