/* The pci service: what it finds, who is given it, and what it leaves alone. */
#include "tests/unit/pci_machine.h"

#include <string.h>

static void cards_become_ports_in_pci_order(void **state)
{
	(void)state;
	card_add(pci_address(0, 17, 0), NE2K, 0xc100);
	card_add(pci_address(0, 16, 0), RTL8139, 0xc000);
	machine_run();
	assert_int_equal(device_of(0)->pci_address, 16 << 3);
	assert_int_equal(device_of(0)->image, 0);
	assert_int_equal(device_of(0)->port_base, 0xc000);
	assert_int_equal(device_of(0)->port_count, 256);
	assert_int_equal(device_of(0)->irq_line, 11);
	assert_int_equal(device_of(0)->order, 0);
	assert_int_equal(device_of(1)->pci_address, 17 << 3);
	assert_int_equal(device_of(1)->image, 1);
	assert_int_equal(device_of(1)->order, 1);
	assert_int_equal(device_of(2)->bus, DEVICE_NONE);
	assert_string_equal(assignment.found[0].text, "00:10.0 10ec:8139 port0");
}

static void only_guarded_drivers_devices_become_bus_masters(void **state)
{
	(void)state;
	struct function *guarded = card_add(pci_address(0, 3, 0), RTL8139, 0xc000);
	struct function *unguarded = card_add(pci_address(0, 4, 0), NE2K, 0xc100);
	struct function *unknown = card_add(pci_address(0, 5, 0), E1000, 0xc200);

	machine_run();
	assert_int_equal(guarded->registers[1], COMMAND_IO | COMMAND_MASTER);
	assert_int_equal(guarded->registers[PCI_BAR0 / 4], 0xc001);
	assert_int_equal(unguarded->registers[1], COMMAND_IO);
	assert_int_equal(unknown->registers[1], COMMAND_IO);
}

static void devices_of_other_kinds_are_left_alone(void **state)
{
	(void)state;
	struct function *disk = function_add(pci_address(0, 1, 0), 0x70108086u, 0x01);

	disk->registers[PCI_COMMAND / 4] = COMMAND_IO | COMMAND_MASTER;
	disk->registers[PCI_BAR0 / 4] = 0xc041;
	struct function before = *disk;
	machine_run();
	assert_memory_equal(disk, &before, sizeof before);
	assert_int_equal(machine.sized, 0);
}

static void an_unknown_card_is_named(void **state)
{
	(void)state;
	card_add(pci_address(0, 3, 0), E1000, 0xc000);
	machine_run();
	assert_logged("unknown network device 8086:100e at 00:03.0: no driver");
	assert_int_equal(device_of(0)->bus, DEVICE_NONE);
}

static void cards_beyond_the_ports_are_named(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SLOTS + 2; i++)
		card_add(pci_address(0, 3 + i, 0), RTL8139, 0xc000 + 256 * i);
	machine_run();
	assert_int_equal(device_of(2)->pci_address, 5 << 3);
	assert_logged("10ec:8139 at 00:06.0 remains unused: all ports are taken");
	assert_logged("10ec:8139 at 00:07.0 remains unused: all ports are taken");
	assert_int_equal(machine.functions[5].registers[1] & COMMAND_MASTER, 0);
}

static void without_a_card_it_says_so(void **state)
{
	(void)state;
	machine_run();
	assert_logged("no network device found");
	assert_int_equal(assignment.found_count, 0);
}

static void without_a_pci_host_isa_is_still_looked_at(void **state)
{
	(void)state;
	machine.host = false;
	machine.isa = ISA_NE2000;
	machine_run();
	assert_int_equal(device_of(0)->bus, DEVICE_ISA);
}

static void buses_behind_bridges_are_found_in_order(void **state)
{
	(void)state;
	bridge_add(pci_address(0, 30, 0), 1);
	bridge_add(pci_address(1, 2, 0), 2);
	card_add(pci_address(2, 5, 0), NE2K, 0xd100);
	card_add(pci_address(1, 7, 0), RTL8139, 0xd000);
	machine_run();
	assert_int_equal(device_of(0)->pci_address, pci_address(1, 7, 0));
	assert_int_equal(device_of(1)->pci_address, pci_address(2, 5, 0));
}

