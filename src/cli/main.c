/* rpebench: the only place that prints errors and chooses the exit status. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/event.h"
#include "base/interrupt.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "file/json.h"
#include "file/output.h"

#define STATUS_BAD 2
#define STATUS_SIGNAL 128 /* and the signal: 130 after Ctrl-C, 143 after SIGTERM */

static const int statuses[] = {
    [RPE_OUTCOME_FAVOURABLE] = EXIT_SUCCESS, [RPE_OUTCOME_UNFAVOURABLE] = 1, [RPE_OUTCOME_UNDECIDED] = 3};

int main(int argc, char **argv)
{
    rpe_error error = {.message = ""};
    rpe_outcome outcome = RPE_OUTCOME_FAVOURABLE;
    if (!rpe_streams_open())
        return STATUS_BAD;
    rpe_json_memory_install();
    rpe_interrupt_install();
    rpe_output_limit_report();
    (void)signal(SIGPIPE, SIG_IGN); /* who watched may go: the work goes on */
    rpe_status status = rpe_event_arm_text(getenv("RPEBENCH_TEST_SIGNAL"), &error);
    unsetenv("RPEBENCH_TEST_SIGNAL"); /* which is not meant for children */
    if (status == RPE_OK)
        status = rpe_program_run(argc, argv, &outcome, &error);
    if (status != RPE_OK)
        fprintf(stderr, "rpebench: %s\n", error.message);
    if (status == RPE_ERROR_INTERRUPTED)
        return STATUS_SIGNAL + rpe_interrupt_signal();
    if ((fflush(stderr) != 0 || ferror(stderr)) && !rpe_stream_is_pipe(stderr))
        return STATUS_BAD;
    if (status != RPE_OK)
        return STATUS_BAD;
    return statuses[outcome];
}
