/* rpebench: the only place that prints errors and chooses the exit status. */
#include <stdio.h>
#include <stdlib.h>

#include "rpe_command.h"
#include "rpe_json.h"
#include "rpe_parallel.h"

#define STATUS_BAD 2
#define STATUS_INTERRUPTED 130

int main(int argc, char **argv)
{
    rpe_error error = {.message = ""};
    rpe_json_memory_install();
    rpe_interrupt_install();
    rpe_status status = rpe_program_run(argc, argv, &error);
    if (status != RPE_OK)
        fprintf(stderr, "rpebench: %s\n", error.message);
    if (status == RPE_ERROR_INTERRUPTED)
        return STATUS_INTERRUPTED;
    if (fflush(stderr) != 0 || ferror(stderr))
        return STATUS_BAD;
    return status == RPE_OK ? EXIT_SUCCESS : STATUS_BAD;
}
