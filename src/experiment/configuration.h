/* An experiment's JSON, checked and resolved against the registries.  Texts are borrowed from the document.

   {"title": T, "question": Q, "reading": how to read the picture, "picture": SCRIPT, "axis": "realizations" | a column,
    "series": [columns that tell curves apart], "key_picture": place among the key pictures of a report, 1 to 3, "seed": 1, "measures": [NAME...],
    "grids": [{"name": NAME, "inputs": [INPUT...], "methods": "*" | [NAME...], "samplers": "*" | [NAME...],
               "realizations": [R...], "projections": [64], "precisions": ["double"], "causal": [false],
               "shared_heads": [false], "threads": [1, "all"], "trials": {"minimum": n, "maximum": m, "total_realizations": t,
               "repetitions": of timings, where these are not as many},
               optional "lengths": [N...], "heads": [H...], "features": [D...], "sinusoids": [K...], "taps": [P...],
               "gates": ["none" or delta...], "fit": {"type": "sine" | "conv", "sizes": [K or P...]},
               "quick": {any of these but name and inputs}}]}
   INPUT: {"name": NAME, "kernel": PATH | KERNEL, ("queries": PATH, "keys": PATH, "values": PATH, optional "length": first
           positions, optional "layout": order of their axes, "nhd" or "hnd", ...) or ("gaussian": {"queries": M or [M1,M2..], "keys": the same, "values": V, "scale": 1, "alike": false}), optional "profile":
           [[head,feature]...], optional "positions": false: attention of queries and keys as they are; the kernel gives
           the shapes alone}
   KERNEL: {"type": "sine" | "conv", "distribution": "authors" | "unit", "heads": H, "features": D, "sinusoids": K or "taps": P,
            "gate": delta, "alike": false}: drawn, see experiment/plan/kernel_draw.h; or any other position, as a file would have it.
   Methods are those that take the position of each input: of "*" those that take its family; where one cannot hold the very
   position, its rows say why.  SCRIPT is a file of plots, without its ending.  A position for any number of heads or features
   takes "heads" and "features" from "gaussian", or from the arrays; of one with numbers for each token the first are taken.
   "samplers", "realizations" and "shared_heads" concern methods that encode, "projections" those with random features: of the
   others there is one point.  "realizations" may be left out where no method encodes.
   "threads" is an axis of timings alone (experiment/timing.h): other numbers do not depend on it.
   What is more than the run's threads is not run: its row says so.
   The optional lists are axes of the inputs: an input stands for one of each combination.  Lengths are those of queries and keys
   (of Gaussian inputs, and the first positions of arrays); heads, features, sinusoids and taps are those of drawn kernels;
   gates replace the kernel's in all features.  With "fit" the kernels must be tables, and the kernel is the fit.
   An axis that concerns no input of its grid is an error.
   Paths are relative to the JSON.  A point has max(minimum, min(maximum, t/R)) trials, so that points cost alike. */
#ifndef RPE_CONFIGURATION_H
#define RPE_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "experiment/plan/kernel_draw.h"
#include "experiment/point_option.h"
#include "file/json.h"
#include "position/kernel_fit.h"
#include "quantity/measure/measure.h"

#define RPE_INPUT_COORDINATES 160

typedef struct rpe_input_settings {
    const char *name;
    const char *path;            /* of the JSON; of a kernel's arrays, paths are relative to it */
    char *kernel;                /* path from the working directory; owned; NULL: one of the next two */
    const rpe_kernel_type *type; /* of a kernel that does not stand in a file of its own; else NULL */
    char *kernel_text; /* of a kernel that stands in the experiment, as a file would have it; owned */
    const rpe_kernel_drawing *drawing; /* of a kernel that is drawn */
    size_t size;                       /* likewise: K or P */
    size_t heads, features; /* where the kernel leaves them open; 0: they are its own, or the arrays' */
    bool open_heads, open_features; /* whether they are to be given */
    bool kernel_alike;              /* all heads have the first one's */
    bool gate_given;                /* the gate below replaces the kernel's */
    double gate;                    /* NaN: none */
    char *queries, *keys, *values;  /* likewise; NULL for Gaussian inputs */
    const char *layout;             /* of queries, keys and values */
    size_t length;                  /* of the first position axis; 0: all */
    rpe_positions gaussian_queries, gaussian_keys;
    size_t gaussian_values;
    double gaussian_scale;     /* of queries and keys */
    bool gaussian_alike;       /* all heads have the queries and keys of the first */
    bool plain;                /* without positions: the kernel gives the shapes alone */
    rpe_selection *selections; /* owned */
    size_t selection_count;
    const rpe_kernel_type *fit; /* what stands for the kernel, a table; NULL: itself */
    size_t fit_size;
    char coordinates[RPE_INPUT_COORDINATES]; /* of the axes: ";features=64" */
} rpe_input_settings;

#define RPE_TRIALS_MAX ((size_t)1000000000) /* of a point, where the caller says how many */
#define RPE_POINTS_MAX ((size_t)1 << 16) /* of an experiment, and inputs of a grid: lists multiply quickly */

typedef struct rpe_trial_count {
    size_t minimum, maximum, total_realizations;
    size_t repetitions; /* of timings; 0: as many as there are trials */
} rpe_trial_count;

typedef struct rpe_grid {
    const char *name;
    rpe_input_settings *inputs;
    size_t input_count;
    const rpe_method **methods;
    size_t method_count;
    bool all_methods; /* those of them that take an input's position; else all are to take it */
    rpe_option_values options[RPE_OPTION_TOTAL]; /* of each at least one */
    size_t *threads;                             /* of timings; 0: all that the run has */
    size_t thread_count;
    rpe_trial_count trials;
} rpe_grid;

typedef struct rpe_configuration {
    rpe_json document;
    char *name; /* the file's name without folder and ending; owned */
    const char *title, *question, *picture;
    const char *reading; /* how to read the picture; "" where nothing is said */
    const char *axis;    /* the column along the picture's abscissa */
    uint64_t seed;
    const rpe_measure **measures;
    size_t measure_count;
    rpe_grid *grids;
    size_t grid_count;
} rpe_configuration;

/* path: of an experiment, or of the JSON that a run of it wrote. */
rpe_status rpe_configuration_read(rpe_configuration *configuration, const char *path, bool quick,
                                  rpe_error *error);
void rpe_configuration_destroy(rpe_configuration *configuration);

#endif
