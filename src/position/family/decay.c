/* The decay family: linear attention that forgets, by a factor a token, a head or a feature, which may turn.  [families I]
     w(m,n) = Re sum_j z^q_mj conj(z^k_nj) e^(G_mj - G_nj),  G_mj - G_nj = sum_{i = n+1 .. m} g_ij,  n <= m */
#include <math.h>
#include <string.h>

#include "position/parameter_table.h"

enum { MAP, COMPLEX, NORMALISE, LOG_DECAY, ANGLE, BONUS, SCALE, PER };
enum { REAL, PAIRS, HALVES };
enum { SUM, NONE, RETENTION };

/* An array a head, or a head and token, or feature, or both: that of token i and number j. */
static double number_at(const rpe_parameter_values *array, size_t head, size_t token, size_t j)
{
    const size_t index[] = {['h' - 'a'] = head, ['n' - 'a'] = token, ['f' - 'a'] = j};
    size_t place = 0;
    for (size_t i = 0; i < array->rank; i++)
        place = place * array->extent[i] + index[array->axes[i] - 'a'];
    return array->values == NULL ? 0 : array->values[place];
}

/* The axis of a letter; the rank: there is none. */
static size_t axis_of(const rpe_parameter_values *array, char letter)
{
    size_t axis = 0;
    while (axis < array->rank && array->axes[axis] != letter)
        axis++;
    return axis;
}

static bool of_tokens(const rpe_parameter_values *array)
{
    return array->values != NULL && axis_of(array, 'n') < array->rank;
}

/* Numbers z_j of a vector of `size` features. */
static size_t numbers_of(const rpe_kernel *kernel, size_t size)
{
    return kernel->own[COMPLEX].values[0] == REAL ? size : size / 2;
}

static size_t decay_term_count(const rpe_kernel *kernel, size_t size)
{
    return 2 * numbers_of(kernel, size) + 1;
}

/* Re and Im of e^(G_m - G_n) for each j, then whether the lag is 0; keys to come weigh nothing. */
static void decay_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                        const rpe_place *key, double *values)
{
    size_t count = numbers_of(kernel, size);
    double lag = query->at[0] - key->at[0];
    for (size_t j = 0; j < count; j++) {
        double sums[2] = {0}; /* of log-decays, of angles */
        for (int which = 0; which < 2; which++) {
            const rpe_parameter_values *array = &kernel->own[which == 0 ? LOG_DECAY : ANGLE];
            for (size_t i = key->index + 1; of_tokens(array) && i <= query->index; i++)
                sums[which] += number_at(array, head, i, j);
            if (!of_tokens(array))
                sums[which] = lag * number_at(array, head, 0, j);
        }
        values[2 * j] = lag < 0 ? 0 : exp(sums[0]) * cos(sums[1]);
        values[2 * j + 1] = lag < 0 ? 0 : exp(sums[0]) * sin(sums[1]);
    }
    values[2 * count] = query->index == key->index;
}

/* identity, or elu(x) + 1 */
static double mapped(const rpe_kernel *kernel, double x)
{
    return kernel->own[MAP].values[0] == 0 ? x : x > 0 ? x + 1 : exp(x);
}

static double decay_score(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                          size_t size, const double *values)
{
    size_t count = numbers_of(kernel, size);
    double sum = 0, layout = kernel->own[COMPLEX].values[0];
    const double *scale = kernel->own[SCALE].values;
    const rpe_parameter_values *bonus = &kernel->own[BONUS];
    for (size_t j = 0; j < count; j++) {
        size_t a = layout == PAIRS ? 2 * j : j, b = layout == PAIRS ? 2 * j + 1 : j + count;
        double more = values[2 * count] != 0 && bonus->values != NULL ? number_at(bonus, head, 0, j) : 0;
        double qa = mapped(kernel, q[a]), ka = mapped(kernel, k[a]);
        double qb = layout == REAL ? 0 : mapped(kernel, q[b]), kb = layout == REAL ? 0 : mapped(kernel, k[b]);
        /* (qa + i qb) conj(ka + i kb) */
        double re = qa * ka + qb * kb, im = qb * ka - qa * kb;
        sum += re * (values[2 * j] + more) - im * values[2 * j + 1];
    }
    return scale != NULL ? *scale * sum : sum;
}

