/* Parallel loops whose results do not depend on the number of threads, nor on how many of those asked for there are: see
   base/thread/pool.h. */
#ifndef RPE_PARALLEL_H
#define RPE_PARALLEL_H

#include <stddef.h>

#include "base/interrupt.h"

/* One index of the loop; thread is 0 .. threads-1 (for per-thread workspaces). */
typedef void (*rpe_parallel_body)(void *context, size_t index, int thread);

/* body for every index 0 .. count-1, dynamically spread.  The body writes only to slots of its own index, so that the
   caller can reduce them in index order: same bits at any thread count.  threads >= 1.  Before each index the interrupt is
   polled: once it is there no other index begins, and the caller, who asks too, makes nothing of the results. */
void rpe_parallel_for(size_t count, int threads, rpe_parallel_body body, void *context);

/* Loops one after another, with the threads that rpe_parallel_for would have: `next` prepares a loop and returns the count
   of its indices; 0: it was the last.  It runs alone, when the indices before are done.  A thread takes the same part of
   each loop if it can, so that what it has in its cache is used again.  A thread that waits leaves its processor to others,
   and one that has taken no index is waited for by none: beside other programs this loses less than loops by themselves.
   An interrupt ends them as it ends rpe_parallel_for. */
typedef size_t (*rpe_parallel_next)(void *context);
void rpe_parallel_loops(int threads, rpe_parallel_next next, rpe_parallel_body body, void *context);

#endif
