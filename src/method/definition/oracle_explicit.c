/* Explicit attention of a relative position as what methods are measured against.  [spec 2; families 0] */
#include "method/problem.h"
#include "oracle/exact.h"

/* One workspace a thread, all of the same size. */
typedef struct oracle_run {
    rpe_exact *exact;
    rpe_workspace *workspaces;
    int threads;
} oracle_run;

static void run_destroy(oracle_run *run)
{
    rpe_workspaces_destroy(run->workspaces, run->threads);
    rpe_exact_destroy(run->exact);
}

static rpe_status run_create(oracle_run *run, const rpe_problem *problem, int threads, rpe_error *error)
{
    const rpe_exact_settings settings = rpe_problem_exact(problem);
    *run = (oracle_run){.threads = threads};
    rpe_status status = rpe_problem_kernel_check(problem, error);
    if (status == RPE_OK)
        status = rpe_exact_create(&run->exact, &settings, threads, error);
    if (status == RPE_OK)
        status =
            rpe_workspaces_create(&run->workspaces, threads, rpe_exact_workspace_bytes(run->exact), error);
    if (status != RPE_OK)
        run_destroy(run);
    return status;
}

static rpe_status attend(const rpe_problem *problem, const rpe_inputs *inputs, double *outputs, int threads,
                         rpe_error *error)
{
    oracle_run run;
    rpe_status status = run_create(&run, problem, threads, error);
    if (status != RPE_OK)
        return status;
    rpe_exact_apply(run.exact, inputs->queries, inputs->keys, inputs->values, outputs, threads,
                    run.workspaces);
    run_destroy(&run);
    return RPE_OK;
}

static rpe_status scores(const rpe_problem *problem, const rpe_inputs *inputs, size_t item, size_t head,
                         double *values, rpe_error *error)
{
    oracle_run run;
    rpe_status status = run_create(&run, problem, 1, error);
    if (status != RPE_OK)
        return status;
    rpe_exact_scores(run.exact, item, head, inputs->queries, inputs->keys, values, &run.workspaces[0]);
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
