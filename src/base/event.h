/* Events that are counted, so that a test can place a signal at the n-th of them instead of at a time.

   The program arms itself from the environment: RPEBENCH_TEST_SIGNAL=EVENT:N:SIGNAL sends itself SIGNAL (INT, TERM or KILL) at
   the N-th EVENT (poll or write).  Unarmed, an event costs one load.  The library never arms itself. */
#ifndef RPE_EVENT_H
#define RPE_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef enum rpe_event {
    RPE_EVENT_POLL,  /* a computation asks whether it is to end: before each block of work */
    RPE_EVENT_WRITE, /* a file is about to be opened, written, flushed, renamed, cut or removed */
    RPE_EVENT_COUNT
} rpe_event;

extern atomic_bool rpe_event_armed;
void rpe_event_count_up(rpe_event event);

static inline void rpe_event_happen(rpe_event event)
{
    if (atomic_load_explicit(&rpe_event_armed, memory_order_relaxed))
        rpe_event_count_up(event);
}

/* Counts from 0 again, and sends the process the signal at the event of that number, in the thread that it happens in.
   number 0: counts only. */
void rpe_event_arm(rpe_event event, uint64_t number, int signal);
void rpe_event_disarm(void);
/* Since they were armed. */
uint64_t rpe_event_counted(rpe_event event);

/* Work of this thread since its last poll, in units of about a nanosecond: a step of a loop, or RPE_EVENT_PRODUCTS products of
   matrices.  What calls a library that cannot be cut says what the call costs.  Where RPEBENCH_COUNT_STEPS builds it, each branch that our
   own code takes is a unit, too; elsewhere its loops are not counted. */
#define RPE_EVENT_PRODUCTS 16
void rpe_event_work_add(uint64_t units);
static inline void rpe_event_work(uint64_t units)
{
    if (atomic_load_explicit(&rpe_event_armed, memory_order_relaxed))
        rpe_event_work_add(units);
}
/* The most that any thread did between two polls since they were armed. */
uint64_t rpe_event_work_most(void);

/* "poll:17:INT"; NULL: nothing to do. */
rpe_status rpe_event_arm_text(const char *text, rpe_error *error);

#endif
