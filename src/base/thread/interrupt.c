#define _POSIX_C_SOURCE 200809L
#include "base/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "base/event.h"

/* Lock-free, and so safe in a handler and between threads. */
static atomic_int interrupted;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the flag is set in a signal handler");

/* The handler is reset by SA_RESETHAND: a second signal has its default effect. */
static void handle_signal(int signal_number)
{
    atomic_store(&interrupted, signal_number);
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
    rpe_event_happen(RPE_EVENT_POLL);
    return atomic_load_explicit(&interrupted, memory_order_relaxed) != 0;
}

rpe_status rpe_interrupt_check(const char *what, rpe_error *error)
{
    if (!rpe_interrupt_requested())
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "%s: interrupted", what);
}

int rpe_interrupt_signal(void)
{
    return atomic_load(&interrupted);
}

void rpe_interrupt_set(bool requested)
{
    atomic_store(&interrupted, requested ? SIGINT : 0);
}
