#define _POSIX_C_SOURCE 200809L
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/thread/pool.h"

#define SHARES 64

/* ---- one loop ---- */

typedef struct loop {
    size_t count;
    rpe_parallel_body body;
    void *context;
    atomic_size_t taken;
} loop;

static void take_indices(void *context, int thread)
{
    loop *shared = context;
    for (size_t index;
         !rpe_interrupt_requested() &&
         (index = atomic_fetch_add_explicit(&shared->taken, 1, memory_order_relaxed)) < shared->count;)
        shared->body(shared->context, index, thread);
}

void rpe_parallel_for(size_t count, int threads, rpe_parallel_body body, void *context)
{
    if (threads <= 1 || count <= 1) {
        for (size_t i = 0; i < count && !rpe_interrupt_requested(); i++)
            body(context, i, 0);
        return;
    }
    loop shared = {.count = count, .body = body, .context = context};
    rpe_pool_run((size_t)threads < count ? threads : (int)count, take_indices, &shared);
}

/* ---- loops one after another ---- */

/* What the threads of rpe_parallel_loops share. */
typedef struct team {
    rpe_parallel_next next;
    rpe_parallel_body body;
    void *context;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t begun; /* another loop, or the end */
    size_t count, done;   /* indices of this loop; count 0: the end */
    size_t shares;        /* of consecutive indices */
    size_t taken[SHARES]; /* of each share: the next index */
    atomic_size_t loop;   /* number of the loop; also read without the lock */
} team;

/* A share ends where the next begins. */
static size_t share_begin(const team *shared, size_t share)
{
    size_t each = shared->count / shared->shares, left = shared->count % shared->shares;
    return share * each + (share < left ? share : left);
}

static void begin_loop(team *shared)
{
    shared->count = shared->next(shared->context);
    shared->done = 0;
    for (size_t s = 0; s < shared->shares; s++) {
        shared->taken[s] = share_begin(shared, s);
    }
}

/* An index of the thread's own share, or what others have left; false: there is none. */
static bool take_index(team *shared, int thread, size_t *index)
{
    for (size_t i = 0; i < shared->shares; i++) {
        size_t share = ((size_t)thread + i) % shared->shares;
        if (shared->taken[share] < share_begin(shared, share + 1)) {
            *index = shared->taken[share]++;
            return true;
        }
    }
    return false;
}

/* Until another loop begins.  With the lock. */
static void wait_for_loop(team *shared)
{
    size_t number = atomic_load(&shared->loop);
    pthread_mutex_unlock(&shared->lock);
    /* Where others want the processor, the first yield takes longer than that. */
    for (double end = rpe_clock_seconds() + RPE_POOL_PATIENCE;
         atomic_load(&shared->loop) == number && rpe_clock_seconds() < end;) {
        sched_yield();
    }
    pthread_mutex_lock(&shared->lock);
    while (atomic_load(&shared->loop) == number) {
        pthread_cond_wait(&shared->begun, &shared->lock);
    }
}

/* Those who wait see another loop, or that there is none.  With the lock. */
static void tell_of_loop(team *shared)
{
    atomic_fetch_add(&shared->loop, 1);
    pthread_cond_broadcast(&shared->begun);
}

static void take_part(void *context, int thread)
{
    team *shared = context;
    pthread_mutex_lock(&shared->lock);
    for (size_t index; shared->count > 0;) {
        if (rpe_interrupt_requested()) {
            shared->count = 0;
            tell_of_loop(shared);
            break;
        }
        if (!take_index(shared, thread, &index)) {
            wait_for_loop(shared);
            continue;
        }
        pthread_mutex_unlock(&shared->lock);
        shared->body(shared->context, index, thread);
        pthread_mutex_lock(&shared->lock);
        if (++shared->done == shared->count) {
            begin_loop(shared);
            tell_of_loop(shared);
        }
    }
    pthread_mutex_unlock(&shared->lock);
}

void rpe_parallel_loops(int threads, rpe_parallel_next next, rpe_parallel_body body, void *context)
{
    if (threads <= 1) {
        for (size_t count; (count = next(context)) > 0 && !rpe_interrupt_requested();) {
            rpe_parallel_for(count, 1, body, context);
        }
        return;
    }
    team shared = {.next = next,
                   .body = body,
                   .context = context,
                   .lock = PTHREAD_MUTEX_INITIALIZER,
                   .begun = PTHREAD_COND_INITIALIZER,
                   .shares = threads < SHARES ? (size_t)threads : SHARES};
    begin_loop(&shared);
    rpe_pool_run(threads, take_part, &shared);
    pthread_cond_destroy(&shared.begun);
    pthread_mutex_destroy(&shared.lock);
}