/* Whether numbers are real and stay so. */
static bool real_alone(const rpe_kernel *kernel)
{
    return kernel->own[COMPLEX].values[0] == REAL && kernel->own[ANGLE].values == NULL;
}

/* Real parts of all z_j, then imaginary ones where there are any, turned by the angles up to the token: their products are
   Re z^q conj(z^k) e^(i (G_m - G_n)). */
static size_t decay_width(const rpe_kernel *kernel, size_t size)
{
    return numbers_of(kernel, size) * (real_alone(kernel) ? 1 : 2);
}

/* j of a feature; 0 where no parameter tells them apart. */
static size_t number_of(const rpe_kernel *kernel, size_t feature)
{
    size_t numbers = numbers_of(kernel, kernel->features);
    return numbers > 0 ? feature % numbers : 0;
}

static double angle_at(const rpe_kernel *kernel, size_t head, const rpe_place *place, size_t j)
{
    const rpe_parameter_values *angle = &kernel->own[ANGLE];
    double sum = 0;
    if (!of_tokens(angle))
        return place->at[0] * number_at(angle, head, 0, j);
    for (size_t i = 0; i <= place->index; i++)
        sum += number_at(angle, head, i, j);
    return sum;
}

static void decay_features(const rpe_kernel *kernel, size_t head, rpe_side side, const rpe_place *place,
                           const double *x, size_t size, double *values)
{
    size_t count = numbers_of(kernel, size);
    double layout = kernel->own[COMPLEX].values[0];
    const double *scale = kernel->own[SCALE].values;
    double factor = scale != NULL && side == RPE_SIDE_KEY ? *scale : 1;
    for (size_t j = 0; j < count; j++) {
        double re = factor * mapped(kernel, x[layout == PAIRS ? 2 * j : j]);
        double im = layout == REAL ? 0 : factor * mapped(kernel, x[layout == PAIRS ? 2 * j + 1 : j + count]);
        values[j] = re;
        if (real_alone(kernel))
            continue;
        double angle = angle_at(kernel, head, place, j);
        values[j] = re * cos(angle) - im * sin(angle);
        values[count + j] = re * sin(angle) + im * cos(angle);
    }
}

static bool decay_form(const rpe_kernel *kernel, size_t head, rpe_feature_form *made)
{
    const rpe_parameter_values *angle = &kernel->own[ANGLE];
    const double *scale = kernel->own[SCALE].values;
    bool each = angle->values != NULL && axis_of(angle, 'f') < angle->rank;
    *made = (rpe_feature_form){.map = kernel->own[MAP].values[0] == 0 ? RPE_FORM_PLAIN : RPE_FORM_ELU,
                               .scale = {1, scale != NULL ? *scale : 1},
                               .turns = !real_alone(kernel),
                               .angle = number_at(angle, head, 0, 0)};
    if (kernel->own[COMPLEX].values[0] != REAL)
        made->layout = kernel->own[COMPLEX].values[0] == PAIRS ? RPE_FORM_PAIRS : RPE_FORM_HALVES;
    if (each && !of_tokens(angle))
        made->angles = angle->values + head * angle->extent[1];
    return !of_tokens(angle);
}

static void decay_axes(const rpe_kernel *kernel, bool *token, bool *feature)
{
    const rpe_parameter_values *array = &kernel->own[LOG_DECAY];
    *token = of_tokens(array);
    *feature = axis_of(array, 'f') < array->rank;
}

static double decay_log_decay(const rpe_kernel *kernel, size_t head, size_t token, size_t feature)
{
    return number_at(&kernel->own[LOG_DECAY], head, token, number_of(kernel, feature));
}