static void bridges_that_lead_in_circles_end(void **state)
{
	(void)state;
	bridge_add(pci_address(0, 30, 0), 1);
	bridge_add(pci_address(1, 2, 0), 0);
	bridge_add(pci_address(1, 3, 0), 1);
	card_add(pci_address(1, 7, 0), RTL8139, 0xd000);
	machine_run();
	assert_int_equal(device_of(0)->pci_address, pci_address(1, 7, 0));
	assert_int_equal(device_of(1)->bus, DEVICE_NONE);
	assert_true(machine.config_accesses < 3 * 4 * 32 * 8);
}

static void further_functions_are_looked_at_only_if_there_are_any(void **state)
{
	(void)state;
	function_add(pci_address(0, 4, 0), 0x70008086u, 0x06)->registers[PCI_HEADER / 4] =
		HEADER_MULTI;
	function_add(pci_address(0, 5, 0), 0x70008086u, 0x06);
	card_add(pci_address(0, 4, 2), RTL8139, 0xc000);
	card_add(pci_address(0, 5, 2), RTL8139, 0xc100);
	machine_run();
	assert_int_equal(device_of(0)->pci_address, pci_address(0, 4, 2));
	assert_int_equal(device_of(1)->bus, DEVICE_NONE);
}

static void more_cards_than_can_be_counted_are_said_so(void **state)
{
	(void)state;
	bridge_add(pci_address(0, 1, 0), 1);
	for (unsigned i = 0; i < SCAN_DEVICES_MAX + 5; i++)
		card_add(pci_address(i / 30, 2 + i % 30, 0), E1000, 0xc000);
	machine_run();
	assert_logged("5 more network devices");
}

static void a_card_without_ports_is_left(void **state)
{
	(void)state;
	card_add(pci_address(0, 3, 0), RTL8139, 0)->registers[PCI_BAR0 / 4] = 0xfebc0000u;
	machine_run();
	assert_logged("10ec:8139 at 00:03.0 remains unused: it has no I/O ports");
}

static void what_the_kernel_refuses_is_switched_off(void **state)
{
	(void)state;
	struct function *card = card_add(pci_address(0, 3, 0), RTL8139, 0xc000);

	machine.refusal = E_ARGUMENT;
	machine_run();
	assert_logged("port0 cannot have ports 0xc000+256");
	assert_int_equal(card->registers[1] & COMMAND_MASTER, 0);
}

static void a_restart_disturbs_nobody(void **state)
{
	(void)state;
	card_add(pci_address(0, 3, 0), RTL8139, 0xc000);
	machine.isa = ISA_NE2000;
	machine_run();
	struct kernel_table before = table;
	unsigned sized = machine.sized, reads = machine.isa_reads, writes = machine.isa_writes;
	machine.functions[1].registers[1] |= 0x100; /* to see whether it is written */
	machine.log[0] = '\0';

	machine_run();
	assert_memory_equal(&table, &before, sizeof table);
	assert_int_equal(machine.sized, sized);
	assert_int_equal(machine.isa_reads, reads);
	assert_int_equal(machine.isa_writes, writes);
	assert_int_equal(machine.functions[1].registers[1], COMMAND_IO | COMMAND_MASTER | 0x100);
	assert_string_equal(machine.log, "");
	assert_int_equal(assignment.found_count, 2);
	assert_string_equal(assignment.found[1].text, "isa 0x300 port1");
}

static void a_card_that_came_late_gets_the_next_port(void **state)
{
	(void)state;
	card_add(pci_address(0, 4, 0), RTL8139, 0xc000);
	machine_run();
	card_add(pci_address(0, 3, 0), RTL8139, 0xc100);
	machine_run();
	assert_int_equal(device_of(0)->pci_address, 4 << 3);
	assert_int_equal(device_of(1)->pci_address, 3 << 3);
}

