#include "method/definition.h"

#include <math.h>

#include "base/memory.h"
#include "method/call.h"

#define ERROR_MOST 1e30 /* beyond it nothing is known */

void rpe_definition_exponentiate(const rpe_definition *definition, double *scores, double *errors)
{
    size_t keys = definition->keys.count;
    double unit = definition->rounding;
    for (size_t m = 0; m < definition->queries.count; m++) {
        double *s = scores + m * keys, *e = errors + m * keys, largest = -INFINITY;
        size_t visible = rpe_problem_visible(definition->problem, m);
        for (size_t n = 0; n < visible; n++)
            largest = fmax(largest, s[n]);
        for (size_t n = 0; n < keys; n++) {
            double below = n < visible ? largest - s[n] : INFINITY;
            s[n] = exp(-below);
            e[n] =
                n < visible ? s[n] * fmin(ERROR_MOST, expm1(fmin(e[n] + 16 * unit * (1 + below), 700))) : 0;
            e[n] += n < visible ? unit * unit : 0; /* what underflows */
        }
    }
}

/* ---- vectors ---- */

/* One side of one head. */
typedef struct head_rows {
    double *values, *errors; /* [count,size]; one block, at values */
} head_rows;

/* As they are: rounded to the precision. */
static void rows_take(const rpe_problem *problem, size_t count, size_t head, const double *x, head_rows *rows)
{
    size_t size = problem->features, stride = problem->heads * size;
    for (size_t i = 0; i < count * size; i++) {
        rows->values[i] = x[i / size * stride + head * size + i % size];
        rows->errors[i] = rpe_definition_roundoff(problem->precision) * fabs(rows->values[i]);
    }
}

/* qhat_m += (RD)^(-1/4) q_md Qbar_d(m) */
static void rows_add(const rpe_problem *problem, size_t count, size_t head, size_t feature, const double *x,
                     const double *codes, head_rows *rows)
{
    size_t size = problem->realizations, features = problem->features;
    double scale = 1 / sqrt(sqrt((double)size * (double)features));
    for (size_t i = 0; i < count * size; i++) {
        double value = x[(i / size * problem->heads + head) * features + feature];
        rows->values[i] = (feature == 0 ? 0 : rows->values[i]) + scale * value * codes[i];
    }
}

/* What the definition of a call works with. */
typedef struct definition_run {
    const rpe_method *method;
    const rpe_problem *problem;
    const rpe_noise *noise;
    const rpe_inputs *inputs;
    rpe_call call;      /* in double; without a plan: nothing is encoded */
    size_t size;        /* of a vector */
    head_rows sides[2]; /* by rpe_side */
    double *codes[2];   /* [M,R], [N,R] */
    double *weights;    /* [M,N], and their errors behind */
} definition_run;

static void run_destroy(definition_run *run)
{
    for (int side = 0; side < 2; side++)
        rpe_memory_free(run->sides[side].values);
    rpe_memory_free(run->codes[0]);
    rpe_memory_free(run->weights);
    rpe_call_end(&run->call);
}

static rpe_status run_allocate(definition_run *run, rpe_error *error)
{
    size_t counts[2] = {run->problem->queries.count, run->problem->keys.count}, size = run->size;
    for (int side = 0; side < 2; side++) {
        run->sides[side].values = rpe_memory_allocate(counts[side], 2 * size * sizeof(double));
        if (run->sides[side].values == NULL)
            return rpe_error_memory(error, "vectors", counts[side], 2 * size * sizeof(double));
        run->sides[side].errors = run->sides[side].values + counts[side] * size;
    }
    run->codes[0] = rpe_memory_allocate(counts[0] + counts[1], size * sizeof(double));
    run->weights = rpe_memory_allocate(counts[0] * 2, counts[1] * sizeof(double));
    if (run->codes[0] == NULL || run->weights == NULL)
        return rpe_error_memory(error, "codes and weights", counts[0] + counts[1], size * sizeof(double));
    run->codes[1] = run->codes[0] + counts[0] * size;
    return RPE_OK;
}

