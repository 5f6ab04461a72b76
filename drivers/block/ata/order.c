#include "drivers/block/ata/order.h"

/* A copy that the client cannot change any more while it is checked. */
static void request_copy(const struct block_request *request, struct block_request *head)
{
	head->sequence = __atomic_load_n(&request->sequence, __ATOMIC_ACQUIRE);
	head->op = __atomic_load_n(&request->op, __ATOMIC_RELAXED);
	head->disk = __atomic_load_n(&request->disk, __ATOMIC_RELAXED);
	head->volume = __atomic_load_n(&request->volume, __ATOMIC_RELAXED);
	head->sector = __atomic_load_n(&request->sector, __ATOMIC_RELAXED);
	head->count = __atomic_load_n(&request->count, __ATOMIC_RELAXED);
}

struct extent {
	uint64_t first, count;
};

static enum status store_extent(const struct block_request *head, const struct disk_table *table,
				struct order *order, struct extent *extent)
{
	if (head->disk != 0)
		return E_ARGUMENT;
	if (head->volume != table->store.volume)
		return E_STALE;
	if (table->store.count == 0)
		return E_ABSENT;
	order->disk = table->store.disk;
	*extent = (struct extent){ table->store.first, table->store.count };
	return OK;
}

static enum status install_extent(const struct block_request *head, const struct disk_table *table,
				  struct order *order, struct extent *extent)
{
	if (head->disk >= BLOCK_DISKS_MAX || head->volume != 0)
		return E_ARGUMENT;
	order->disk = head->disk;
	*extent = (struct extent){ 0, table->disks[head->disk].sectors };
	return OK;
}

static enum status disk_check(const struct disk_table *table, uint32_t disk)
{
	switch ((enum disk_state)table->disks[disk].state) {
	case DISK_READY: return OK;
	case DISK_FAILED: return E_DEVICE;
	case DISK_ABSENT:
	case DISK_UNUSABLE: break;
	}
	return E_ABSENT;
}

static enum status sectors_check(const struct block_request *head, const struct extent *extent,
				 struct order *order)
{
	if (head->count == 0 || head->count > BLOCK_SECTORS_MAX)
		return E_ARGUMENT;
	if (head->sector > extent->count || head->count > extent->count - head->sector)
		return E_DENIED;
	order->sector = extent->first + head->sector;
	order->count = head->count;
	return OK;
}

enum status order_take(const struct block_request *request, enum client client,
		       const struct disk_table *table, struct order *order)
{
	static struct block_request head; /* without its data; static, as it is large */
	struct extent extent;
	enum status status;

	request_copy(request, &head);
	*order = (struct order){ .sequence = head.sequence, .op = (enum block_op)head.op };
	if (head.op == BLOCK_SCAN)
		return client == CLIENT_INSTALL ? OK : E_ARGUMENT;
	if (head.op != BLOCK_READ && head.op != BLOCK_WRITE && head.op != BLOCK_FLUSH)
		return E_ARGUMENT;
	status = client == CLIENT_STORE ? store_extent(&head, table, order, &extent)
					: install_extent(&head, table, order, &extent);
	if (status == OK)
		status = disk_check(table, order->disk);
	if (status != OK || head.op == BLOCK_FLUSH)
		return status;
	return sectors_check(&head, &extent, order);
}
