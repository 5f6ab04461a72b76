#include "services/pci/config_space.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT 0xcfc
#define ADDRESS_ENABLE 0x80000000u

static uint32_t access_config(pci_function_t function, unsigned offset, bool write, uint32_t value)
{
	struct port_access accesses[] = {
		{ ADDRESS_PORT, 4, 1, ADDRESS_ENABLE | (uint32_t)function.address << 8 | offset },
		{ DATA_PORT, 4, write, value },
	};
	enum status status = port_vector(accesses, 2);

	if (status != OK)
		service_panic("configuration ports: %s", status_text(status));
	return accesses[1].value;
}

uint32_t pci_config_read(pci_function_t function, unsigned offset)
{
	return access_config(function, offset, false, 0);
}

void pci_config_write(pci_function_t function, unsigned offset, uint32_t value)
{
	(void)access_config(function, offset, true, value);
}
