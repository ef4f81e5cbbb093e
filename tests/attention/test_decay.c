/* Linear attention that forgets: chunks against the serial recurrence, and that against the sum over all pairs. */
#include "attention/scan.h"
#include "attention_problem.h"

#define PROJECTIONS 6
#define SIZE 4
#define VALUES 3
#define HEADS 2
#define FEATURES_MOST 32
#define TOKENS_MOST 200

static const double units[2] = {0x1p-24, 0x1p-53};

/* What decays and segments a case has. */
typedef struct decay_case {
    double typical;  /* log-decays are about it */
    bool tokens;     /* one a token */
    size_t segments; /* 0: none are given */
} decay_case;

typedef struct setting {
    problem p;
    const rpe_feature_map *map;
    rpe_precision precision;
    rpe_linear_settings settings;
    rpe_linear_decay decay;
    double *logarithms, *projection;
    size_t *segment;
} setting;

static size_t tokens_of(const setting *s)
{
    const rpe_attention_shape *shape = &s->p.shape;
    return shape->queries > shape->keys ? shape->queries : shape->keys;
}

static setting setting_make(const rpe_feature_map *map, size_t queries, size_t keys, bool causal,
                            const decay_case *c, rpe_precision precision)
{
    setting s = {.map = map, .precision = precision};
    s.p = problem_make(line(queries), line(keys), 1, HEADS, SIZE, VALUES, 2);
    s.p.shape.causal = causal;
    size_t tokens = tokens_of(&s);
    s.projection = numbers(9, PROJECTIONS * SIZE, 1);
    s.logarithms = numbers(10, HEADS * tokens, 1);
    for (size_t i = 0; i < HEADS * tokens; i++)
        s.logarithms[i] = c->typical * (c->tokens ? 1 + s.logarithms[i] : 1 + (double)i);
    s.segment = rpe_memory_allocate(tokens, sizeof *s.segment);
    for (size_t i = 0; i < tokens; i++)
        s.segment[i] = c->segments > 0 ? i * i * c->segments / (tokens * tokens) : 0;
    s.decay = (rpe_linear_decay){.logarithms = s.logarithms,
                                 .tokens = c->tokens ? tokens : 1,
                                 .numbers = 1,
                                 .segment = c->segments > 0 ? s.segment : NULL};
    s.settings = (rpe_linear_settings){s.p.shape, map, PROJECTIONS, precision, NULL};
    return s;
}

static void setting_destroy(setting *s)
{
    problem_destroy(&s->p);
    rpe_memory_free(s->logarithms);
    rpe_memory_free(s->projection);
    rpe_memory_free(s->segment);
}

static size_t features_of(const setting *s)
{
    size_t features = rpe_feature_map_features(s->map, PROJECTIONS, SIZE);
    assert_true(features <= FEATURES_MOST);
    return features;
}

static double vector_at(const setting *s, rpe_side side, size_t index)
{
    if (s->precision == RPE_SINGLE)
        return side == RPE_SIDE_QUERY ? (double)s->p.q_single[index] : (double)s->p.k_single[index];
    return side == RPE_SIDE_QUERY ? s->p.q[index] : s->p.k[index];
}

static double value_at(const setting *s, size_t index)
{
    return s->precision == RPE_SINGLE ? (double)s->p.v_single[index] : s->p.v[index];
}

static double output_at(const setting *s, size_t index)
{
    return s->precision == RPE_SINGLE ? (double)s->p.outputs_single[index] : s->p.outputs[index];
}