static rpe_status run_create(definition_run *run, rpe_error *error)
{
    const rpe_method *method = run->method;
    bool encodes = method->encode != NULL && run->problem->kernel != NULL;
    if (method->define == NULL || (encodes && method->codes == NULL))
        return rpe_error_set(error, RPE_ERROR_INPUT, "method %s has no %s to be judged by", method->name,
                             method->define == NULL ? "definition" : "codes");
    run->size = encodes ? run->problem->realizations : run->problem->features;
    rpe_status status = run_allocate(run, error);
    if (status != RPE_OK || !encodes)
        return status;
    rpe_problem in_double = *run->problem;
    in_double.precision = RPE_DOUBLE;
    return rpe_call_make(&run->call, method, &in_double, 1, error);
}

static void head_make(definition_run *run, size_t head)
{
    const rpe_problem *problem = run->problem;
    const double *const x[2] = {run->inputs->queries, run->inputs->keys};
    const size_t counts[2] = {problem->queries.count, problem->keys.count};
    bool encodes = run->call.plan != NULL;
    for (int side = 0; side < 2 && !encodes; side++)
        rows_take(problem, counts[side], head, x[side], &run->sides[side]);
    for (size_t d = 0; encodes && d < problem->features; d++) {
        run->method->codes(run->call.plan, run->noise, head, d, run->codes[0], run->codes[1],
                           run->call.workspaces);
        for (int side = 0; side < 2; side++)
            rows_add(problem, counts[side], head, d, x[side], run->codes[side], &run->sides[side]);
    }
    for (int side = 0; side < 2 && encodes; side++)
        rpe_definition_encoding_errors(problem, (rpe_side)side, head, x[side], run->size,
                                       run->sides[side].errors);
}

/* ---- outputs ---- */

/* o = sum_n w_n v_n / sum_n w_n of one row, and how far |w_n - its own| <= e_n may put it:
     |o' - o| <= (sum e |v| + |o| sum e) / (|sum w| - sum e) */
static void row_average(const rpe_problem *problem, size_t row, size_t head, const double *weights,
                        const double *errors, const double *values, double *outputs, double *bounds)
{
    size_t visible = rpe_problem_visible(problem, row), width = problem->value_features;
    double unit = rpe_definition_roundoff(problem->precision), terms = unit * ((double)visible + 16);
    double sum = 0, spread = 0;
    for (size_t n = 0; n < visible; n++) {
        sum += weights[n];
        spread += errors[n] + terms * fabs(weights[n]);
    }
    for (size_t i = 0; i < width; i++) {
        double above = 0, apart = 0;
        for (size_t n = 0; n < visible; n++) {
            double value = values[(n * problem->heads + head) * width + i];
            above += weights[n] * value;
            apart += (errors[n] + terms * fabs(weights[n])) * fabs(value);
        }
        double margin = fabs(sum) - spread, output = sum == 0 ? 0 : above / sum;
        bool nothing = sum == 0 && spread == 0; /* no weight at all: 0 by definition */
        outputs[i] = output;
        bounds[i] = nothing ? 0 : margin > 0 ? (apart + fabs(output) * spread) / margin : INFINITY;
    }
}

static rpe_status head_attend(definition_run *run, size_t head, double *outputs, double *bounds,
                              rpe_error *error)
{
    const rpe_problem *problem = run->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count, width = problem->value_features;
    double *errors = run->weights + queries * keys;
    const head_rows *sides = run->sides;
    head_make(run, head);
    const rpe_definition definition = {
        .problem = problem,
        .noise = run->noise,
        .head = head,
        .queries = {queries, run->size, sides[RPE_SIDE_QUERY].values, sides[RPE_SIDE_QUERY].errors},
        .keys = {keys, run->size, sides[RPE_SIDE_KEY].values, sides[RPE_SIDE_KEY].errors},
        .rounding = rpe_definition_roundoff(problem->precision)};
    rpe_status status = run->method->define(&definition, run->weights, errors, error);
    for (size_t m = 0; status == RPE_OK && m < queries; m++) {
        size_t place = (m * problem->heads + head) * width;
        row_average(problem, m, head, run->weights + m * keys, errors + m * keys, run->inputs->values,
                    outputs + place, bounds + place);
    }
    return status;
}

rpe_status rpe_definition_attend(const rpe_method *method, const rpe_problem *problem, const rpe_noise *noise,
                                 const rpe_inputs *inputs, double *outputs, double *bounds, rpe_error *error)
{
    definition_run run = {.method = method, .problem = problem, .noise = noise, .inputs = inputs};
    rpe_status status = run_create(&run, error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status = head_attend(&run, head, outputs, bounds, error);
    run_destroy(&run);
    return status;
}
