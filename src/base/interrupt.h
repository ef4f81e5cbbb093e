/* Ctrl-C and SIGTERM: one flag, that every long computation looks at before each block of its work.

   A block is bounded whatever the sizes: some 0.3 s at most on one thread (rpe_event_work_most counts it for the tests).
   Products, transforms, orthonormalizations and draws of base look at the flag themselves.  A computation that sees it
   returns as it is, and what it has written is worth nothing.  Whoever called it asks too, before anything is made of that, and returns
   RPE_ERROR_INTERRUPTED: nothing is published.  The flag stays set until the process ends. */
#ifndef RPE_INTERRUPT_H
#define RPE_INTERRUPT_H

#include <stdbool.h>

#include "base/error.h"

/* After install, SIGINT and SIGTERM set the flag instead of ending the process; a second one ends it. */
void rpe_interrupt_install(void);
/* Each call is an RPE_EVENT_POLL. */
bool rpe_interrupt_requested(void);
/* RPE_OK, or RPE_ERROR_INTERRUPTED and "WHAT: interrupted". */
rpe_status rpe_interrupt_check(const char *what, rpe_error *error);
/* The signal that set the flag; 0: none did. */
int rpe_interrupt_signal(void);
/* For tests, and to start a new command in the same process. */
void rpe_interrupt_set(bool requested);

#endif
