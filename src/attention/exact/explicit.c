/* Explicit attention with a position kernel for each feature: S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n), streamed over blocks of
   keys.  [spec 2] */
#include <stdint.h>
#include <string.h>

#include "attention/exact/explicit_call.h"
#include "base/interrupt.h"
#include "base/memory.h"

static const rpe_explicit_functions *const functions_of[2] = {&rpe_explicit_functions_single,
                                                              &rpe_explicit_functions_double};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

rpe_status rpe_explicit_create(rpe_explicit **plan, const rpe_attention_shape *shape, rpe_precision precision,
                               const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error)
{
    rpe_explicit *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "plan of explicit attention", 1, sizeof *created);
    }
    created->shape = *shape;
    created->kernel = kernel != NULL;
    created->precision = precision;
    created->functions = functions_of[precision];
    rpe_status status = RPE_OK;
    if (kernel != NULL) {
        created->one_axis = queries->axes == 1;
        created->window_stride = created->functions->window_stride(created->one_axis);
        created->tables = rpe_memory_allocate_zero(shape->heads, sizeof *created->tables);
        if (created->tables == NULL) {
            status = rpe_error_memory(error, "lag tables", shape->heads, sizeof *created->tables);
        }
    }
    for (size_t h = 0; created->tables != NULL && h < shape->heads && status == RPE_OK; h++) {
        status =
            rpe_lag_table_create(&created->tables[h], kernel, RPE_COVARIANCE_CROSS, h, queries, keys, error);
    }
    if (status != RPE_OK) {
        rpe_explicit_destroy(created);
        return status;
    }
    *plan = created;
    return RPE_OK;
}

void rpe_explicit_destroy(rpe_explicit *plan)
{
    if (plan == NULL) {
        return;
    }
    for (size_t h = 0; plan->tables != NULL && h < plan->shape.heads; h++) {
        rpe_lag_table_destroy(&plan->tables[h]);
    }
    rpe_memory_free(plan->tables);
    rpe_memory_free(plan);
}

/* Without positions: S = q k^T / sqrt(D) */
static void score_plain(const void *context, void *prepared, const rpe_block *block, void *scores)
{
    const rpe_explicit_call *call = context;
    (void)prepared;
    rpe_streaming_functions_of[call->plan->precision]->score(&call->plan->shape, block, call->queries,
                                                             call->keys, scores);
}

static size_t scorer_bytes(const rpe_explicit *plan)
{
    return plan->kernel ? plan->functions->scorer_bytes(plan) : 0;
}

static rpe_scorer scorer_of(const rpe_explicit_call *call)
{
    bool kernel = call->plan->kernel;
    return (rpe_scorer){.context = call,
                        .workspace_bytes = scorer_bytes(call->plan),
                        .prepare = kernel ? call->plan->functions->prepare : NULL,
                        .score = kernel ? call->plan->functions->score : score_plain};
}

size_t rpe_explicit_workspace_bytes(const rpe_explicit *plan)
{
    return rpe_streaming_workspace_bytes(&plan->shape, plan->precision, scorer_bytes(plan));
}

void rpe_explicit_apply(const rpe_explicit *plan, const void *queries, const void *keys, const void *values,
                        void *outputs, int threads, rpe_workspace *workspaces)
{
    rpe_explicit_call call = {plan, queries, keys};
    rpe_scorer scorer = scorer_of(&call);
    rpe_streaming_apply(&plan->shape, plan->precision, &scorer, values, outputs, threads, workspaces);
}

static void copy_scores(const rpe_block *block, const double *block_scores, size_t keys, double *scores)
{
    for (size_t i = 0; i < block->queries; i++) {
        memcpy(scores + (block->first_query + i) * keys + block->first_key, block_scores + i * RPE_KEY_BLOCK,
               block->keys * sizeof *scores);
    }
}

void rpe_explicit_scores(const rpe_explicit *plan, size_t item, size_t head, const double *queries,
                         const double *keys, double *scores, rpe_workspace *workspace)
{
    const rpe_attention_shape *shape = &plan->shape;
    rpe_explicit_call call = {plan, queries, keys};
    rpe_scorer scorer = scorer_of(&call);
    size_t mark = workspace->used;
    double *block_scores =
        rpe_workspace_take(workspace, (size_t)RPE_QUERY_BLOCK * RPE_KEY_BLOCK, sizeof *block_scores);
    size_t block_mark = workspace->used;
    for (size_t m = 0; m < shape->queries && !rpe_interrupt_requested(); m += RPE_QUERY_BLOCK) {
        rpe_block block = {item, head, m, smaller(RPE_QUERY_BLOCK, shape->queries - m), 0, 0};
        void *prepared = scorer.prepare != NULL ? scorer.prepare(&call, &block, workspace) : NULL;
        for (size_t n = 0; n < shape->keys; n += RPE_KEY_BLOCK) {
            block.first_key = n;
            block.keys = smaller(RPE_KEY_BLOCK, shape->keys - n);
            scorer.score(&call, prepared, &block, block_scores);
            copy_scores(&block, block_scores, shape->keys, scores);
        }
        rpe_workspace_release(workspace, block_mark);
    }
    rpe_workspace_release(workspace, mark);
}
