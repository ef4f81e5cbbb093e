#include "rpe_parallel.h"

#include <omp.h>
#include <signal.h>
#include <string.h>

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
