#define _POSIX_C_SOURCE 200809L
#include "base/thread/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define WORKERS 1023 /* with the caller as many threads as the commands and the library take */
#define HOLIDAYS 64  /* calls that ask for no new thread after the system refused one */

/* One call of rpe_pool_run. */
typedef struct region {
    rpe_pool_work work;
    void *context;
    atomic_int running; /* workers that were given it and have not ended; changed with the lock */
    pthread_cond_t ended;
} region;

typedef struct worker {
    struct worker *next;       /* in the list of a region, or of those that are free */
    _Atomic(region *) given;   /* NULL: nothing to do; changed with the lock */
    bool begun;                /* what was given last */
    int thread;                /* its number there */
    pthread_cond_t has_region; /* is signalled when it is given one */
} worker;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static worker workers[WORKERS];
static size_t started, most = WORKERS, holidays;
static worker *unused; /* started, without a region */
static bool forked;    /* in a child, which has none of the threads */

/* ---- fork ---- */

static void before_fork(void)
{
    pthread_mutex_lock(&lock);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&lock);
}

static void after_fork_in_child(void)
{
    forked = true;
    pthread_mutex_unlock(&lock);
}

static void watch_forks(void)
{
    if (pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) != 0)
        most = 0; /* without threads a fork needs no watching */
}

/* ---- a worker ---- */

/* Without giving the processor away: where others want it too, it would be back after milliseconds; whoever sleeps and is
   woken has it at once. */
static void pause_shortly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    for (int i = 0; i < 16; i++)
        __builtin_ia32_pause();
#endif
}

/* With the lock. */
static region *next_region(worker *self)
{
    pthread_mutex_unlock(&lock);
    for (double end = rpe_clock_seconds() + RPE_POOL_PATIENCE;
         atomic_load(&self->given) == NULL && rpe_clock_seconds() < end;)
        pause_shortly();
    pthread_mutex_lock(&lock);
    while (atomic_load(&self->given) == NULL)
        pthread_cond_wait(&self->has_region, &lock);
    return atomic_load(&self->given);
}

static void *worker_live(void *argument)
{
    worker *self = argument;
    pthread_mutex_lock(&lock);
    for (;;) {
        region *of = atomic_load(&self->given);
        if (of == NULL)
            of = next_region(self);
        self->begun = true;
        int thread = self->thread;
        pthread_mutex_unlock(&lock);
        of->work(of->context, thread);
        pthread_mutex_lock(&lock);
        atomic_store(&self->given, NULL);
        if (atomic_fetch_sub(&of->running, 1) == 1)
            pthread_cond_signal(&of->ended);
    }
    return NULL;
}

/* Detached, and deaf to signals, which are the host's. */
static bool thread_start(worker *self)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&thread, &attributes, worker_live, self) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return is_started;
}

/* ---- a region; all with the lock ---- */

static void give(worker *to, region *of, int thread)
{
    to->begun = false;
    to->thread = thread;
    atomic_store(&to->given, of);
    atomic_fetch_add(&of->running, 1);
}

/* One that is unused, or a new one; NULL: there is none. */
static worker *worker_find(region *of, int thread)
{
    worker *found = unused;
    if (found != NULL) {
        unused = found->next;
        give(found, of, thread);
        pthread_cond_signal(&found->has_region);
        return found;
    }
    if (started >= most || holidays > 0)
        return NULL;
    found = &workers[started];
    pthread_cond_init(&found->has_region, NULL);
    give(found, of, thread);
    if (thread_start(found)) {
        started++;
        return found;
    }
    atomic_fetch_sub(&of->running, 1);
    pthread_cond_destroy(&found->has_region);
    holidays = HOLIDAYS;
    return NULL;
}

static worker *workers_find(region *of, int threads)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    worker *list = NULL;
    pthread_once(&once, watch_forks);
    holidays -= holidays > 0 ? 1 : 0;
    for (int thread = 1; thread < threads; thread++) {
        worker *found = worker_find(of, thread);
        if (found == NULL)
            break;
        found->next = list;
        list = found;
    }
    return list;
}

/* Takes it back from those that have not begun; waits for the others. */
static void region_end(region *of, worker *list)
{
    for (worker *each = list; each != NULL; each = each->next)
        if (!each->begun) {
            atomic_store(&each->given, NULL);
            atomic_fetch_sub(&of->running, 1);
        }
    if (atomic_load(&of->running) > 0) {
        pthread_mutex_unlock(&lock);
        for (double end = rpe_clock_seconds() + RPE_POOL_PATIENCE;
             atomic_load(&of->running) > 0 && rpe_clock_seconds() < end;)
            pause_shortly();
        pthread_mutex_lock(&lock);
    }
    while (atomic_load(&of->running) > 0)
        pthread_cond_wait(&of->ended, &lock);
    for (worker *each = list, *next; each != NULL; each = next) {
        next = each->next;
        each->next = unused;
        unused = each;
    }
}

void rpe_pool_run(int threads, rpe_pool_work work, void *context)
{
    region of = {.work = work, .context = context, .ended = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&lock);
    worker *list = threads > 1 && !forked ? workers_find(&of, threads) : NULL;
    pthread_mutex_unlock(&lock);
    work(context, 0);
    if (list != NULL) {
        pthread_mutex_lock(&lock);
        region_end(&of, list);
        pthread_mutex_unlock(&lock);
    }
    pthread_cond_destroy(&of.ended);
}

void rpe_pool_refuse_beyond(size_t count)
{
    pthread_mutex_lock(&lock);
    most = count < WORKERS ? count : WORKERS;
    holidays = 0;
    pthread_mutex_unlock(&lock);
}

size_t rpe_pool_started(void)
{
    pthread_mutex_lock(&lock);
    size_t count = started;
    pthread_mutex_unlock(&lock);
    return count;
}