static void map_token(void *context, size_t item, size_t head, rpe_side side, size_t token,
                      rpe_feature_value *features)
{
    const setting *s = context;
    double x[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        x[i] = vector_at(s, side, (token * HEADS + head) * SIZE + i);
    assert_true(item == 0);
    rpe_feature_map_evaluate(s->map, PROJECTIONS, s->projection, SIZE, x, rpe_feature_map_root(s->map, SIZE),
                             features);
}

static void spoil(setting *s)
{
    for (size_t i = 0; i < s->p.output_count; i++) {
        s->p.outputs[i] = NAN;
        s->p.outputs_single[i] = NAN;
    }
}

/* Outputs of the chunks are in the problem afterwards. */
static void run_chunks(setting *s, int threads)
{
    rpe_workspace workspaces[THREADS_MAX] = {{0}};
    rpe_linear *linear = NULL;
    rpe_error error;
    rpe_projection projection = {.given = s->projection, .rho = 1};
    s->settings.decay = &s->decay;
    rpe_test_ok(rpe_linear_create(&linear, &s->settings, &error), &error);
    for (int i = 0; i < threads; i++)
        rpe_test_ok(rpe_workspace_create(&workspaces[i], rpe_linear_workspace_bytes(linear), &error), &error);
    spoil(s);
    if (s->precision == RPE_SINGLE)
        rpe_linear_apply(linear, &projection, s->p.q_single, s->p.k_single, s->p.v_single,
                         s->p.outputs_single, threads, workspaces);
    else
        rpe_linear_apply(linear, &projection, s->p.q, s->p.k, s->p.v, s->p.outputs, threads, workspaces);
    for (int i = 0; i < threads; i++)
        rpe_workspace_destroy(&workspaces[i]);
    rpe_linear_destroy(linear);
}

/* The same by the serial recurrence. */
static double *run_serial(setting *s)
{
    rpe_workspace workspace = {0};
    rpe_error error;
    size_t features = features_of(s);
    double *outputs = rpe_memory_allocate(s->p.output_count, sizeof *outputs);
    const rpe_scan_settings settings = {.shape = s->p.shape,
                                        .precision = s->precision,
                                        .features = features,
                                        .decay = &s->decay,
                                        .context = s,
                                        .map = map_token};
    const void *values = s->precision == RPE_SINGLE ? (const void *)s->p.v_single : s->p.v;
    void *to = s->precision == RPE_SINGLE ? (void *)s->p.outputs_single : s->p.outputs;
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_scan_bytes(&s->p.shape, features), &error), &error);
    spoil(s);
    for (size_t h = 0; h < HEADS; h++)
        rpe_scan_pair(&settings, 0, h, values, to, &workspace);
    rpe_workspace_destroy(&workspace);
    for (size_t i = 0; i < s->p.output_count; i++)
        outputs[i] = output_at(s, i);
    return outputs;
}

static bool sees(const setting *s, size_t m, size_t n)
{
    return s->segment[m] == s->segment[n] && (n <= m || !s->p.shape.causal);
}

/* The sums of g over the tokens between a row's and each key. */
static void take_between(const setting *s, size_t head, size_t m, double *sums)
{
    const double *g = s->logarithms + head * s->decay.tokens;
    double sum = 0;
    for (size_t n = m + 1; n-- > 0; sum += g[n % s->decay.tokens])
        sums[n] = sum;
    sum = 0;
    for (size_t n = m + 1; n < s->p.shape.keys; n++)
        sums[n] = sum += g[n % s->decay.tokens];
}

/* A row by its pairs: outputs [V]; how much its weights cancel, sum |w| / |sum w|; the logarithm of its largest product; and sum |w|; and sum c. */
typedef struct dense_row {
    double outputs[VALUES], cancels, level, sizes, mask;
} dense_row;

