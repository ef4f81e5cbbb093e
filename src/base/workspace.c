#include "base/workspace.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blas.h"
#include "base/memory.h"

size_t rpe_workspace_bytes(size_t count, size_t size)
{
    size_t bytes;
    if (!rpe_size_multiply(count, size, &bytes) || bytes > SIZE_MAX - RPE_MEMORY_ALIGNMENT)
        return SIZE_MAX;
    return (bytes + RPE_MEMORY_ALIGNMENT - 1) / RPE_MEMORY_ALIGNMENT * RPE_MEMORY_ALIGNMENT;
}

size_t rpe_workspace_sum(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

rpe_status rpe_workspace_create(rpe_workspace *workspace, size_t bytes, rpe_error *error)
{
    unsigned char *block = rpe_memory_allocate(bytes, 1);
    if (block == NULL)
        return rpe_error_memory(error, "workspace", bytes, 1);
    *workspace = (rpe_workspace){.block = block, .size = bytes, .used = 0};
    return RPE_OK;
}

void rpe_workspace_destroy(rpe_workspace *workspace)
{
    rpe_memory_free(workspace->block);
    *workspace = (rpe_workspace){0};
}

#ifdef NDEBUG
#define POISON false
#else
#define POISON true
#endif

/* 0x7ff4..., 0x7fa0...: a signalling NaN read as double, and a NaN read as either half in float. */
static void poison(unsigned char *bytes, size_t count)
{
    static const uint64_t pattern = UINT64_C(0x7ff400007fa00000);
    for (size_t i = 0; i + sizeof pattern <= count; i += sizeof pattern)
        memcpy(bytes + i, &pattern, sizeof pattern);
}

void *rpe_workspace_take(rpe_workspace *workspace, size_t count, size_t size)
{
    size_t bytes = rpe_workspace_bytes(count, size);
    if (bytes > workspace->size - workspace->used) {
        fprintf(stderr,
                "rpebench: workspace of %zu bytes, %zu taken, asked for %zu more: planned too small\n",
                workspace->size, workspace->used, bytes);
        abort();
    }
    unsigned char *taken = workspace->block + workspace->used;
    workspace->used += bytes;
    if (POISON)
        poison(taken, bytes);
    return taken;
}

void rpe_workspace_release(rpe_workspace *workspace, size_t mark)
{
    workspace->used = mark;
}

rpe_status rpe_workspaces_create(rpe_workspace **workspaces, int threads, size_t bytes, rpe_error *error)
{
    rpe_status status = rpe_blas_ready(error);
    if (status != RPE_OK)
        return status;
    rpe_workspace *made = rpe_memory_allocate_zero((size_t)threads, sizeof *made);
    if (made == NULL) {
        return rpe_error_memory(error, "workspaces", (size_t)threads, sizeof *made);
    }
    for (int t = 0; t < threads && status == RPE_OK; t++) {
        status = rpe_workspace_create(&made[t], bytes, error);
    }
    if (status != RPE_OK) {
        rpe_workspaces_destroy(made, threads);
        return status;
    }
    *workspaces = made;
    return RPE_OK;
}

void rpe_workspaces_destroy(rpe_workspace *workspaces, int threads)
{
    for (int t = 0; workspaces != NULL && t < threads; t++) {
        rpe_workspace_destroy(&workspaces[t]);
    }
    rpe_memory_free(workspaces);
}
