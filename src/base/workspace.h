/* Scratch memory of hot paths: one block whose size is known before, so that the path itself cannot fail.
   In a debug build (NDEBUG not defined) what is taken is filled with signalling NaN, so stale data cannot pass for a result. */
#ifndef RPE_WORKSPACE_H
#define RPE_WORKSPACE_H

#include <stddef.h>

#include "base/error.h"

typedef struct rpe_workspace {
    unsigned char *block;
    size_t size, used; /* bytes */
} rpe_workspace;

/* bytes: the sum of rpe_workspace_bytes over what will be taken at the same time.  The caller owns the workspace and
   releases it with rpe_workspace_destroy (safe on a zeroed struct). */
rpe_status rpe_workspace_create(rpe_workspace *workspace, size_t bytes, rpe_error *error);
void rpe_workspace_destroy(rpe_workspace *workspace);

/* One for each thread, all of the same size, and room for what products need besides (rpe_blas_ready).  The caller owns them;
   destroy is safe on NULL. */
rpe_status rpe_workspaces_create(rpe_workspace **workspaces, int threads, size_t bytes, rpe_error *error);
void rpe_workspaces_destroy(rpe_workspace *workspaces, int threads);

/* What count elements of size bytes take in a workspace, padding included; SIZE_MAX when it overflows
   (so that rpe_workspace_create refuses it: sums saturate with rpe_workspace_sum). */
size_t rpe_workspace_bytes(size_t count, size_t size);
size_t rpe_workspace_sum(size_t a, size_t b);

/* Aligned, uninitialized.  Taking more than was planned is a programming error: it aborts with a message. */
void *rpe_workspace_take(rpe_workspace *workspace, size_t count, size_t size);

/* Everything taken after the mark is given back:  size_t mark = ws->used; ... rpe_workspace_release(ws, mark); */
void rpe_workspace_release(rpe_workspace *workspace, size_t mark);

#endif
