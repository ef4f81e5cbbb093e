/* Explicit RPE attention as the oracle of its family.  [spec 2] */
#include "rpe_memory.h"
#include "rpe_problem.h"

/* One workspace a thread, all of the same size. */
typedef struct oracle_run {
    rpe_explicit *plan;
    rpe_workspace *workspaces;
    int threads;
} oracle_run;

static void run_destroy(oracle_run *run)
{
    for (int t = 0; run->workspaces != NULL && t < run->threads; t++) {
        rpe_workspace_destroy(&run->workspaces[t]);
    }
    rpe_memory_free(run->workspaces);
    rpe_explicit_destroy(run->plan);
}

static rpe_status run_create(oracle_run *run, const rpe_problem *problem, int threads, rpe_error *error)
{
    rpe_attention_shape shape = rpe_problem_shape(problem, problem->features);
    rpe_status status = rpe_problem_kernel_check(problem, error);
    *run = (oracle_run){.threads = threads};
    if (status == RPE_OK) {
        status = rpe_explicit_create(&run->plan, &shape, problem->kernel, &problem->queries, &problem->keys,
                                     error);
    }
    if (status != RPE_OK) {
        return status;
    }
    run->workspaces = rpe_memory_allocate_zero((size_t)threads, sizeof *run->workspaces);
    if (run->workspaces == NULL) {
        status = rpe_error_memory(error, "workspaces", (size_t)threads, sizeof *run->workspaces);
    }
    size_t bytes = rpe_explicit_workspace_bytes(run->plan);
    for (int t = 0; t < threads && status == RPE_OK; t++) {
        status = rpe_workspace_create(&run->workspaces[t], bytes, error);
    }
    if (status != RPE_OK) {
        run_destroy(run);
    }
    return status;
}

static rpe_status attend(const rpe_problem *problem, const rpe_inputs *inputs, double *outputs, int threads,
                         rpe_error *error)
{
    oracle_run run;
    rpe_status status = run_create(&run, problem, threads, error);
    if (status != RPE_OK) {
        return status;
    }
    rpe_explicit_apply(run.plan, inputs->queries, inputs->keys, inputs->values, outputs, threads,
                       run.workspaces);
    run_destroy(&run);
    return RPE_OK;
}

static rpe_status scores(const rpe_problem *problem, const rpe_inputs *inputs, size_t item, size_t head,
                         double *values, rpe_error *error)
{
    oracle_run run;
    rpe_status status = run_create(&run, problem, 1, error);
    if (status != RPE_OK) {
        return status;
    }
    rpe_explicit_scores(run.plan, item, head, inputs->queries, inputs->keys, values, &run.workspaces[0]);
    run_destroy(&run);
    return RPE_OK;
}

const rpe_oracle rpe_oracle_explicit = {
    .name = "explicit",
    .title = "explicit RPE attention",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399), attention with RPE",
    .attend = attend,
    .scores = scores,
};
