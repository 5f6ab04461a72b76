services += vga
vga_sources := $(addprefix drivers/video/vga/, keyboard.c screen.c vga.c)