static dense_row row_dense(const setting *s, size_t head, size_t m, const rpe_feature_value *query,
                           const rpe_feature_value *keys)
{
    dense_row row = {.level = -INFINITY};
    double sums[TOKENS_MOST], sum = 0, sizes = 0;
    size_t features = features_of(s);
    take_between(s, head, m, sums);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t n = 0; n < s->p.shape.keys; n++) {
            double weight = 0;
            for (size_t c = 0; c < features && sees(s, m, n); c++) {
                const rpe_feature_value key = keys[n * features + c];
                double product = query[c].value * key.value,
                       exponent = query[c].exponent + key.exponent + sums[n];
                if (pass == 0 && product != 0)
                    row.level = fmax(row.level, exponent);
                double power = pass == 1 && product != 0 ? product * exp(exponent - row.level) : 0;
                weight += power;
                sizes += fabs(power);
            }
            sum += weight;
            row.mask += pass == 1 && sees(s, m, n) ? exp(sums[n]) : 0;
            for (size_t v = 0; v < VALUES; v++)
                row.outputs[v] += weight * value_at(s, (n * HEADS + head) * VALUES + v);
        }
    }
    for (size_t v = 0; v < VALUES; v++)
        row.outputs[v] = sum == 0 ? 0 : row.outputs[v] / sum;
    row.cancels = sum == 0 ? 1 : sizes / fabs(sum);
    row.sizes = sizes * exp(row.level);
    return row;
}

/* A feature, an exponent and a sum of at most 2C terms at a time are rounded, and each chunk's factor. */
static double tolerance(const setting *s, const dense_row *row, double output)
{
    double level = isfinite(row->level) ? fabs(row->level) : 0;
    double terms = 64 + 2 * (double)features_of(s) + 4 * (double)tokens_of(s) / 64;
    return 4 * units[s->precision] * (terms * row->cancels + fmin(level, 1e6)) * (1 + fabs(output));
}

static void same_row(const setting *s, size_t head, size_t m, const double *serial, const dense_row *dense)
{
    for (size_t v = 0; v < VALUES && dense->cancels < 1e4; v++) {
        size_t at = (m * HEADS + head) * VALUES + v;
        double most = tolerance(s, dense, dense->outputs[v]), output = output_at(s, at);
        if (!(fabs(output - serial[at]) <= most && fabs(dense->outputs[v] - serial[at]) <= most))
            fail_msg(
                "%s, %zu x %zu, causal %d, precision %d, head %zu row %zu: %.17g, serial %.17g, by pairs "
                "%.17g, tolerance %g",
                s->map->name, s->p.shape.queries, s->p.shape.keys, s->p.shape.causal, s->precision, head, m,
                output, serial[at], dense->outputs[v], most);
    }
}

static void same_as_serial(setting *s)
{
    double *serial = run_serial(s);
    size_t features = features_of(s);
    rpe_feature_value query[FEATURES_MOST],
        *keys = rpe_memory_allocate(s->p.shape.keys * features, sizeof *keys);
    run_chunks(s, 1);
    for (size_t h = 0; h < HEADS; h++) {
        for (size_t n = 0; n < s->p.shape.keys; n++)
            map_token(s, 0, h, RPE_SIDE_KEY, n, keys + n * features);
        for (size_t m = 0; m < s->p.shape.queries; m++) {
            map_token(s, 0, h, RPE_SIDE_QUERY, m, query);
            const dense_row dense = row_dense(s, h, m, query, keys);
            same_row(s, h, m, serial, &dense);
        }
    }
    rpe_memory_free(keys);
    rpe_memory_free(serial);
}

static const decay_case decays[] = {{0, false, 0},   {-1e-9, false, 0}, {-0.3, false, 3},
                                    {-2.5, true, 5}, {-700, true, 0},   {-1e300, false, 0}};

static void all_settings(void (*check)(setting *), size_t queries, size_t keys)
{
    for (size_t i = 0; i < rpe_feature_map_count() * 4; i++) {
        for (size_t d = 0; d < sizeof decays / sizeof decays[0]; d++) {
            if (decays[d].segments > 0 && queries != keys)
                continue;
            setting s = setting_make(rpe_feature_map_at(i / 4), queries, keys, i % 2 == 0, &decays[d],
                                     i / 2 % 2 == 0 ? RPE_SINGLE : RPE_DOUBLE);
            check(&s);
            setting_destroy(&s);
        }
    }
}

static void test_edges_of_chunks(void **state)
{
    static const size_t sizes[] = {1, 63, 64, 65, 129};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        all_settings(same_as_serial, sizes[i], sizes[i]);
}

