services += uart
uart_sources := drivers/tty/uart/uart.c

unit_tests += uart
uart_test_sources := tests/unit/uart_test.c
