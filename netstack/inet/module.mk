# INET: lwIP as a service. lwIP's own files keep their own warnings; they are
# compiled once for the image and once, with the sanitizers, for the unit tests.

services += inet
inet_sources := $(wildcard netstack/inet/*.c)
inet_cflags := -Inetstack/inet/port -isystem build/third/lwip/src/include