static void test_unequal(void **state)
{
    (void)state;
    all_settings(same_as_serial, 3, 70);
    all_settings(same_as_serial, 130, 66);
    all_settings(same_as_serial, 66, 130);
}

static void same_by_threads(setting *s)
{
    size_t bytes = s->p.output_count * rpe_precision_size(s->precision);
    const void *outputs = s->precision == RPE_SINGLE ? (const void *)s->p.outputs_single : s->p.outputs;
    void *alone = rpe_memory_allocate(bytes, 1);
    run_chunks(s, 1);
    memcpy(alone, outputs, bytes);
    for (int threads = 2; threads <= THREADS_MAX; threads++) {
        run_chunks(s, threads);
        assert_memory_equal(alone, outputs, bytes);
    }
    rpe_memory_free(alone);
}

static void test_threads(void **state)
{
    (void)state;
    all_settings(same_by_threads, 130, 130);
    all_settings(same_by_threads, 66, 130);
}

/* ---- given features, with another divisor and a weight of own keys ---- */

static double retention(void *context, double sum, double mask)
{
    assert_null(context);
    return sqrt(mask) * fmax(fabs(sum) / sqrt(mask), 1);
}

static double undivided(void *context, double sum, double mask)
{
    assert_null(context);
    assert_true(mask >= 0);
    return isfinite(sum) ? 1 : NAN;
}

/* Sums of rows are rounded like those of their sizes, and what they are divided by is at
   least 1 or the root of the mask, which is smaller behind the last key. */
static void same_given(setting *s)
{
    double own[HEADS * SIZE] = {0.5, -0.25, 0, 2, -1, 0, 0.125, 1}, *serial;
    size_t features = features_of(s), keys_count = s->p.shape.keys;
    rpe_feature_value query[FEATURES_MOST], *keys = rpe_memory_allocate(keys_count * features, sizeof *keys);
    s->decay.own = own;
    serial = run_serial(s);
    run_chunks(s, 2);
    for (size_t i = 0; i < s->p.shape.queries * HEADS; i++) {
        size_t m = i / HEADS, h = i % HEADS;
        for (size_t n = 0; n < keys_count; n++)
            map_token(s, 0, h, RPE_SIDE_KEY, n, keys + n * features);
        map_token(s, 0, h, RPE_SIDE_QUERY, m, query);
        const dense_row dense = row_dense(s, h, m, query, keys);
        for (size_t v = 0; v < VALUES; v++) {
            double most = 4 * units[s->precision] * (200 + (double)m) * (3 * dense.sizes + 1e-30) /
                          fmin(1, sqrt(dense.mask));
            if (!(fabs(output_at(s, i * VALUES + v) - serial[i * VALUES + v]) <= most))
                fail_msg("%zu x %zu, precision %d, head %zu row %zu: %.17g, serial %.17g, at most %g apart",
                         s->p.shape.queries, keys_count, s->precision, h, m, output_at(s, i * VALUES + v),
                         serial[i * VALUES + v], most);
        }
    }
    rpe_memory_free(keys);
    rpe_memory_free(serial);
}

static void test_divisors(void **state)
{
    static const decay_case cases[] = {{-0.03, false, 0}, {-0.5, true, 4}, {-5, false, 0}, {-300, true, 0}};
    static const size_t shapes[][2] = {{1, 1}, {64, 64}, {65, 65}, {130, 130}, {140, 66}, {20, 70}};
    (void)state;
    for (size_t i = 0; i < 4 * 6 * 4; i++) {
        const size_t *shape = shapes[i / 4 % 6];
        const decay_case *c = &cases[i / 24];
        if (shape[0] != shape[1] && (c->segments > 0 || c->tokens))
            continue;
        setting s = setting_make(&rpe_features_given, shape[0], shape[1], true, c,
                                 i % 2 == 0 ? RPE_SINGLE : RPE_DOUBLE);
        s.decay.divisor = i / 2 % 2 == 0 ? retention : undivided;
        same_given(&s);
        setting_destroy(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges_of_chunks),
        cmocka_unit_test(test_unequal),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_divisors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
