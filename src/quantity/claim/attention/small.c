#include "quantity/claim/attention/small.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "quantity/claim/simulate.h"

#define QUICK 8
#define MIXES 4 /* mask and precision */
#define PLAIN_HEADS 3

/* ---- which problems ---- */

static bool is_power(size_t n)
{
    return n > 0 && (n & (n - 1)) == 0;
}

static bool is_prime(size_t n)
{
    for (size_t d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return n > 1;
}

/* The lengths above `above`; returns how many. */
static size_t lengths_list(size_t above, size_t lengths[RPE_SMALL_LONGEST])
{
    size_t count = 0;
    for (size_t n = above + 1; n <= RPE_SMALL_LONGEST; n++)
        if (n == 1 || is_prime(n) || is_power(n - 1) || is_power(n + 1))
            lengths[count++] = n;
    return count;
}

/* Fixed by seed, problem and what it is for. */
static size_t choose(const rpe_small *small, size_t what, size_t among)
{
    uint64_t x = small->subject->seed * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)small->index * 64 + what;
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (size_t)((x ^ x >> 32) % among);
}

static size_t problems_count(const rpe_case *subject, const rpe_small_choice *choice)
{
    size_t lengths[RPE_SMALL_LONGEST];
    if (subject->quick)
        return choice->quick > 0 ? choice->quick : QUICK;
    return lengths_list(0, lengths);
}

/* The problem beyond two blocks comes behind the others. */
static bool has_far(const rpe_case *subject, const rpe_small_choice *choice)
{
    return subject->first && !choice->single && (choice->far || !subject->quick);
}

static size_t length_of(const rpe_small *small, size_t count)
{
    size_t lengths[RPE_SMALL_LONGEST];
    if (small->index == count)
        return small->subject->quick ? RPE_SMALL_FAR_QUICK : RPE_SMALL_FAR;
    if (!small->subject->quick) {
        lengths_list(0, lengths);
        return lengths[small->index];
    }
    size_t among = lengths_list(2 * small->index < count ? 0 : RPE_SMALL_CHUNK, lengths);
    return lengths[choose(small, 0, among)];
}

static rpe_status positions_make(rpe_positions *positions, size_t axes, size_t length, rpe_error *error)
{
    const size_t extent[RPE_AXES_MAX] = {axes > 1 && length > 1 ? (length + 1) / 2 : length,
                                         length > 1 ? 2 : 1, 1};
    return rpe_positions_make(positions, axes, extent, "a small problem", error);
}

/* As many queries, fewer, or more. */
static size_t queries_of(const rpe_small *small, const rpe_small_choice *choice, size_t keys)
{
    const size_t queries[] = {keys, keys / 2 + 1, keys + keys / 3 + 1};
    const rpe_kernel *kernel = small->problem.kernel;
    return choice->square || (kernel != NULL && rpe_kernel_tokens(kernel) > 0) || keys > RPE_SMALL_LONGEST
               ? keys
               : queries[choose(small, 1, 3)];
}

/* All blocks, masked where they may be, of one item in double. */
static void far_make(rpe_small *small, const rpe_small_choice *choice)
{
    small->problem.batch = choice->several ? 2 : 1;
    small->problem.value_features = 3;
    small->problem.causal = !choice->full;
    small->problem.precision = RPE_DOUBLE;
}

static rpe_status problem_make(rpe_small *small, const rpe_small_choice *choice, size_t count,
                               rpe_error *error)
{
    static const size_t values[] = {1, 3, 2, 17}, features[] = {1, 3, 5};
    rpe_problem *problem = &small->problem;
    size_t mix = (small->index + (small->subject->quick ? 0 : small->subject->seed)) % MIXES,
           keys = choice->single ? 1 : length_of(small, count);
    size_t axes = problem->kernel != NULL ? problem->kernel->axes : 1;
    *problem = small->subject->problem;
    problem->batch = 1 + (small->index + small->index / MIXES) % 2 + (choice->several ? 1 : 0);
    problem->value_features = values[(small->index + small->index / MIXES) % 4];
    problem->causal = choice->causal || (!choice->full && mix % 2 == 1);
    problem->precision = mix / 2 == 1 ? RPE_SINGLE : RPE_DOUBLE;
    if (small->index == count)
        far_make(small, choice);
    problem->sampler = choice->given ? NULL : problem->sampler;
    if (problem->kernel == NULL) {
        problem->heads = PLAIN_HEADS;
        problem->features = features[choose(small, 2, 3)];
    }
    rpe_status status = positions_make(&problem->keys, axes, keys, error);
    if (status == RPE_OK)
        status = positions_make(&problem->queries, axes, choice->single ? 1 : queries_of(small, choice, keys),
                                error);
    return status;
}

/* ---- what goes into them ---- */

size_t rpe_small_outputs(const rpe_problem *problem)
{
    return problem->batch * problem->queries.count * problem->heads * problem->value_features;
}

size_t rpe_small_queries(const rpe_problem *problem)
{
    return problem->batch * problem->queries.count * problem->heads * problem->features;
}

size_t rpe_small_keys(const rpe_problem *problem)
{
    return problem->batch * problem->keys.count * problem->heads * problem->features;
}

size_t rpe_small_values(const rpe_problem *problem)
{
    return problem->batch * problem->keys.count * problem->heads * problem->value_features;
}

