/* The inside of exact features, for the sources of this layer. */
#ifndef RPE_CODE_FEATURES_PLAN_H
#define RPE_CODE_FEATURES_PLAN_H

#include "encoding/code.h"
#include "encoding/code_features.h"

/* Features d that stand side by side. */
typedef struct rpe_feature_run {
    size_t first, count;
} rpe_feature_run;

struct rpe_code_features {
    const rpe_kernel *kernel;
    const rpe_code *code;
    rpe_precision precision;
    size_t oscillations;           /* 2K, of a feature */
    size_t size;                   /* G */
    size_t open_count, gate_count; /* features with a position in any head, and with a gate */
    size_t *open, *gated;          /* [open_count], [gate_count], in order; owned */
    rpe_feature_run *runs;         /* of open features; owned */
    size_t run_count;
    void *
        weights; /* [H,G] in the precision: lambda sqrt(1 - delta) or sqrt(delta), times (G/D)^(1/4); owned */
};

typedef void rpe_code_features_function(const rpe_code_features *features, const rpe_code_vectors *vectors,
                                        void *rows, rpe_workspace *workspace);
rpe_code_features_function rpe_code_features_make_single, rpe_code_features_make_double;

#define RPE_CODE_STRIP 8 /* positions at a time */

#endif
