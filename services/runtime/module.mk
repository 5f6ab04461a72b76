# The runtime that is linked into every service; without floating point, so that it fits all.

runtime_directory := services/runtime
runtime_sources := $(addprefix $(runtime_directory)/, \
	start.S kernel.c service.c turn.c call.c info.c clock.c log.c libc.c crash.c socket.c) \
	$(wildcard $(runtime_directory)/ds.c)