double *rpe_small_array(rpe_small *small, size_t count, rpe_error *error)
{
    double *made = small->array_count < RPE_SMALL_ARRAYS ? rpe_memory_allocate(count, sizeof *made) : NULL;
    if (made == NULL)
        rpe_error_memory(error, "a small problem", count, sizeof *made);
    else
        small->arrays[small->array_count++] = made;
    return made;
}

double *rpe_small_scaled(rpe_small *small, size_t count, double factor, const double *values,
                         rpe_error *error)
{
    double *made = rpe_small_array(small, count, error);
    for (size_t i = 0; made != NULL && i < count; i++)
        made[i] = factor * values[i];
    return made;
}

static const double *normals(rpe_small *small, rpe_purpose purpose, size_t count, rpe_error *error)
{
    double *made = rpe_small_array(small, count, error);
    rpe_stream stream = small->noise.stream;
    stream.purpose = rpe_stream_purpose(purpose, 0);
    if (made != NULL)
        rpe_stream_normals(stream, 0, count, made);
    return made;
}

static rpe_status inputs_draw(rpe_small *small, rpe_error *error)
{
    const rpe_problem *problem = &small->problem;
    small->inputs.queries = normals(small, RPE_PURPOSE_QUERIES, rpe_small_queries(problem), error);
    small->inputs.keys = normals(small, RPE_PURPOSE_KEYS, rpe_small_keys(problem), error);
    small->inputs.values = normals(small, RPE_PURPOSE_VALUES, rpe_small_values(problem), error);
    return small->array_count == 3 ? RPE_OK : RPE_ERROR_MEMORY;
}

/* Given noise where the method encodes and the claim asks for it. */
static rpe_status noise_draw(rpe_small *small, const rpe_small_choice *choice, rpe_error *error)
{
    const rpe_problem *problem = &small->problem;
    if (!choice->given || problem->kernel == NULL || small->subject->method->encode == NULL)
        return RPE_OK;
    rpe_status status = rpe_given_noise_draw(&small->given, problem, small->noise.stream, error);
    small->noise.given = small->given.noise.given;
    small->noise.gate = small->given.noise.gate;
    return status;
}

static void small_destroy(rpe_small *small)
{
    for (size_t i = 0; i < small->array_count; i++)
        rpe_memory_free(small->arrays[i]);
    rpe_given_noise_destroy(&small->given);
}

static rpe_stream stream_of(const rpe_case *subject, const char *claim, size_t index)
{
    char text[256];
    snprintf(text, sizeof text, "claim=%s;case=%s;method=%s", claim, subject->name, subject->method->name);
    return (rpe_stream){
        .seed = subject->seed, .point = rpe_stream_point(text), .trial = subject->tools->trial(index)};
}

/* Problem of that index; what the method does not take is left out. */
static rpe_status put(rpe_small *small, const char *name, const rpe_small_claim *claim, size_t count,
                      rpe_error *error)
{
    const rpe_small_choice *choice = &claim->choice;
    const rpe_method *method = small->subject->method;
    rpe_kernel *fitted = NULL;
    small->noise.stream = stream_of(small->subject, name, small->index);
    small->problem = small->subject->problem;
    rpe_status status = problem_make(small, choice, count, error);
    rpe_problem own = small->problem;
    if (status == RPE_OK)
        status = rpe_small_fit(&own, &fitted, error);
    bool supported =
        status == RPE_OK && (method->supports == NULL || method->supports(&own, NULL) != RPE_ERROR_INPUT);
    rpe_kernel_destroy(fitted);
    if (status == RPE_OK && !supported)
        return RPE_OK;
    if (status == RPE_OK)
        status = inputs_draw(small, error);
    if (status == RPE_OK)
        status = noise_draw(small, choice, error);
    if (status == RPE_OK)
        status = claim->visit(small, error);
    return status;
}

rpe_status rpe_small_check(const rpe_case *subject, const char *name, const rpe_small_claim *claim,
                           rpe_finding *finding, rpe_error *error)
{
    size_t count = problems_count(subject, &claim->choice), judged = 0, asked = 0;
    size_t end = count + (has_far(subject, &claim->choice) ? 1 : 0);
    double worst = 0;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < end; i++) {
        rpe_small small = {.subject = subject, .index = i};
        status = rpe_interrupt_requested()
                     ? rpe_error_set(error, RPE_ERROR_INTERRUPTED, "verify: interrupted")
                     : put(&small, name, claim, count, error);
        worst = small.worst > worst ? small.worst : worst;
        judged += small.judged;
        asked += small.asked;
        small_destroy(&small);
    }
    *finding = rpe_finding_bounded(2 * judged >= asked && judged > 0 ? worst : INFINITY, claim->bits ? 0 : 1);
    return status;
}

rpe_status rpe_supports_defined(const rpe_case *subject, rpe_error *reason)
{
    if (subject->method->define == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no definition that bounds its rounding",
                             subject->method->name);
    const rpe_kernel *kernel = subject->problem.kernel;
    if (kernel != NULL && kernel->type->family->divisor != NULL &&
        kernel->type->family->divisor(kernel, 2, 3) != 2)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "outputs of %s are not divided by the sum of their weights", kernel->type->name);
    return RPE_OK;
}

rpe_status rpe_supports_earlier(const rpe_case *subject, rpe_error *reason)
{
    const rpe_feature_map *map = subject->method->map;
    if (map != NULL && map->tilt != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "method %s fits its projections to all tokens of a head, later ones too",
                             subject->method->name);
    return RPE_OK;
}
