/*
 * See tcp_memory.h.
 *
 * What one connection may hold, early or unsent, is a fraction of what is
 * still free, so that a greedy or hostile one gets less as memory gets short
 * and none can use it up.
 */
#include "netstack/inet/tcp_memory.h"

#include "lwip/memp.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/stats.h"
#include "netstack/inet/hooks.h"
#include "netstack/inet/time_wait.h"

#include <stdbool.h>

#define EARLY_SHARE        4u /* of the free packet pool, at most a quarter */
#define POOL_RESERVE       8u /* packets that only pass: echo requests, acknowledgements */
#define UNSENT_SHARE       8u /* of the free heap above the reserve, at most an eighth */
#define HEAP_RESERVE_BYTES (96u * 1024)
#define HEAP_FLOOR_BYTES   (16u * 1024)
#define SEGMENT_SHARE      8u
#define WRITE_OVERHEAD_DIV 4u /* headers take up to this part of what is written */

/* What a connection may hold of a resource of which `used` of `avail` are in use. */
static size_t share_of(size_t avail, size_t used, size_t divisor)
{
	return used < avail ? (avail - used) / divisor : 0;
}

struct holding {
	size_t buffers, bytes;
};

static void holding_add(struct holding *holding, const struct pbuf *data)
{
	if (data == NULL)
		return;
	holding->buffers += pbuf_clen(data);
	holding->bytes += data->tot_len;
}

/* Before the segment is acknowledged: dropped, it comes again. */
err_t inet_tcp_admit(struct tcp_pcb *pcb, const struct tcp_hdr *header, const struct pbuf *segment)
{
	const struct stats_mem *pool = lwip_stats.memp[MEMP_PBUF_POOL];
	const struct stats_mem *heap = &lwip_stats.mem;
	struct holding holding = { 0 };

	if (pcb->state == TIME_WAIT)
		return inet_time_wait_admit(pcb, header);
	if (segment->tot_len == 0 || pcb->state == LISTEN || pcb->callback_arg == NULL)
		return ERR_OK;
	for (const struct tcp_seg *early = pcb->ooseq; early != NULL; early = early->next)
		holding_add(&holding, early->p);
	if (pool->used + POOL_RESERVE > pool->avail)
		return ERR_MEM;
	bool fair = holding.buffers <= share_of(pool->avail, pool->used, EARLY_SHARE) &&
		    holding.bytes <= share_of(heap->avail, heap->used, EARLY_SHARE);
	return holding.buffers == 0 || fair ? ERR_OK : ERR_MEM;
}

/* As lwIP cuts what is written: its segments are never longer than this. */
static size_t segment_bytes(const struct tcp_pcb *pcb)
{
	size_t half_window = pcb->snd_wnd_max / 2;
	return half_window != 0 && half_window < pcb->mss ? half_window : pcb->mss;
}

/*
 * What memory allows. A connection may hold a fraction of what is free above
 * the reserve, and out of the reserve two segments, so that the last to come
 * gets on, too. The floor is for packets that arrive and for acknowledgements.
 */
static size_t affordable_bytes(const struct tcp_pcb *pcb)
{
	size_t used = lwip_stats.mem.used, avail = lwip_stats.mem.avail;
	size_t share = share_of(avail, used + HEAP_RESERVE_BYTES, UNSENT_SHARE);
	size_t least = used + HEAP_FLOOR_BYTES < avail ? 2 * TCP_MSS : 0;
	size_t allowed = LWIP_MAX(share, least);
	size_t data = allowed - allowed / WRITE_OVERHEAD_DIV;
	size_t held = TCP_SND_BUF - LWIP_MIN(tcp_sndbuf(pcb), TCP_SND_BUF);

	return data > held ? data - held : 0;
}

/* What the segments left to this connection can carry. */
static size_t carried_bytes(const struct tcp_pcb *pcb)
{
	const struct stats_mem *segments = lwip_stats.memp[MEMP_TCP_SEG];
	size_t share = share_of(segments->avail, segments->used, SEGMENT_SHARE);
	size_t limit = LWIP_MIN(share, TCP_SND_QUEUELEN);
	/* The last may be split in two when it joins one begun before. */
	size_t taken = pcb->snd_queuelen + 2u;

	return limit > taken ? (limit - taken) * segment_bytes(pcb) : 0;
}

size_t inet_tcp_writable_bytes(const struct tcp_pcb *pcb)
{
	size_t bytes = LWIP_MIN(affordable_bytes(pcb), carried_bytes(pcb));
	return LWIP_MIN(bytes, tcp_sndbuf(pcb));
}
