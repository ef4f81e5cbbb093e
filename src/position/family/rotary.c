/* Rotary positions: pairs of features of queries and keys are turned by angles that grow with the position.
   [families B; Su et al. 2021, arXiv 2104.09864] */
#include <math.h>

#include "position/parameter_table.h"
#include "position/rotary.h"

enum { BASE, SIZE, LAYOUT, FREQUENCY };

size_t rpe_rotary_pairs(const rpe_kernel *kernel)
{
    return kernel->own[FREQUENCY].count;
}

void rpe_rotary_pair(const rpe_kernel *kernel, size_t pair, size_t *a, size_t *b)
{
    bool halves = kernel->own[LAYOUT].values[0] != 0;
    *a = halves ? pair : 2 * pair;
    *b = halves ? pair + rpe_rotary_pairs(kernel) : 2 * pair + 1;
}

double rpe_rotary_angle(const rpe_kernel *kernel, size_t pair)
{
    return kernel->own[FREQUENCY].values[pair];
}

void rpe_rotary_turn(const rpe_kernel *kernel, size_t pair, double position, double *cosine, double *sine)
{
    double angle = position * rpe_rotary_angle(kernel, pair);
    *cosine = cos(angle);
    *sine = sin(angle);
}

/* cos and sin of (m-n) theta_j, for each pair j */
static void rotary_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                         const rpe_place *key, double *turns)
{
    (void)head;
    (void)size;
    for (size_t j = 0; j < rpe_rotary_pairs(kernel); j++)
        rpe_rotary_turn(kernel, j, query->at[0] - key->at[0], &turns[2 * j], &turns[2 * j + 1]);
}

static size_t terms_count(const rpe_kernel *kernel, size_t size)
{
    (void)size;
    return 2 * rpe_rotary_pairs(kernel);
}

/* D^(-1/2) (sum over pairs of (q_a k_a + q_b k_b) cos + (q_a k_b - q_b k_a) sin, and q . k of what is not turned) */
static double rotary_score(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                           size_t size, const double *turns)
{
    double sum = 0;
    size_t pairs = rpe_rotary_pairs(kernel), a, b;
    (void)head;
    for (size_t j = 0; j < pairs; j++) {
        rpe_rotary_pair(kernel, j, &a, &b);
        sum += (q[a] * k[a] + q[b] * k[b]) * turns[2 * j] + (q[a] * k[b] - q[b] * k[a]) * turns[2 * j + 1];
    }
    for (size_t d = 2 * pairs; d < size; d++)
        sum += q[d] * k[d];
    return sum / sqrt((double)size);
}

/* theta_j = base^(-2j/size), unless given */
static rpe_status frequencies_make(rpe_kernel *kernel, rpe_error *error)
{
    rpe_parameter_values *own = kernel->own;
    if (own[FREQUENCY].values != NULL)
        return own[SIZE].values == NULL || own[SIZE].values[0] == 2 * (double)own[FREQUENCY].count
                   ? RPE_OK
                   : rpe_parameters_error(kernel, "size", "two for each frequency", own[SIZE].values[0],
                                          error);
    if (own[SIZE].values == NULL || own[BASE].values == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected \"base\" and \"size\", or \"frequency\"",
                             kernel->path);
    double turned = own[SIZE].values[0];
    if (fmod(turned, 2) != 0)
        return rpe_parameters_error(kernel, "size", "an even number of features", turned, error);
    size_t pairs = (size_t)turned / 2;
    rpe_status status = rpe_parameter_fill(kernel, FREQUENCY, 1, &pairs, error);
    for (size_t j = 0; status == RPE_OK && j < pairs; j++)
        own[FREQUENCY].values[j] = pow(own[BASE].values[0], -2 * (double)j / turned);
    return status;
}

static rpe_status rotary_check(rpe_kernel *kernel, rpe_error *error)
{
    rpe_status status = frequencies_make(kernel, error);
    if (status == RPE_OK && kernel->own[LAYOUT].values == NULL) {
        status = rpe_parameter_fill(kernel, LAYOUT, 0, NULL, error);
        if (status == RPE_OK)
            kernel->own[LAYOUT].values[0] = 0;
    }
    kernel->least_features = 2 * kernel->own[FREQUENCY].count;
    return status;
}

static const char *const rotary_layouts[] = {"pairs", "halves", NULL};
static const rpe_parameter rotary_parameters[] = {
    {.name = "base", .axes = "", .low = 1, .high = INFINITY, .optional = true},
    {.name = "size", .axes = "", .low = 2, .high = 1 << 24, .optional = true, .whole = true},
    {.name = "layout", .axes = "", .optional = true, .words = rotary_layouts},
    {.name = "frequency", .axes = "j", .low = -INFINITY, .high = INFINITY, .optional = true, .neutral = true},
    {0},
};

const rpe_family rpe_family_rotary = {
    .name = "rotary",
    .title = "features that turn with the position",
    .exponential = true,
    .terms = terms_count,
    .score = rotary_score,
};

/* A quarter of a turn a position: R (1,0) = (0,1).
   Two pairs of (1,2,3,4) and (5,6,7,8), turned by a quarter and by a half:
     pairs:  (1,2) -> (-2,1), (-2,1).(5,6) = -4;  (3,4) -> (-3,-4), (-3,-4).(7,8) = -53;  (-4 - 53) / sqrt(4)
     halves: (1,3) -> (-3,1), (-3,1).(5,7) = -8;  (2,4) -> (-2,-4), (-2,-4).(6,8) = -44;  (-8 - 44) / sqrt(4)
   and back by as much: (2,-1).(5,6) = 4, (3,-1).(5,7) = 8.  One pair of four features: (-4 + 3 7 + 4 8) / 2.
   Base 4: angles 1 and 4^(-1/2) a position, (cos 2 + cos 1) / 2. */
/* clang-format off */
static const rpe_position_example rotary_examples[] = {
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966]}",
     0, 2, {1.4142135623730950488, 0}, {0, 1}, 1, 0, 1},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966]}",
     0, 2, {1.4142135623730950488, 0}, {0, 1}, 0, 1, -1},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966]}",
     0, 2, {1.4142135623730950488, 0}, {1, 0}, 5, 3, -1},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966,3.1415926535897931]}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1, 0, -28.5},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966,3.1415926535897931],\"layout\":\"pairs\"}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 2, 3, -24.5},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966,3.1415926535897931],\"layout\":\"halves\"}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1, 0, -26},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966,3.1415926535897931],\"layout\":\"halves\"}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 2, 3, -18},
    {"{\"type\":\"rotary\",\"frequency\":[1.5707963267948966],\"layout\":\"halves\"}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 4, 3, 24.5},
    {"{\"type\":\"rotary\",\"base\":4,\"size\":4}",
     0, 4, {1, 0, 1, 0}, {1, 0, 1, 0}, 2, 0, 0.0620777346604986652},
};
/* clang-format on */

const rpe_kernel_type rpe_kernel_type_rotary = {
    .name = "rotary",
    .title = "rotary",
    .source = "Su et al. 2021, arXiv 2104.09864",
    .family = &rpe_family_rotary,
    .parameters = rotary_parameters,
    .check = rotary_check,
    .terms = rotary_terms,
    .examples = rotary_examples,
    .example_count = sizeof rotary_examples / sizeof rotary_examples[0],
    RPE_POSITION_CASES(RPE_CASE("rotary", 1, {6}, {6}, 8,
                                "{\"type\":\"rotary\",\"base\":100,\"size\":4,\"layout\":\"pairs\"}")),
};
