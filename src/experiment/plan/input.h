/* An input of an experiment, loaded: kernel, queries, keys, values, and what the oracle says of them. */
#ifndef RPE_INPUT_H
#define RPE_INPUT_H

#include "experiment/configuration.h"
#include "position/lag_table.h"

typedef struct rpe_input {
    const rpe_input_settings *settings;
    rpe_kernel *kernel;
    rpe_fit_result fit;              /* where settings ask for one: the kernel is the fit of a table */
    rpe_problem problem;             /* shapes and kernel; the rest is the point's */
    rpe_array queries, keys, values; /* double, [M,H,D], [N,H,D], [N,H,V] */
    rpe_array marked_values;         /* [N,H,N+V]: the unit matrix beside the values of each head */
    rpe_lag_table *lag_tables;       /* [H] */
    double *scores;                  /* [H,M,N] of the oracle */
    const rpe_oracle *scores_of;     /* whose scores they are */
    double *outputs[2];              /* [M,H,N+V] of the oracle on marked values, by causal */
    const rpe_oracle *outputs_of[2];
} rpe_input;

/* Gaussian inputs are standard normal and depend only on the seed and their shape, so that all kernels and methods see the
   same numbers. */
rpe_status rpe_input_load(rpe_input *input, const rpe_input_settings *settings, uint64_t seed,
                          rpe_error *error);
/* Kernel and shapes of Gaussian inputs, without the arrays: for who has numbers of its own. */
rpe_status rpe_input_load_shape(rpe_input *input, const rpe_input_settings *settings, uint64_t seed,
                                rpe_error *error);
void rpe_input_destroy(rpe_input *input);

/* Hash of every number of kernel, queries, keys and values, continued from an earlier one (start: 0). */
uint64_t rpe_input_hash(const rpe_input *input, uint64_t hash);

/* Sees to it that what measures of these stages compare with is there; computed once. */
rpe_status rpe_input_reference(rpe_input *input, const rpe_oracle *oracle, bool causal,
                               const bool stages[RPE_STAGE_COUNT], int threads, rpe_error *error);
/* Forgets it; rpe_input_destroy does, too. */
void rpe_input_reference_destroy(rpe_input *input);

#endif