/* u_j Re z^q_j conj(z^k_j): angles cancel in it. */
static double own_factor(const rpe_kernel *kernel, size_t head, size_t feature)
{
    return number_at(&kernel->own[BONUS], head, 0, number_of(kernel, feature));
}

static bool decay_causal(const rpe_kernel *kernel)
{
    (void)kernel;
    return true;
}

/* "sum": sum_n w;  "none": 1;  "retention": mask row / sqrt(sum_n mask), then max(|sum_n w|, 1) */
static double decay_divisor(const rpe_kernel *kernel, double sum, double mask)
{
    double kind = kernel->own[NORMALISE].values[0];
    if (kind != RETENTION)
        return kind == SUM ? sum : 1;
    return sqrt(mask) * fmax(fabs(sum) / sqrt(mask), 1);
}

const rpe_family rpe_family_decay = {
    .name = "decay",
    .title = "linear attention that forgets",
    .terms = decay_term_count,
    .score = decay_score,
    .divisor = decay_divisor,
};

/* "per" tells an array a token from one a feature where the file is not clear. */
static rpe_status per_check(rpe_kernel *kernel, rpe_error *error)
{
    static const char *const axes[] = {"h", "hf", "hn", "hnf"};
    const double *per = kernel->own[PER].values;
    rpe_parameter_values *array = &kernel->own[LOG_DECAY];
    if (per == NULL)
        return RPE_OK;
    if (strlen(axes[(size_t)*per]) != array->rank)
        return rpe_parameters_error(kernel, "per", "what \"log_decay\" has axes for", (double)array->rank,
                                    error);
    array->axes = axes[(size_t)*per];
    return RPE_OK;
}

static rpe_status decay_check(rpe_kernel *kernel, rpe_error *error)
{
    const rpe_parameter_values *own = kernel->own;
    rpe_status status = per_check(kernel, error);
    for (size_t i = LOG_DECAY; status == RPE_OK && i <= BONUS; i++) {
        size_t axis = axis_of(&own[i], 'f'), numbers = axis < own[i].rank ? own[i].extent[axis] : 0;
        size_t decay_features = own[COMPLEX].values[0] == REAL ? numbers : 2 * numbers;
        if (numbers > 0 && kernel->features != 0 && kernel->features != decay_features)
            status = rpe_parameters_error(kernel, kernel->type->parameters[i].name,
                                          "as many numbers in each head as the other parameters",
                                          (double)numbers, error);
        else if (numbers > 0)
            kernel->features = decay_features;
    }
    bool one = own[LOG_DECAY].rank == 1;
    if (status == RPE_OK && own[NORMALISE].values[0] == RETENTION && !one)
        status = rpe_parameters_error(kernel, "normalise", "one log-decay a head for \"retention\", axes",
                                      (double)own[LOG_DECAY].rank, error);
    return status;
}

static rpe_status decay_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error)
{
    for (size_t i = LOG_DECAY; i <= ANGLE; i++) {
        const rpe_parameter_values *array = &kernel->own[i];
        if (!of_tokens(array))
            continue;
        bool grid = queries->given == NULL && keys->given == NULL;
        if (queries->count != array->extent[1] || keys->count != array->extent[1] || !grid)
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: \"%s\": expected one for each of as many queries as keys, found %zu for %zu "
                "queries and %zu keys%s",
                kernel->path, kernel->type->parameters[i].name, array->extent[1], queries->count, keys->count,
                grid ? "" : " of given positions");
    }
    return RPE_OK;
}

static const char *const maps[] = {"identity", "elu", NULL},
                         *const layouts[] = {"real", "pairs", "halves", NULL},
                         *const normalisations[] = {"sum", "none", "retention", NULL},
                         *const pers[] = {"head", "feature", "token", "token-feature", NULL};