static void an_isa_card_comes_after_pci(void **state)
{
	(void)state;
	card_add(pci_address(0, 3, 0), RTL8139, 0xc000);
	machine.isa = ISA_NE2000;
	machine_run();
	assert_int_equal(device_of(1)->bus, DEVICE_ISA);
	assert_int_equal(device_of(1)->port_base, ISA_BASE);
	assert_int_equal(device_of(1)->irq_line, 9);
	assert_int_equal(device_of(1)->image, 1);
	assert_int_equal(device_of(1)->order, 1);
}

static void nothing_is_written_to_an_empty_isa_place(void **state)
{
	(void)state;
	machine_run();
	assert_true(machine.isa_reads > 0);
	assert_int_equal(machine.isa_writes, 0);
	assert_int_equal(device_of(0)->bus, DEVICE_NONE);
}

static void only_the_proms_signature_makes_an_ne2000(void **state)
{
	(void)state;
	machine.isa = ISA_NO_SIGNATURE;
	machine_run();
	assert_int_equal(device_of(0)->bus, DEVICE_NONE);
	machine.isa = ISA_READS_ZERO;
	machine_run();
	assert_int_equal(device_of(0)->bus, DEVICE_NONE);
}

static void isa_places_that_a_pci_device_decodes_are_not_touched(void **state)
{
	(void)state;
	struct function *other = function_add(pci_address(0, 9, 0), 0x12345678u, 0x04);

	other->registers[PCI_COMMAND / 4] = COMMAND_IO;
	other->registers[PCI_BAR0 / 4] = 0x301;
	machine.isa = ISA_NE2000;
	machine_run();
	assert_int_equal(machine.isa_reads + machine.isa_writes, 0);
}

static void isa_places_that_the_manifest_does_not_give_us_are_not_touched(void **state)
{
	(void)state;
	manifest.services[SELF].port_count = 0;
	machine.isa = ISA_NE2000;
	machine_run();
	assert_int_equal(machine.isa_reads + machine.isa_writes, 0);
}

/* --- Devices with memory, and of another class --------------------------------- */

static const struct device_info *watchdog_device(void)
{
	return &table.services[WATCHDOG_SLOT].device;
}

static void a_device_with_a_driver_goes_to_its_service_whatever_its_class(void **state)
{
	(void)state;
	struct function *watchdog = watchdog_add(pci_address(0, 2, 0), 0xfebd1000u);

	card_add(pci_address(0, 3, 0), RTL8139, 0xc000);
	machine_run();
	assert_int_equal(watchdog_device()->bus, DEVICE_PCI);
	assert_int_equal(watchdog_device()->memory_base, 0xfebd1000u);
	assert_int_equal(watchdog_device()->memory_bytes, PAGE_BYTES);
	assert_int_equal(watchdog_device()->port_count, 0);
	assert_int_equal(watchdog_device()->irq_line, IRQ_LINE_NONE);
	assert_int_equal(watchdog->registers[PCI_COMMAND / 4], COMMAND_MEMORY);
	assert_int_equal(watchdog->registers[PCI_BAR0 / 4], 0xfebd1000u);
	assert_int_equal(device_of(0)->pci_address, 3 << 3);
	assert_logged("watchdog: i6300esb, 8086:25ab at 00:02.0, memory 0xfebd1000+4096");
	assert_string_equal(assignment.found[0].text, "00:02.0 8086:25ab watchdog");
}

static void what_its_driver_wants_is_written_once_it_has_the_device(void **state)
{
	(void)state;
	struct function *watchdog = watchdog_add(pci_address(0, 2, 0), 0xfebd1000u);

	machine_run();
	assert_int_equal(watchdog->registers[0x60 / 4], 0x0003);
	assert_int_equal(watchdog->registers[0x68 / 4], 0x00120000u);
	assert_int_equal(watchdog->own_writes, 2);
	machine_run(); /* a restart may be one in the middle */
	assert_int_equal(watchdog->own_writes, 4);
}

static void nothing_is_written_for_a_device_that_is_refused(void **state)
{
	(void)state;
	struct function *watchdog = watchdog_add(pci_address(0, 2, 0), 0xfebd1000u);

	machine.refusal = E_ARGUMENT;
	machine_run();
	assert_int_equal(watchdog->own_writes, 0);
	assert_logged("watchdog cannot have ports 0+0, memory 0xfebd1000+4096");
}

