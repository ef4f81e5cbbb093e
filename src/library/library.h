/* What the files of the library share, and do not export. */
#ifndef RPE_LIBRARY_H
#define RPE_LIBRARY_H

#include "library/rpebench.h"
#include "position/kernel.h"

struct rpebench_kernel {
    rpe_kernel *kernel;
};

/* Of the last call of this thread that failed: rpebench_error_text. */
extern _Thread_local rpe_error rpe_library_error;

/* RPE_ERROR_INPUT for NULL, with the name. */
rpe_status rpe_library_there_check(const void *pointer, const char *name);

#endif
