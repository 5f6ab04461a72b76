services += uart
uart_sources := drivers/tty/uart/uart.c