static void a_page_shared_with_another_device_is_not_given_away(void **state)
{
	(void)state;
	struct function *other = function_add(pci_address(0, 1, 0), 0x70208086u, 0x0c);

	watchdog_add(pci_address(0, 2, 0), 0xfebd1010u);
	other->registers[PCI_COMMAND / 4] = COMMAND_MEMORY;
	other->registers[PCI_BAR0 / 4 + 2] = 0xfebd1800u;
	machine_run();
	assert_int_equal(watchdog_device()->bus, DEVICE_NONE);
	assert_logged("device 8086:25ab at 00:02.0 remains unused: its memory shares a page with "
		      "another device's");
	other->registers[PCI_BAR0 / 4 + 2] = 0xfebd2000u;
	machine_run();
	assert_int_equal(watchdog_device()->memory_base, 0xfebd1000u);
}

static void large_memory_is_given_in_its_size(void **state)
{
	(void)state;
	watchdog_add(pci_address(0, 2, 0), 0xfebd0000u)->bar_mask = 0xffffc000u;
	machine_run();
	assert_int_equal(watchdog_device()->memory_base, 0xfebd0000u);
	assert_int_equal(watchdog_device()->memory_bytes, 0x4000);
}

static void memory_above_4_gib_is_not_ours_to_give(void **state)
{
	(void)state;
	struct function *watchdog = watchdog_add(pci_address(0, 2, 0), 0xfebd1000u | BAR_TYPE_64);

	watchdog->registers[PCI_BAR0 / 4 + 1] = 1;
	machine_run();
	assert_int_equal(watchdog_device()->bus, DEVICE_NONE);
	assert_logged("remains unused: it has neither I/O ports nor memory");
}

static void a_second_watchdog_stays_unused(void **state)
{
	(void)state;
	struct function *second = watchdog_add(pci_address(0, 4, 0), 0xfebd2000u);

	watchdog_add(pci_address(0, 2, 0), 0xfebd1000u);
	machine_run();
	assert_int_equal(watchdog_device()->pci_address, 2 << 3);
	assert_int_equal(second->own_writes, 0);
	assert_logged("device 8086:25ab at 00:04.0 remains unused: its service has one");
	assert_logged("no network device found");
}

#define TEST(name) cmocka_unit_test_setup(name, machine_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cards_become_ports_in_pci_order),
		TEST(only_guarded_drivers_devices_become_bus_masters),
		TEST(devices_of_other_kinds_are_left_alone),
		TEST(an_unknown_card_is_named),
		TEST(cards_beyond_the_ports_are_named),
		TEST(without_a_card_it_says_so),
		TEST(without_a_pci_host_isa_is_still_looked_at),
		TEST(buses_behind_bridges_are_found_in_order),
		TEST(bridges_that_lead_in_circles_end),
		TEST(further_functions_are_looked_at_only_if_there_are_any),
		TEST(more_cards_than_can_be_counted_are_said_so),
		TEST(a_card_without_ports_is_left),
		TEST(what_the_kernel_refuses_is_switched_off),
		TEST(a_restart_disturbs_nobody),
		TEST(a_card_that_came_late_gets_the_next_port),
		TEST(an_isa_card_comes_after_pci),
		TEST(nothing_is_written_to_an_empty_isa_place),
		TEST(only_the_proms_signature_makes_an_ne2000),
		TEST(isa_places_that_a_pci_device_decodes_are_not_touched),
		TEST(isa_places_that_the_manifest_does_not_give_us_are_not_touched),
		TEST(a_device_with_a_driver_goes_to_its_service_whatever_its_class),
		TEST(what_its_driver_wants_is_written_once_it_has_the_device),
		TEST(nothing_is_written_for_a_device_that_is_refused),
		TEST(a_page_shared_with_another_device_is_not_given_away),
		TEST(large_memory_is_given_in_its_size),
		TEST(memory_above_4_gib_is_not_ours_to_give),
		TEST(a_second_watchdog_stays_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
