/*
 * The signalling of one packet queue, services/proto/netq.h: whoever waits for
 * frames is woken (a wait for ever is an invalid end state to Spin), and no more
 * notifications are sent than were asked for.
 *
 * The processor may delay stores (x86-TSO): each side's store waits in a buffer
 * until the memory takes it, and a full barrier waits for that. Each side may
 * die once, at any statement, and starts again from what memory holds.
 *
 * Each of these, defined, takes one step of the protocol away, and Spin has to
 * find the frame that then stays for ever:
 *
 * must fail: NO_PRODUCER_BARRIER
 * must fail: NO_CONSUMER_BARRIER
 * must fail: NO_SECOND_LOOK
 * must fail: NO_NOTIFY_AT_RESTART
 */
#define SLOTS 2
#define TOTAL 4 /* frames, fewer than indices are different */
#define UNARMED 255

/* netq_wakes: wake lies in [before, after). */
#define PASSES(before, after, wake) (before <= wake && wake < after)

/* Memory: what the producer writes, and what the consumer writes. */
byte produced = 0;
byte consumed = 0;
byte wake = UNARMED;

/* Stores on their way. */
bool produced_waits = false, wake_waits = false;
byte produced_next, wake_next;

bool notification = false; /* the kernel's bit for the consumer */
bool producer_dies = false, consumer_dies = false;
byte armed = 0, notified = 0, restarts = 0;

active proctype memory()
{
end:	do
	:: atomic { produced_waits -> produced = produced_next; produced_waits = false }
	:: atomic { wake_waits -> wake = wake_next; wake_waits = false }
	od
}

active proctype death()
{
	if
	:: producer_dies = true
	:: consumer_dies = true
	:: skip
	fi;
	if
	:: producer_dies = true
	:: consumer_dies = true
	:: skip
	fi
}

inline notify()
{
	atomic {
		notification = true;
		notified++;
		assert(notified <= armed + restarts)
	}
}

inline producer_serves()
{
	do
	:: mine == TOTAL -> goto producer_done
	:: mine < TOTAL && mine - consumed < SLOTS ->
		before = mine;
		if
		:: mine = before + 1
		:: before + 2 <= TOTAL && before + 2 - consumed <= SLOTS -> mine = before + 2
		fi;
		atomic { !produced_waits -> produced_next = mine; produced_waits = true };
#ifndef NO_PRODUCER_BARRIER
		!produced_waits;
#endif
		seen = wake;
		if
		:: PASSES(before, mine, seen) -> notify()
		:: else
		fi
	od
}

active proctype producer()
{
	byte mine = 0, before, seen;

	do
	:: { producer_serves() } unless { producer_dies };
		atomic {
			!produced_waits; /* a switch to another service is a barrier */
			producer_dies = false;
			restarts++;
			mine = produced
		};
#ifndef NO_NOTIFY_AT_RESTART
		notify()
#endif
	od;
producer_done:
	skip
}

inline consumer_serves()
{
	do
	:: seen = produced;
		assert(seen - mine <= SLOTS);
		if
		:: seen != mine ->
			mine++;
			consumed = mine
		:: else ->
			if
			:: mine == TOTAL -> goto consumer_done
			:: else
			fi;
			atomic { !wake_waits -> wake_next = mine; wake_waits = true; armed++ };
#ifndef NO_CONSUMER_BARRIER
			!wake_waits;
#endif
#ifndef NO_SECOND_LOOK
			seen = produced;
#endif
			if
			:: seen != mine
			:: else -> atomic { notification -> notification = false }
			fi
		fi
	od
}

active proctype consumer()
{
	byte mine = 0, seen;

	do
	:: { consumer_serves() } unless { consumer_dies };
		atomic {
			!wake_waits;
			consumer_dies = false;
			restarts++;
			notification = false; /* of its former life: gone with it */
			mine = consumed
		}
	od;
consumer_done:
	skip
}
