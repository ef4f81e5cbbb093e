/* An experiment's JSON, checked and resolved against the registries.  Texts are borrowed from the document.

   {"title": T, "question": Q, "picture": SCRIPT, "seed": 1, "measures": [NAME...],
    "grids": [{"name": NAME, "inputs": [INPUT...], "methods": "*" | [NAME...], "samplers": "*" | [NAME...],
               "realizations": [R...], "projections": [64], "precisions": ["double"], "causal": [false],
               "trials": {"minimum": n, "maximum": m, "total_realizations": t}, "quick": {any of the six before},
               optional "fit": {"type": "sine" | "conv", "sizes": [K or P...]}}]}
   INPUT: {"name": NAME, "kernel": PATH, ("queries": PATH, "keys": PATH, "values": PATH, optional "length": first positions)
           or ("gaussian": {"queries": M or [M1,M2..], "keys": the same, "values": V}), optional "profile": [[head,feature]...]}
   With "fit" the kernels must be tables, and each input stands for as many as there are sizes: its kernel is the fit.
   Paths are relative to the JSON.  A point has max(minimum, min(maximum, t/R)) trials, so that points cost alike. */
#ifndef RPE_CONFIGURATION_H
#define RPE_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpe_fit_type.h"
#include "rpe_json.h"
#include "rpe_measure.h"

typedef struct rpe_input_settings {
    const char *name;
    char *kernel;                  /* path from the working directory; owned */
    char *queries, *keys, *values; /* likewise; NULL for Gaussian inputs */
    size_t length;                 /* of the first position axis; 0: all */
    rpe_positions gaussian_queries, gaussian_keys;
    size_t gaussian_values;
    rpe_selection *selections; /* owned */
    size_t selection_count;
    const rpe_fit_type *fit; /* what stands for the kernel, a table; NULL: itself */
    size_t fit_size;
} rpe_input_settings;

typedef struct rpe_trial_count {
    size_t minimum, maximum, total_realizations;
} rpe_trial_count;

typedef struct rpe_grid {
    const char *name;
    rpe_input_settings *inputs;
    size_t input_count;
    const rpe_method **methods;
    size_t method_count;
    const rpe_sampler **samplers;
    size_t sampler_count;
    size_t *realizations;
    size_t realization_count;
    size_t *projections; /* F, for methods that have random features; at least one */
    size_t projection_count;
    bool precisions[2]; /* by rpe_precision */
    bool causal[2];
    rpe_trial_count trials;
} rpe_grid;

typedef struct rpe_configuration {
    rpe_json document;
    char *name; /* the file's name without folder and ending; owned */
    const char *title, *question, *picture;
    uint64_t seed;
    const rpe_measure **measures;
    size_t measure_count;
    rpe_grid *grids;
    size_t grid_count;
} rpe_configuration;

rpe_status rpe_configuration_read(rpe_configuration *configuration, const char *path, bool quick,
                                  rpe_error *error);
void rpe_configuration_destroy(rpe_configuration *configuration);

#endif
