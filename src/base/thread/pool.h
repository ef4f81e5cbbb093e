/* Threads that wait for work.  They are started when they are first wanted and live as long as the process.

   A call makes do with the threads that it gets: where the system starts no more of them (RLIMIT_NPROC, RLIMIT_AS), fewer work,
   the caller at least.  In a child that was forked after the first threads had been started the caller works alone: POSIX leaves
   little else safe there.  Several threads of a host may call at once; each call has threads of its own. */
#ifndef RPE_POOL_H
#define RPE_POOL_H

#include <stddef.h>

/* thread: 0 is the caller, the others 1 .. threads-1 in any order, each at most once. */
typedef void (*rpe_pool_work)(void *context, int thread);

/* work by the caller and by up to threads-1 others.  It must be fit to be done by any number of them.  Returns when all who
   began have ended; one that has not begun when the caller is through is not waited for. */
void rpe_pool_run(int threads, rpe_pool_work work, void *context);

/* For tests: as though the system refused to start more than `count` threads from now on. */
void rpe_pool_refuse_beyond(size_t count);
/* Threads that were started. */
size_t rpe_pool_started(void);

/* Seconds that a thread without work looks for some before it sleeps: a few times what waking takes. */
#define RPE_POOL_PATIENCE 1e-4

#endif
