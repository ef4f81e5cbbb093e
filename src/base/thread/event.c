#define _POSIX_C_SOURCE 200809L
#include "base/event.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

atomic_bool rpe_event_armed;

static atomic_uint_fast64_t counts[RPE_EVENT_COUNT];
static rpe_event awaited;
static uint64_t awaited_number;
static int awaited_signal;
static atomic_uint_fast64_t work_most;
static _Thread_local uint64_t work; /* since the thread's last poll */

/* Threads of the pool block signals: the handler is to have run when this returns. */
static void send(int signal_number)
{
    sigset_t only, before;
    sigemptyset(&only);
    sigaddset(&only, signal_number);
    pthread_sigmask(SIG_UNBLOCK, &only, &before);
    raise(signal_number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* A poll ends a block. */
static void block_end(void)
{
    uint_fast64_t most = atomic_load(&work_most);
    while (work > most && !atomic_compare_exchange_weak(&work_most, &most, work)) {
    }
    work = 0;
}

void rpe_event_work_add(uint64_t units)
{
    work += units;
}

uint64_t rpe_event_work_most(void)
{
    return atomic_load(&work_most);
}

#ifdef RPE_COUNT_STEPS
/* The compiler calls it at each branch that is taken. */
void __sanitizer_cov_trace_pc(void);
__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
    work++;
}
#endif

void rpe_event_count_up(rpe_event event)
{
    if (event == RPE_EVENT_POLL)
        block_end();
    uint64_t number = atomic_fetch_add(&counts[event], 1) + 1;
    if (event == awaited && number == awaited_number)
        send(awaited_signal);
}

void rpe_event_arm(rpe_event event, uint64_t number, int signal)
{
    for (int i = 0; i < RPE_EVENT_COUNT; i++)
        atomic_store(&counts[i], 0);
    atomic_store(&work_most, 0);
    work = 0;
    awaited = event;
    awaited_number = number;
    awaited_signal = signal;
    atomic_store(&rpe_event_armed, true);
}

void rpe_event_disarm(void)
{
    atomic_store(&rpe_event_armed, false);
}

uint64_t rpe_event_counted(rpe_event event)
{
    return atomic_load(&counts[event]);
}

rpe_status rpe_event_arm_text(const char *text, rpe_error *error)
{
    static const char *const events[] = {"poll", "write"};
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"INT", SIGINT}, {"TERM", SIGTERM}, {"KILL", SIGKILL}};
    char event[8], name[8];
    uint64_t number;
    int end = -1;
    if (text == NULL)
        return RPE_OK;
    if (sscanf(text, "%7[a-z]:%" SCNu64 ":%7[A-Z]%n", event, &number, name, &end) == 3 && text[end] == '\0')
        for (size_t e = 0; e < sizeof events / sizeof events[0]; e++)
            for (size_t s = 0; s < sizeof signals / sizeof signals[0]; s++)
                if (strcmp(event, events[e]) == 0 && strcmp(name, signals[s].name) == 0) {
                    rpe_event_arm((rpe_event)e, number, signals[s].number);
                    return RPE_OK;
                }
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "RPEBENCH_TEST_SIGNAL: expected poll or write, a number, and INT, TERM or KILL as in "
        "poll:17:INT, found %s",
        text);
}
