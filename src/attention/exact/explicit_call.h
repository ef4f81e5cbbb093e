/* The explicit attention between its plan and its scores: internal to this layer. */
#ifndef RPE_EXPLICIT_CALL_H
#define RPE_EXPLICIT_CALL_H

#include "attention/exact/streaming.h"
#include "position/lag_table.h"

/* What is in the precision of a file. */
typedef struct rpe_explicit_functions {
    size_t (*window_stride)(bool one_axis); /* numbers of a window row */
    size_t (*scorer_bytes)(const rpe_explicit *plan);
    void *(*prepare)(const void *call, const rpe_block *block, rpe_workspace *workspace);
    void (*score)(const void *call, void *prepared, const rpe_block *block, void *scores);
} rpe_explicit_functions;

extern const rpe_explicit_functions rpe_explicit_functions_single, rpe_explicit_functions_double;

struct rpe_explicit {
    rpe_attention_shape shape;
    rpe_precision precision;
    const rpe_explicit_functions *functions; /* of the precision */
    bool kernel;                             /* whether there are position kernels */
    bool one_axis;                           /* lags of consecutive keys are consecutive */
    rpe_lag_table *tables;                   /* [heads], or NULL without a kernel */
    size_t window_stride;                    /* numbers of a window row */
};

typedef struct rpe_explicit_call {
    const rpe_explicit *plan;
    const void *queries, *keys;
} rpe_explicit_call;

#endif
