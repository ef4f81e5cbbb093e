/* Methods: what a user calls an attention with relative positions.  A problem is planned by a method; a stream gives the
   randomness of one trial.  One file each, listed in methods.def, and a method for every line of feature_maps.def and composition; a hook
   that is NULL is a capability the method lacks. */
#ifndef RPE_METHOD_H
#define RPE_METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "attention/feature_map.h"
#include "base/array.h"
#include "base/error.h"
#include "base/workspace.h"
#include "encoding/encoder.h"
#include "encoding/sampler.h"
#include "position/kernel.h"

typedef struct rpe_problem {
    rpe_positions queries, keys; /* M, N */
    size_t batch, heads;
    size_t features;            /* D */
    size_t value_features;      /* V */
    const rpe_kernel *kernel;   /* NULL: no positions */
    const rpe_sampler *sampler; /* NULL: the noise is given */
    size_t realizations;        /* R; used by methods that encode */
    size_t projections;         /* F, random projections of the feature map; 0 where the method has none */
    rpe_precision precision;
    bool causal, shared_heads;
} rpe_problem;

/* Number of keys that query m sees: all, or n <= m. */
size_t rpe_problem_visible(const rpe_problem *problem, size_t query);

/* In the problem's precision; values may be NULL where only encoding is asked for. */
typedef struct rpe_inputs {
    const void *queries, *keys, *values; /* [B,M,H,D], [B,N,H,D], [B,N,H,V] */
} rpe_inputs;

/* The exact attention of a family of relative positions. Double. */
typedef struct rpe_oracle {
    const char *name, *title, *source;
    /* Outputs [B,M,H,V]; inputs in double. */
    rpe_status (*attend)(const rpe_problem *problem, const rpe_inputs *inputs, double *outputs, int threads,
                         rpe_error *error);
    /* Scores of one head of one batch item, [M,N]. */
    rpe_status (*scores)(const rpe_problem *problem, const rpe_inputs *inputs, size_t item, size_t head,
                         double *scores, rpe_error *error);
} rpe_oracle;

extern const rpe_oracle rpe_oracle_explicit;

/* What the formula needs for one call, not what a code happens to do. */
typedef struct rpe_cost {
    double flops;
    double bytes_moved; /* inputs read and outputs written once */
    double bytes_held;  /* besides inputs and outputs */
} rpe_cost;

/* Rows [count,size] of which each element is known to within its error. */
typedef struct rpe_known_rows {
    size_t count, size;
    const double *values, *errors;
} rpe_known_rows;

/* One head of the only item, as the attention sees it. */
typedef struct rpe_definition {
    const rpe_problem *problem;
    const rpe_noise *noise;
    size_t head;
    rpe_known_rows queries, keys; /* encoded where the method encodes */
    double rounding;              /* unit roundoff of who is judged */
} rpe_definition;

typedef struct rpe_method {
    const char *name, *title, *source; /* key on the command line and in CSV; legend; paper and equation */
    const rpe_oracle *oracle;          /* what it is measured against */
    const rpe_family *position;        /* family of the positions that it takes; NULL: any */
    bool needs_position;               /* there is nothing without one */
    const rpe_feature_map *map;        /* of linear attention; NULL: it is another */
    const char *
        composition; /* of methods that a map makes: what it is put together with; NULL: SPE, or there is no map */
    rpe_status (*supports)(const rpe_problem *problem, rpe_error *error); /* if not, says why */
    rpe_status (*plan)(void **plan, const rpe_problem *problem,
                       rpe_error *error); /* what all trials share; read-only then */
    void (*plan_destroy)(void *plan);
    size_t (*workspace_bytes)(const void *plan); /* of each thread */
    bool (*random)(const rpe_problem *problem);  /* whether a trial's stream matters */
    /* Elements of a vector as the attention sees it; NULL: R where queries and keys are encoded, else D. */
    size_t (*size)(const rpe_problem *problem);
    /* Encoded queries [B,M,H,R] and keys [B,N,H,R]; their dot products over sqrt(R) approximate the oracle's scores. */
    void (*encode)(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                   void *keys, int threads, rpe_workspace *workspaces);
    /* Codes of one head and feature, [M,R] and [N,R] contiguous. */
    void (*codes)(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *query_codes,
                  void *key_codes, rpe_workspace *workspace);
    void (*attend)(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces);
    /* Closed-form mean and variance of the approximate scores of one head of one item, [M,N] each; inputs in double. */
    rpe_status (*score_moments)(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                size_t head, double *mean, double *variance, rpe_error *error);
    /* Closed-form mean and variance of (1/R) sum_r Qbar_dr(m) Kbar_dr(n), [M,N] each. */
    rpe_status (*code_moments)(const rpe_problem *problem, size_t head, size_t feature, double *mean,
                               double *variance, rpe_error *error);
    rpe_cost (*cost)(const rpe_problem *problem);
    /* The attention by its definition, plainly and in double, sharing no code with attend: weights of one head [M,N] before they
       are divided by their sums, each row up to a factor of its own, and what rounding may make of each. */
    rpe_status (*define)(const rpe_definition *definition, double *weights, double *errors, rpe_error *error);
} rpe_method;

/* Whether outputs [B,M,H,V] of a problem are all finite; if not, names the first row and its head.  name: what they are. */
rpe_status rpe_method_outputs_check(const rpe_problem *problem, const void *outputs, const char *name,
                                    rpe_error *error);

/* Whether it makes codes of positions: sampler and problem.realizations are asked for, where there is a position. */
bool rpe_method_encodes(const rpe_method *method);
/* Whether it computes what its oracle does: others are measured against that. */
bool rpe_method_is_oracle(const rpe_method *method);

/* Whether it has random features: problem.projections is asked for, noise.projection is used. */
bool rpe_method_projects(const rpe_method *method);

/* Elements of a vector as the attention sees it: the size of projections. */
size_t rpe_method_size(const rpe_method *method, const rpe_problem *problem);

size_t rpe_method_count(void);
const rpe_method *rpe_method_at(size_t index);
const rpe_method *rpe_method_find(const char *name); /* NULL if there is none */
/* Whether the method is for positions of a family, NULL: for none. */
bool rpe_method_takes_family(const rpe_method *method, const rpe_family *family);
/* Whether the method is for such a position, NULL: none; it may have more to say of the very one (supports). */
bool rpe_method_takes(const rpe_method *method, const rpe_kernel *kernel);

#endif
