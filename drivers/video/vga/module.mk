services += vga
vga_sources := $(addprefix drivers/video/vga/, keyboard.c screen.c vga.c)


unit_tests += vga_screen vga_keyboard
vga_screen_test_sources := tests/unit/vga_screen_test.c drivers/video/vga/screen.c
vga_keyboard_test_sources := tests/unit/vga_keyboard_test.c drivers/video/vga/keyboard.c
