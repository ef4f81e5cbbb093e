/* OpenBLAS as it is: which library answers, and how it is made safe to call from several threads. */
#ifndef RPE_BLAS_H
#define RPE_BLAS_H

#include "base/error.h"

/* Path of the shared library that cblas_dgemm comes from, and its own description ("OpenBLAS 0.3.21 ... Zen"). */
const char *rpe_blas_library(void);
const char *rpe_blas_configuration(void);

/* Around every call of BLAS or LAPACK.

   The serial OpenBLAS that distributions ship is built without locks: two threads that call it at once can be given the same
   packing buffer, and the products come out wrong, silently.  So the two functions that hand out these buffers are replaced
   by locked ones (see blas.c), and calls then run side by side.  Where the replacement does not take effect, another BLAS or
   a static one, the pair below is a lock around the whole call instead.

   A buffer takes 128 MiB of address space, one for each call that is under way at a time, and OpenBLAS keeps it.  Where a limit
   leaves no room for one more (RLIMIT_AS), a call waits until another one ends.  The two do not nest. */
void rpe_blas_enter(void);
void rpe_blas_leave(void);

/* Before the first call: whether there is room for one buffer at least.  From then on no call fails.  RPE_ERROR_MEMORY: there is
   none. */
rpe_status rpe_blas_ready(rpe_error *error);

/* Whether the buffers are guarded, so that calls run side by side. */
int rpe_blas_is_guarded(void);

/* Buffers that calls hold: 0 when none is under way. */
long rpe_blas_buffers_out(void);

#endif
