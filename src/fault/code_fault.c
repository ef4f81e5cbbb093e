#include "fault/code_fault.h"

#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"

/* ---- sizes ---- */

size_t rpe_code_fault_gates(const rpe_kernel *kernel)
{
    return kernel->gate != NULL ? kernel->heads * kernel->features : 0;
}

size_t rpe_code_fault_coded(const rpe_code_fault *fault, rpe_side side)
{
    const rpe_positions *positions = side == RPE_SIDE_QUERY ? &fault->asked.queries : &fault->asked.keys;
    return positions->count * fault->asked.realizations;
}

size_t rpe_code_fault_encoded(const rpe_code_fault *fault, rpe_side side)
{
    return rpe_code_fault_coded(fault, side) * fault->asked.heads;
}

void rpe_code_fault_scale(size_t count, double factor, double *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

void rpe_code_fault_swap(rpe_code_fault *fault)
{
    fault->apart = true;
    fault->swapped = true;
    fault->problem[RPE_SIDE_KEY].queries = fault->asked.keys;
    fault->problem[RPE_SIDE_KEY].keys = fault->asked.queries;
}

void rpe_code_fault_draw(const char *sampler, const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                         size_t count, double *values, rpe_workspace *workspace)
{
    rpe_sampler_find(sampler)->draw(shape, stream, first, count, values, workspace);
}

/* ---- plans ---- */

static void fault_destroy(void *plan)
{
    rpe_code_fault *fault = plan;
    if (fault == NULL)
        return;
    for (int side = 0; side < 2; side++) {
        if (fault->plan[side] != NULL)
            fault->method->plan_destroy(fault->plan[side]);
        rpe_kernel_destroy(fault->kernel[side]);
    }
    rpe_memory_free(fault);
}

rpe_status rpe_code_fault_create(void **plan, const rpe_problem *problem, const rpe_code_fault_hooks *hooks,
                                 rpe_error *error)
{
    rpe_code_fault *fault = rpe_memory_allocate_zero(1, sizeof *fault);
    if (fault == NULL)
        return rpe_error_memory(error, "plan of a fault", 1, sizeof *fault);
    rpe_status status = RPE_OK;
    fault->hooks = hooks;
    fault->method = rpe_method_find("softmax");
    fault->asked = *problem;
    for (int side = 0; side < 2; side++) {
        fault->problem[side] = *problem;
        if (status == RPE_OK && problem->kernel != NULL)
            status = rpe_kernel_copy(&fault->kernel[side], problem->kernel, error);
        if (problem->kernel != NULL)
            fault->problem[side].kernel = fault->kernel[side];
    }
    if (status == RPE_OK && problem->kernel != NULL && hooks->change != NULL)
        hooks->change(fault);
    for (int side = 0; status == RPE_OK && side < (fault->apart ? 2 : 1); side++)
        status = fault->method->plan(&fault->plan[side], &fault->problem[side], error);
    if (status == RPE_OK)
        *plan = fault;
    else
        fault_destroy(fault);
    return status;
}

/* Of a side of its own, and: the other side of a plan that serves one, encoded vectors, codes and scores. */
static size_t workspace_bytes(const void *plan)
{
    const rpe_code_fault *fault = plan;
    const rpe_problem *problem = &fault->asked;
    size_t queries = rpe_code_fault_encoded(fault, RPE_SIDE_QUERY),
           keys = rpe_code_fault_encoded(fault, RPE_SIDE_KEY);
    size_t bytes = rpe_workspace_bytes(2 * (queries + keys), sizeof(double));
    size_t scores = fault->hooks->single != NULL
                        ? 0
                        : rpe_workspace_bytes(problem->queries.count * problem->keys.count, sizeof(double));
    bytes = rpe_workspace_sum(rpe_workspace_sum(bytes, rpe_workspace_sum(bytes, bytes)), scores);
    for (int side = 0; side < (fault->apart ? 2 : 1); side++)
        bytes = rpe_workspace_sum(bytes, fault->method->workspace_bytes(fault->plan[side]));
    return bytes;
}

/* ---- codes ---- */

static rpe_noise noise_of(const rpe_code_fault *fault, rpe_side side, const rpe_noise *noise)
{
    rpe_noise changed = *noise;
    changed.frame = NULL; /* two plans must not share what was drawn */
    if (fault->hooks->noise != NULL)
        fault->hooks->noise(fault, side, &changed);
    return changed;
}

static void codes(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *query_codes,
                  void *key_codes, rpe_workspace *workspace)
{
    const rpe_code_fault *fault = plan;
    size_t mark = workspace->used;
    rpe_noise changed = noise_of(fault, RPE_SIDE_QUERY, noise);
    fault->method->codes(fault->plan[0], &changed, head, feature, query_codes, key_codes, workspace);
    if (fault->apart) {
        size_t count =
            rpe_code_fault_coded(fault, RPE_SIDE_QUERY) + rpe_code_fault_coded(fault, RPE_SIDE_KEY);
        double *unused = rpe_workspace_take(workspace, count, sizeof *unused);
        changed = noise_of(fault, RPE_SIDE_KEY, noise);
        fault->method->codes(fault->plan[1], &changed, head, feature, fault->swapped ? key_codes : unused,
                             fault->swapped ? unused : key_codes, workspace);
    }
    if (fault->hooks->coded != NULL && fault->asked.precision == RPE_DOUBLE)
        fault->hooks->coded(fault, noise, head, feature, (double *const[2]){query_codes, key_codes});
    rpe_workspace_release(workspace, mark);
}

/* ---- encoded vectors ---- */

/* xhat_m += (R D)^(-1/4) x_md Xbar_d(m), one head and feature of inputs [M,H,D] and encoded [M,H,R] */
static void contract(const rpe_problem *problem, size_t positions, size_t head, size_t feature,
                     const double *inputs, const double *coded, double *encoded)
{
    size_t size = problem->realizations;
    double scale = pow((double)size * (double)problem->features, -0.25);
    for (size_t m = 0; m < positions; m++) {
        size_t row = m * problem->heads + head;
        for (size_t r = 0; r < size; r++)
            encoded[row * size + r] +=
                scale * inputs[row * problem->features + feature] * coded[m * size + r];
    }
}

static void encode_by_codes(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                            double *queries, double *keys, rpe_workspace *workspace)
{
    const rpe_problem *problem = &fault->asked;
    size_t query_count = rpe_code_fault_coded(fault, RPE_SIDE_QUERY),
           key_count = rpe_code_fault_coded(fault, RPE_SIDE_KEY);
    double *query_codes = rpe_workspace_take(workspace, query_count, sizeof *query_codes);
    double *key_codes = rpe_workspace_take(workspace, key_count, sizeof *key_codes);
    memset(queries, 0, rpe_code_fault_encoded(fault, RPE_SIDE_QUERY) * sizeof *queries);
    memset(keys, 0, rpe_code_fault_encoded(fault, RPE_SIDE_KEY) * sizeof *keys);
    for (size_t i = 0; i < problem->heads * problem->features; i++) {
        size_t head = i / problem->features, feature = i % problem->features;
        codes(fault, noise, head, feature, query_codes, key_codes, workspace);
        contract(problem, problem->queries.count, head, feature, inputs->queries, query_codes, queries);
        contract(problem, problem->keys.count, head, feature, inputs->keys, key_codes, keys);
    }
}

static void encode_by_plans(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                            void *queries, void *keys, rpe_workspace *workspace)
{
    rpe_noise changed = noise_of(fault, RPE_SIDE_QUERY, noise);
    fault->method->encode(fault->plan[0], &changed, inputs, queries, keys, 1, workspace);
    if (!fault->apart)
        return;
    size_t count =
        rpe_code_fault_encoded(fault, RPE_SIDE_QUERY) + rpe_code_fault_encoded(fault, RPE_SIDE_KEY);
    void *unused = rpe_workspace_take(workspace, count, sizeof(double));
    rpe_inputs turned = *inputs;
    changed = noise_of(fault, RPE_SIDE_KEY, noise);
    if (fault->swapped)
        turned = (rpe_inputs){inputs->keys, inputs->queries, NULL};
    fault->method->encode(fault->plan[1], &changed, &turned, fault->swapped ? keys : unused,
                          fault->swapped ? unused : keys, 1, workspace);
}

static void encode(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                   void *keys, int threads, rpe_workspace *workspaces)
{
    const rpe_code_fault *fault = plan;
    size_t mark = workspaces[0].used;
    (void)threads;
    if (fault->hooks->coded != NULL && fault->asked.precision == RPE_DOUBLE)
        encode_by_codes(fault, noise, inputs, queries, keys, workspaces);
    else
        encode_by_plans(fault, noise, inputs, queries, keys, workspaces);
    if (fault->hooks->encoded != NULL && fault->asked.precision == RPE_DOUBLE)
        fault->hooks->encoded(fault, (double *const[2]){queries, keys});
    if (fault->hooks->single != NULL && fault->asked.precision == RPE_SINGLE)
        fault->hooks->single(fault, noise, inputs, (float *const[2]){queries, keys});
    rpe_workspace_release(&workspaces[0], mark);
}

/* ---- attention, row by row ---- */

static bool allowed(const rpe_code_fault *fault, bool (*hook)(const rpe_code_fault *, size_t, size_t),
                    size_t query, size_t key)
{
    if (hook != NULL)
        return hook(fault, query, key);
    return !fault->asked.causal || key <= query;
}

/* The largest score of the keys that are seen, which cancels. */
static double stabiliser(const rpe_code_fault *fault, const double *scores, size_t query)
{
    size_t keys = fault->asked.keys.count;
    double largest = -INFINITY;
    for (size_t key = 0; key < keys; key++)
        if (allowed(fault, fault->hooks->visible, query, key))
            largest = fmax(largest, scores[query * keys + key]);
    return isfinite(largest) ? largest : 0.0;
}

static void row_attend(const rpe_code_fault *fault, const double *scores, size_t query, const double *values,
                       size_t stride, double *output)
{
    const rpe_code_fault_hooks *hooks = fault->hooks;
    size_t keys = fault->asked.keys.count, features = fault->asked.value_features;
    double sum = 0.0, largest = stabiliser(fault, scores, query);
    memset(output, 0, features * sizeof *output);
    for (size_t key = 0; key < keys; key++) {
        bool visible = allowed(fault, hooks->visible, query, key);
        bool counted = hooks->counted != NULL ? hooks->counted(fault, query, key) : visible;
        const double *value = values + (key + hooks->value_shift) % keys * stride;
        double weight = 0.0;
        if (visible || counted)
            weight = hooks->weight != NULL ? hooks->weight(fault, scores, query, key)
                                           : exp(scores[query * keys + key] - largest);
        sum += counted ? weight : 0.0;
        for (size_t v = 0; visible && v < features; v++)
            output[v] += weight * value[v];
    }
    rpe_code_fault_scale(features, sum != 0.0 ? 1.0 / sum : 0.0, output);
}

/* One item, in double.  Batches, and what is wrong in single precision alone, are left to the honest method. */
static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const rpe_code_fault *fault = plan;
    const rpe_problem *problem = &fault->asked;
    if (fault->hooks->single != NULL || problem->precision != RPE_DOUBLE || problem->batch > 1) {
        fault->method->attend(fault->plan[0], noise, inputs, outputs, threads, workspaces);
        return;
    }
    size_t mark = workspaces[0].used, row = problem->heads * problem->realizations;
    size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->realizations;
    size_t stride = problem->heads * problem->value_features;
    double *encoded_queries = rpe_workspace_take(&workspaces[0], queries * row, sizeof *encoded_queries);
    double *encoded_keys = rpe_workspace_take(&workspaces[0], keys * row, sizeof *encoded_keys);
    double *scores = rpe_workspace_take(&workspaces[0], queries * keys, sizeof *scores);
    encode(plan, noise, inputs, encoded_queries, encoded_keys, threads, workspaces);
    for (size_t head = 0; head < problem->heads; head++) {
        size_t column = head * problem->value_features;
        rpe_gemm_double(false, true, queries, keys, size, 1.0 / sqrt((double)size),
                        encoded_queries + head * size, row, encoded_keys + head * size, row, 0.0, scores,
                        keys);
        for (size_t query = 0; query < queries; query++)
            row_attend(fault, scores, query, (const double *)inputs->values + column, stride,
                       (double *)outputs + query * stride + column);
    }
    rpe_workspace_release(&workspaces[0], mark);
}

rpe_method rpe_code_fault_method(const rpe_method *method,
                                 rpe_status (*plan)(void **plan, const rpe_problem *problem,
                                                    rpe_error *error))
{
    rpe_method faulty = *method;
    faulty.plan = plan;
    faulty.plan_destroy = fault_destroy;
    faulty.workspace_bytes = workspace_bytes;
    faulty.encode = encode;
    faulty.codes = codes;
    faulty.attend = attend;
    return faulty;
}