static const rpe_parameter decay_parameters[] = {
    {.name = "map", .axes = "", .words = maps},
    {.name = "complex", .axes = "", .words = layouts},
    {.name = "normalise", .axes = "", .words = normalisations},
    {.name = "log_decay", .axes = "h|hf", .file_axes = "hn|hnf", .low = -INFINITY, .high = 0},
    {.name = "angle",
     .axes = "h|hf",
     .file_axes = "hn|hnf",
     .low = -INFINITY,
     .high = INFINITY,
     .optional = true},
    {.name = "bonus", .axes = "hf", .low = -INFINITY, .high = INFINITY, .optional = true},
    {.name = "scale", .axes = "", .low = -INFINITY, .high = INFINITY, .optional = true},
    {.name = "per", .axes = "", .words = pers, .optional = true},
    {0},
};

/* (1,2) . (3,4) halved each token; (1 + 2i) conj(3 + 4i) i = (11 + 2i) i; twice that of lag 0 by a bonus of 1.
   Two numbers, the first halved and turned by a quarter (i/2), the second turned by a half (-1):
     pairs:  Re (1 + 2i) conj(5 + 6i) i/2 = Re (17 + 4i) i/2 = -2;  -Re (3 + 4i) conj(7 + 8i) = -53
     halves: Re (1 + 3i) conj(5 + 7i) i/2 = Re (26 + 8i) i/2 = -4;  -Re (2 + 4i) conj(6 + 8i) = -44
   A decay a feature: 1 5 / 2 + 2 6 + 3 7 / 4 + 4 8.  A decay a token, those of tokens 1 and 2 alone: 11 / 2 / 4. */
/* clang-format off */
static const rpe_position_example decay_examples[] = {
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"real\",\"normalise\":\"none\","
     "\"log_decay\":[-0.69314718055994531]}",
     0, 2, {1, 2}, {3, 4}, 2, 0, 2.75},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"pairs\",\"normalise\":\"none\","
     "\"log_decay\":[0],\"angle\":[[1.5707963267948966]]}",
     0, 2, {1, 2}, {3, 4}, 1, 0, -2},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"real\",\"normalise\":\"none\","
     "\"log_decay\":[0],\"bonus\":[[1,1]]}",
     0, 2, {1, 2}, {3, 4}, 1, 1, 22},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"pairs\",\"normalise\":\"none\","
     "\"log_decay\":[[-0.69314718055994531,0]],\"angle\":[[1.5707963267948966,3.1415926535897931]]}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1, 0, -55},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"halves\",\"normalise\":\"none\","
     "\"log_decay\":[[-0.69314718055994531,0]],\"angle\":[[1.5707963267948966,3.1415926535897931]]}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 3, 2, -48},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"real\",\"normalise\":\"none\","
     "\"log_decay\":[[-0.69314718055994531,0,-1.3862943611198906,0]]}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1, 0, 51.75},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"real\",\"normalise\":\"none\","
     "\"log_decay\":[[-8,-0.69314718055994531,-1.3862943611198906,-4]],\"per\":\"token\"}",
     0, 2, {1, 2}, {3, 4}, 2, 0, 1.375},
};
/* clang-format on */

const rpe_kernel_type rpe_kernel_type_decay = {
    .name = "decay",
    .title = "decay",
    .source = "Sun et al. 2023, arXiv 2307.08621; Yang et al. 2023, arXiv 2312.06635",
    .family = &rpe_family_decay,
    .parameters = decay_parameters,
    .check = decay_check,
    .terms = decay_terms,
    .width = decay_width,
    .features = decay_features,
    .feature_form = decay_form,
    .decay_axes = decay_axes,
    .log_decay = decay_log_decay,
    .own = own_factor,
    .absolute = true,
    .causal = decay_causal,
    .covers = decay_covers,
    .examples = decay_examples,
    .example_count = sizeof decay_examples / sizeof decay_examples[0],
    RPE_POSITION_CASES(RPE_CASE("decay", 1, {6}, {6}, 8,
                                "{\"type\":\"decay\",\"map\":\"elu\",\"complex\":\"real\",\"normalise\":"
                                "\"sum\",\"log_decay\":[[-0.05,-0.2,-0.6],[-0.01,-0.1,-1.5]]}")),
};
