#include "rpe_parallel.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "rpe_clock.h"

/* Seconds that a thread without an index looks for one before it sleeps: a few times what waking takes. */
#define PATIENCE 1e-4
#define SHARES 64

static volatile sig_atomic_t interrupted;

void rpe_parallel_for(size_t count, int threads, rpe_parallel_body body, void *context)
{
    if (threads <= 1 || count <= 1) {
        for (size_t i = 0; i < count; i++)
            body(context, i, 0);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = 0; i < count; i++)
        body(context, i, omp_get_thread_num());
}

/* What the threads of rpe_parallel_loops share. */
typedef struct team {
    rpe_parallel_next next;
    rpe_parallel_body body;
    void *context;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t begun; /* another loop, or the end */
    size_t count, done;   /* indices of this loop */
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
    size_t loop = atomic_load(&shared->loop);
    pthread_mutex_unlock(&shared->lock);
    /* Where others want the processor, the first yield takes longer than that. */
    for (double end = rpe_clock_seconds() + PATIENCE;
         atomic_load(&shared->loop) == loop && rpe_clock_seconds() < end;) {
        sched_yield();
    }
    pthread_mutex_lock(&shared->lock);
    while (atomic_load(&shared->loop) == loop) {
        pthread_cond_wait(&shared->begun, &shared->lock);
    }
}

static void take_part(team *shared, int thread)
{
    pthread_mutex_lock(&shared->lock);
    for (size_t index; shared->count > 0;) {
        if (!take_index(shared, thread, &index)) {
            wait_for_loop(shared);
            continue;
        }
        pthread_mutex_unlock(&shared->lock);
        shared->body(shared->context, index, thread);
        pthread_mutex_lock(&shared->lock);
        if (++shared->done == shared->count) {
            begin_loop(shared);
            atomic_fetch_add(&shared->loop, 1);
            pthread_cond_broadcast(&shared->begun);
        }
    }
    pthread_mutex_unlock(&shared->lock);
}

void rpe_parallel_loops(int threads, rpe_parallel_next next, rpe_parallel_body body, void *context)
{
    if (threads <= 1) {
        for (size_t count; (count = next(context)) > 0;) {
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
#pragma omp parallel num_threads(threads)
    take_part(&shared, omp_get_thread_num());
    pthread_cond_destroy(&shared.begun);
    pthread_mutex_destroy(&shared.lock);
}

int rpe_parallel_processors(void)
{
    int processors = omp_get_num_procs();
    return processors < 1 ? 1 : processors;
}

/* The handler is reset by SA_RESETHAND: a second signal has its default effect. */
static void handle_signal(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void rpe_interrupt_install(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool rpe_interrupt_requested(void)
{
    return interrupted != 0;
}

void rpe_interrupt_set(bool requested)
{
    interrupted = requested ? 1 : 0;
}
