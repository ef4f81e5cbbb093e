/* Explicit attention of any relative position.  [spec 2; families 0] */
#include "oracle/exact.h"

#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "oracle/terms.h"

struct rpe_exact {
    rpe_exact_settings settings;
    const rpe_family *family;
    rpe_terms **terms; /* [heads] */
};

typedef struct exact_call {
    const rpe_exact *exact;
    size_t item, head;
    const double *queries, *keys, *values;
    double *outputs;
    rpe_workspace *workspaces;
} exact_call;

/* S(m,n) of a row; scratch [terms] */
static void row_score(const exact_call *call, size_t m, double *scratch, double *scores)
{
    const rpe_exact_settings *exact = &call->exact->settings;
    size_t size = exact->size, stride = exact->heads * size;
    const double *q = call->queries + (call->item * exact->queries.count + m) * stride + call->head * size;
    const double *k = call->keys + call->item * exact->keys.count * stride + call->head * size;
    for (size_t n = 0; n < exact->keys.count; n++)
        scores[n] = call->exact->family->score(exact->kernel, call->head, q, k + n * stride, size,
                                               rpe_terms_of(call->exact->terms[call->head], m, n, scratch));
}

/* Scores to weights: those of keys that are not seen are 0. */
static void row_weigh(const rpe_exact *exact, size_t m, double *row)
{
    const rpe_positions *queries = &exact->settings.queries, *keys = &exact->settings.keys;
    double largest = -INFINITY;
    for (size_t n = 0; n < keys->count; n++)
        if (rpe_positions_sees(queries, m, keys, n, exact->settings.causal))
            largest = fmax(largest, row[n]);
    for (size_t n = 0; n < keys->count; n++) {
        bool seen = rpe_positions_sees(queries, m, keys, n, exact->settings.causal);
        row[n] = !seen ? 0 : exact->family->exponential ? exp(row[n] - largest) : row[n];
    }
}

/* sum over the keys that are seen of e^(sum of log-decays from the key's token to the query's) */
static double row_mask(const rpe_exact_settings *exact, size_t head, size_t m)
{
    double sum = 0, decay = 0;
    if (exact->kernel->type->log_decay == NULL)
        return 0;
    for (size_t n = m + 1; n-- > 0;) {
        if (n < exact->keys.count && rpe_positions_sees(&exact->queries, m, &exact->keys, n, exact->causal))
            sum += exp(decay);
        decay += exact->kernel->type->log_decay(exact->kernel, head, n, 0);
    }
    return sum;
}

/* sum_n w v / sum_n w */
static void row_average(const exact_call *call, size_t m, const double *weights)
{
    const rpe_exact_settings *exact = &call->exact->settings;
    size_t keys = exact->keys.count, width = exact->values, stride = exact->heads * width;
    const double *v = call->values + call->item * keys * stride + call->head * width;
    double *o = call->outputs + (call->item * exact->queries.count + m) * stride + call->head * width,
           sum = 0;
    for (size_t n = 0; n < keys; n++)
        sum += weights[n];
    if (call->exact->family->divisor != NULL)
        sum = call->exact->family->divisor(exact->kernel, sum, row_mask(exact, call->head, m));
    memset(o, 0, width * sizeof *o);
    for (size_t n = 0; n < keys && sum != 0; n++)
        for (size_t i = 0; weights[n] != 0 && i < width; i++)
            o[i] += weights[n] * v[n * stride + i];
    for (size_t i = 0; i < width && sum != 0; i++)
        o[i] /= sum;
}

static void attend_row(void *context, size_t index, int thread)
{
    exact_call call = *(const exact_call *)context;
    const rpe_exact_settings *exact = &call.exact->settings;
    size_t m = index % exact->queries.count, pair = index / exact->queries.count;
    rpe_workspace *workspace = &call.workspaces[thread];
    size_t mark = workspace->used;
    double *row = rpe_workspace_take(workspace, exact->keys.count, sizeof *row);
    double *scratch = rpe_workspace_take(workspace, rpe_terms_count(call.exact->terms[0]), sizeof *scratch);
    call.item = pair / exact->heads;
    call.head = pair % exact->heads;
    row_score(&call, m, scratch, row);
    row_weigh(call.exact, m, row);
    row_average(&call, m, row);
    rpe_workspace_release(workspace, mark);
}

void rpe_exact_apply(const rpe_exact *exact, const double *queries, const double *keys, const double *values,
                     double *outputs, int threads, rpe_workspace *workspaces)
{
    exact_call call = {
        .exact = exact, .queries = queries, .keys = keys, .values = values, .workspaces = workspaces};
    call.outputs = outputs;
    size_t rows = exact->settings.batch * exact->settings.heads * exact->settings.queries.count;
    rpe_parallel_for(rows, threads, attend_row, &call);
}

void rpe_exact_scores(const rpe_exact *exact, size_t item, size_t head, const double *queries,
                      const double *keys, double *scores, rpe_workspace *workspace)
{
    const exact_call call = {.exact = exact, .item = item, .head = head, .queries = queries, .keys = keys};
    size_t count = exact->settings.keys.count, mark = workspace->used;
    double *scratch = rpe_workspace_take(workspace, rpe_terms_count(exact->terms[0]), sizeof *scratch);
    for (size_t m = 0; m < exact->settings.queries.count && !rpe_interrupt_requested(); m++)
        row_score(&call, m, scratch, scores + m * count);
    rpe_workspace_release(workspace, mark);
}

size_t rpe_exact_workspace_bytes(const rpe_exact *exact)
{
    return rpe_workspace_sum(rpe_workspace_bytes(exact->settings.keys.count, sizeof(double)),
                             rpe_workspace_bytes(rpe_terms_count(exact->terms[0]), sizeof(double)));
}

void rpe_exact_destroy(rpe_exact *exact)
{
    if (exact == NULL)
        return;
    for (size_t h = 0; exact->terms != NULL && h < exact->settings.heads; h++)
        rpe_terms_destroy(exact->terms[h]);
    rpe_memory_free(exact->terms);
    rpe_memory_free(exact);
}

rpe_status rpe_exact_create(rpe_exact **exact, const rpe_exact_settings *settings, int threads,
                            rpe_error *error)
{
    rpe_exact *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "explicit attention", 1, sizeof *made);
    made->settings = *settings;
    made->family = rpe_family_of(settings->kernel);
    made->terms = rpe_memory_allocate_zero(settings->heads, sizeof(void *));
    rpe_status status = made->terms != NULL
                            ? RPE_OK
                            : rpe_error_memory(error, "explicit attention", settings->heads, sizeof(void *));
    for (size_t h = 0; status == RPE_OK && h < settings->heads; h++)
        status = rpe_terms_create(&made->terms[h], settings->kernel, h, settings->size,
                                  &made->settings.queries, &made->settings.keys, threads, error);
    if (status == RPE_OK)
        *exact = made;
    else
        rpe_exact_destroy(made);
    return status;
}
