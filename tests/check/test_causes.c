/* Each cause is planted in right codes, at once and in variants, and must be the one that is named.  Where two faults meet, none is. */
#include "check_problem.h"
#include "rpe_conv.h"

#include "rpe_stream.h"

static const shape SINES = {"sine", 1, {24}, {24}, 3, 3, {4}, 128, false, RPE_DOUBLE};
static const shape SINES_SINGLE = {"sine", 1, {24}, {20}, 3, 3, {4}, 128, true, RPE_SINGLE};
static const shape SINES_GATED = {"sine", 1, {24}, {24}, 2, 3, {4}, 128, true, RPE_DOUBLE};
static const shape CONVS = {"conv", 1, {24}, {24}, 3, 3, {5}, 128, false, RPE_SINGLE};
static const shape CONVS_GATED = {"conv", 1, {24}, {20}, 3, 3, {4}, 128, true, RPE_DOUBLE};
static const shape IMAGE = {"conv", 2, {6, 5}, {6, 5}, 2, 2, {3, 2}, 128, false, RPE_DOUBLE};
/* so many taps that all codes are in the range of the noise */
static const shape WIDE = {"conv", 1, {12}, {12}, 2, 3, {14}, 256, false, RPE_DOUBLE};

/* ---- codes, number by number ---- */

static double code_get(const rpe_array *array, size_t at)
{
    return array->precision == RPE_SINGLE ? (double)((const float *)array->values)[at]
                                          : ((const double *)array->values)[at];
}

static void code_set(rpe_array *array, size_t at, double value)
{
    if (array->precision == RPE_SINGLE)
        ((float *)array->values)[at] = (float)value;
    else
        ((double *)array->values)[at] = value;
}

static size_t positions_of(const shape *s, int side)
{
    size_t count = 1;
    for (size_t i = 0; i < s->axes; i++)
        count *= side == 0 ? s->queries[i] : s->keys[i];
    return count;
}

static size_t place_of(const shape *s, size_t n, size_t h, size_t d, size_t r)
{
    return ((n * s->heads + h) * s->features + d) * s->realizations + r;
}

typedef struct source {
    size_t n, h, d, r;
} source;

/* Each code of the side becomes that which `from` says, 0 where it says no position. */
static void side_move(const shape *s, codes *drawn, int side, source (*from)(const shape *, int, source))
{
    rpe_error error;
    rpe_array *array = &drawn->side[side], old = {0};
    rpe_test_ok(rpe_array_create(&old, array->precision, array->rank, array->shape, "codes", &error), &error);
    for (size_t at = 0; at < rpe_array_count(array); at++)
        code_set(&old, at, code_get(array, at));
    for (size_t at = 0; at < rpe_array_count(array); at++) {
        source to = {at / s->realizations / s->features / s->heads,
                     at / s->realizations / s->features % s->heads, at / s->realizations % s->features,
                     at % s->realizations};
        source x = from(s, side, to);
        code_set(array, at, x.n == SIZE_MAX ? 0 : code_get(&old, place_of(s, x.n, x.h, x.d, x.r)));
    }
    rpe_array_destroy(&old);
}

static void both_move(const shape *s, codes *drawn, source (*from)(const shape *, int, source))
{
    side_move(s, drawn, 0, from);
    side_move(s, drawn, 1, from);
}

/* ---- where codes come from ---- */

static source from_first_half(const shape *s, int side, source x)
{
    (void)side;
    x.r %= s->realizations / 2;
    return x;
}

static source from_third(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.r = x.r % 3 == 2 ? x.r - 1 : x.r;
    return x;
}

static source from_third_of_head_1(const shape *s, int side, source x)
{
    return x.h == 1 ? from_third(s, side, x) : x;
}

/* one realization of one feature */
static source from_one(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.r = x.h == 1 && x.d == 2 && x.r == 90 ? 17 : x.r;
    return x;
}

static source from_heads_turned(const shape *s, int side, source x)
{
    (void)side;
    x.h = (x.h + 1) % s->heads;
    return x;
}

static source from_two_heads(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.h = x.h == 0 ? 1 : x.h == 1 ? 0 : x.h;
    return x;
}

static source from_before(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.n = x.n == 0 ? SIZE_MAX : x.n - 1;
    return x;
}

static source from_before_around(const shape *s, int side, source x)
{
    size_t count = positions_of(s, side);
    x.n = (x.n + count - 1) % count;
    return x;
}

static source from_before_repeated(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.n = x.n == 0 ? 0 : x.n - 1;
    return x;
}

static source from_after(const shape *s, int side, source x)
{
    x.n = x.n + 1 == positions_of(s, side) ? SIZE_MAX : x.n + 1;
    return x;
}

static source from_end(const shape *s, int side, source x)
{
    x.n = positions_of(s, side) - 1 - x.n;
    return x;
}

/* ---- what is planted ---- */

static void halves(const shape *s, codes *c)
{
    both_move(s, c, from_first_half);
}

static void thirds(const shape *s, codes *c)
{
    both_move(s, c, from_third);
}

static void thirds_of_head_1(const shape *s, codes *c)
{
    both_move(s, c, from_third_of_head_1);
}

static void one_copy(const shape *s, codes *c)
{
    both_move(s, c, from_one);
}

static void negatives(const shape *s, codes *c)
{
    both_move(s, c, from_first_half);
    for (int side = 0; side < 2; side++)
        for (size_t at = 0; at < rpe_array_count(&c->side[side]); at++)
            if (at % s->realizations >= s->realizations / 2)
                code_set(&c->side[side], at, -code_get(&c->side[side], at));
}

static void heads_turned(const shape *s, codes *c)
{
    both_move(s, c, from_heads_turned);
}

static void two_heads(const shape *s, codes *c)
{
    both_move(s, c, from_two_heads);
}

static void heads_of_keys(const shape *s, codes *c)
{
    side_move(s, c, 1, from_heads_turned);
}

static void heads_of_queries(const shape *s, codes *c)
{
    side_move(s, c, 0, from_two_heads);
}

static void keys_late(const shape *s, codes *c)
{
    side_move(s, c, 1, from_before);
}

static void queries_late(const shape *s, codes *c)
{
    side_move(s, c, 0, from_before);
}

static void queries_late_repeated(const shape *s, codes *c)
{
    side_move(s, c, 0, from_before_repeated);
}

static void keys_late_around(const shape *s, codes *c)
{
    side_move(s, c, 1, from_before_around);
}

static void queries_late_around(const shape *s, codes *c)
{
    side_move(s, c, 0, from_before_around);
}

static void queries_early(const shape *s, codes *c)
{
    side_move(s, c, 0, from_after);
}

static void keys_reversed(const shape *s, codes *c)
{
    side_move(s, c, 1, from_end);
}

static void queries_reversed(const shape *s, codes *c)
{
    side_move(s, c, 0, from_end);
}

static void keys_larger(const shape *s, codes *c)
{
    (void)s;
    codes_multiply(c, 1, 1.1);
}

static void queries_smaller(const shape *s, codes *c)
{
    (void)s;
    codes_multiply(c, 0, 0.7);
}

static void keys_of_head_1_larger(const shape *s, codes *c)
{
    for (size_t at = 0; at < rpe_array_count(&c->side[1]); at++)
        if (at / s->realizations / s->features % s->heads == 1)
            code_set(&c->side[1], at, 1.25 * code_get(&c->side[1], at));
}

/* To that many significant bits, ties to even. */
static void rounded(codes *c, int side, int digits)
{
    for (size_t at = 0; at < rpe_array_count(&c->side[side]); at++) {
        int exponent;
        double mantissa = frexp(code_get(&c->side[side], at), &exponent);
        code_set(&c->side[side], at, ldexp(nearbyint(ldexp(mantissa, digits)), exponent - digits));
    }
}

static void bfloat16(const shape *s, codes *c)
{
    (void)s;
    rounded(c, 0, 8);
    rounded(c, 1, 8);
}

static void float16(const shape *s, codes *c)
{
    (void)s;
    rounded(c, 0, 11);
    rounded(c, 1, 11);
    for (int side = 0; side < 2; side++) /* of the least, 2^-24 */
        for (size_t at = 0; at < rpe_array_count(&c->side[side]); at++)
            code_set(&c->side[side], at, ldexp(nearbyint(ldexp(code_get(&c->side[side], at), 24)), -24));
}

static void keys_bfloat16(const shape *s, codes *c)
{
    (void)s;
    rounded(c, 1, 8);
}

/* Two faults, of which neither alone explains the codes. */

static void keys_larger_and_halves(const shape *s, codes *c)
{
    keys_larger(s, c);
    halves(s, c);
}

static void late_and_larger(const shape *s, codes *c)
{
    keys_late(s, c);
    keys_larger(s, c);
}

static void reversed_and_turned(const shape *s, codes *c)
{
    keys_reversed(s, c);
    heads_turned(s, c);
}

static void rounded_and_larger(const shape *s, codes *c)
{
    queries_smaller(s, c);
    codes_multiply(c, 1, 1.2);
    bfloat16(s, c);
}

/* One realization is far too large. */
static void outlier(const shape *s, codes *c)
{
    for (int side = 0; side < 2; side++)
        for (size_t at = 0; at < rpe_array_count(&c->side[side]); at++)
            if (at % s->realizations == 7)
                code_set(&c->side[side], at, 6 * code_get(&c->side[side], at));
}

/* Rows 3 and 4 of the keys are exchanged. */
static source from_neighbour(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.n = x.n == 3 ? 4 : x.n == 4 ? 3 : x.n;
    return x;
}

static void rows_exchanged(const shape *s, codes *c)
{
    side_move(s, c, 1, from_neighbour);
}

typedef struct planted {
    const char *name;
    const shape *shape;
    void (*plant)(const shape *shape, codes *drawn);
    const char *cause; /* part of the only name that is given; NULL: none is */
} planted;

static const planted faults[] = {
    {"half copied", &SINES, halves, "realizations 0 and 64 are the same (64 of 128 are copies of others)"},
    {"half copied, conv", &CONVS, halves, "realizations 0 and 64 are the same (64"},
    {"a third copied", &SINES_SINGLE, thirds, "realizations 1 and 2 are the same (42"},
    {"a third copied, conv", &CONVS_GATED, thirds, "realizations 1 and 2 are the same (42"},
    {"a third of a head copied", &SINES, thirds_of_head_1,
     "realizations 1 and 2 are the same in 3 of 9 features, the first feature 0 of head 1 (42"},
    {"one of a feature copied", &CONVS, one_copy,
     "realizations 17 and 90 are the same in 1 of 9 features, the first feature 2 of head 1 (1 of 128"},
    {"half negated", &CONVS, negatives, "the same up to their sign"},
    {"three heads", &SINES, heads_turned,
     "heads are in another order: 0 lies at 2, 1 lies at 0, 2 lies at 1"},
    {"three heads, conv", &CONVS_GATED, heads_turned, "heads are in another order: 0 lies at 2"},
    {"two of three heads", &SINES_SINGLE, two_heads, "heads are in another order: 0 lies at 1, 1 lies at 0"},
    {"heads of keys", &CONVS, heads_of_keys, "heads of the keys are in another order: 0 lies at 2"},
    {"heads of queries", &SINES, heads_of_queries, "heads of the queries are in another order: 0 lies at 1"},
    {"keys late", &SINES, keys_late,
     "keys are late by one position (row n holds the code of n-1), and their first row is 0"},
    {"keys late, conv", &CONVS, keys_late, "keys are late by one position"},
    {"queries late", &CONVS_GATED, queries_late, "queries are late by one position"},
    {"queries late, repeated", &SINES_SINGLE, queries_late_repeated, "first row is none of theirs"},
    {"keys late around", &SINES, keys_late_around,
     "keys are late by one position (row n holds the code of n-1), and wrap"},
    {"queries late around", &CONVS, queries_late_around,
     "queries are late by one position (row n holds the code of n-1), and wrap"},
    {"queries early", &SINES_GATED, queries_early,
     "queries are early by one position (row n holds the code of n+1), and their last row is 0"},
    {"keys reversed", &SINES, keys_reversed, "keys are in reversed order"},
    {"keys reversed, conv", &CONVS_GATED, keys_reversed, "keys are in reversed order"},
    {"queries reversed, image", &IMAGE, queries_reversed, "queries are in reversed order"},
    {"keys larger", &SINES, keys_larger, "the keys are 1.1 times"},
    {"keys larger, conv", &CONVS, keys_larger, "the keys are 1.1 times"},
    {"keys larger, wide", &WIDE, keys_larger, "the keys are 1."},
    {"queries smaller", &CONVS_GATED, queries_smaller, "the queries are 0.7 times"},
    {"keys of a head larger", &SINES_SINGLE, keys_of_head_1_larger,
     "the keys of 3 of 9 features, the first feature 0 of head 1, are 1.25 times"},
    {"bfloat16", &SINES, bfloat16, "rounded to half precision: every one is a number of bfloat16"},
    {"bfloat16, conv", &CONVS, bfloat16, "a number of bfloat16"},
    {"bfloat16, gated", &CONVS_GATED, bfloat16, "a number of bfloat16"},
    {"float16", &SINES_SINGLE, float16, "a number of float16"},
    {"float16, conv", &CONVS, float16, "a number of float16"},
    {"keys in bfloat16", &SINES, keys_bfloat16, "codes of the keys are rounded"},
    {"keys larger, half copied", &SINES, keys_larger_and_halves, NULL},
    {"keys larger, half copied, conv", &CONVS, keys_larger_and_halves, NULL},
    {"keys late and larger", &CONVS_GATED, late_and_larger, NULL},
    {"keys reversed, heads turned", &SINES, reversed_and_turned, NULL},
    {"rounded and larger", &SINES_GATED, rounded_and_larger, NULL},
    {"two rows exchanged", &CONVS, rows_exchanged, NULL},
    {"two rows exchanged, sine", &SINES, rows_exchanged, NULL},
    {"one realization too large", &SINES, outlier, NULL},
};

static void expect(const char *name, const rpe_check_report *report, const char *cause)
{
    bool right = !report->draws &&
                 (cause == NULL ? report->fit_count == 0 : report->fit_count == 1 && names(report, cause));
    if (!right)
        print_error("%s: expected %s: %s\n", name, cause == NULL ? "no cause" : cause, report->sentence);
}

static void causes_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const planted *f = &faults[i];
        rpe_kernel *kernel = kernel_make(f->shape);
        codes drawn = codes_draw(f->shape, kernel, "gaussian", 500 + i, false);
        rpe_check_settings settings = settings_of(kernel, &drawn);
        assert_true(run(&settings).draws);
        f->plant(f->shape, &drawn);
        rpe_check_report report = run(&settings);
        expect(f->name, &report, f->cause);
        codes_destroy(&drawn);
        rpe_kernel_destroy(kernel);
    }
}

/* ---- noise ---- */

/* sine [H,D,2K,R], conv [R,H,D,samples...]; the number at (h, d, l, r) is values[at(...)] */
typedef struct given {
    rpe_array noise, gate;
    const shape *shape;
    size_t rows, extent[RPE_AXES_MAX]; /* of a feature; conv: samples on each axis */
} given;

static double *noise_at(given *g, size_t feature, size_t row, size_t r)
{
    size_t features = g->shape->heads * g->shape->features, size = g->shape->realizations;
    double *z = g->noise.values;
    return strcmp(g->shape->kernel, "sine") == 0 ? z + (feature * g->rows + row) * size + r
                                                 : z + (r * features + feature) * g->rows + row;
}

static given noise_make(const shape *s, uint64_t seed)
{
    given g = {.shape = s, .rows = 1};
    rpe_error error;
    bool sine = strcmp(s->kernel, "sine") == 0;
    size_t lengths[RPE_RANK_MAX] = {s->heads, s->features, 2 * s->size[0], s->realizations};
    size_t rank = sine ? 4 : 3 + s->axes;
    if (!sine) {
        lengths[0] = s->realizations;
        lengths[1] = s->heads;
        lengths[2] = s->features;
    }
    for (size_t i = 0; i < s->axes; i++) {
        g.extent[i] = (s->queries[i] > s->keys[i] ? s->queries[i] : s->keys[i]) + s->size[i] - 1;
        if (!sine)
            lengths[3 + i] = g.extent[i];
        g.rows *= g.extent[i];
    }
    g.rows = sine ? 2 * s->size[0] : g.rows;
    rpe_test_ok(rpe_array_create(&g.noise, RPE_DOUBLE, rank, lengths, "noise", &error), &error);
    size_t gate[3] = {s->heads, s->features, s->realizations};
    rpe_test_ok(rpe_array_create(&g.gate, RPE_DOUBLE, 3, gate, "gate", &error), &error);
    rpe_stream stream = {.seed = seed, .point = 9};
    rpe_stream_normals(stream, 0, rpe_array_count(&g.noise), g.noise.values);
    stream.point = 10;
    rpe_stream_normals(stream, 0, rpe_array_count(&g.gate), g.gate.values);
    return g;
}

/* The codes of the noise, checked; the noise goes. */
static rpe_check_report noise_check(given *g, const rpe_kernel *kernel)
{
    rpe_noise noise = {.given = &g->noise, .gate = g->shape->gated ? &g->gate : NULL};
    codes made = codes_make(g->shape, kernel, NULL, &noise, false);
    rpe_check_settings settings = settings_of(kernel, &made);
    rpe_check_report report = run(&settings);
    codes_destroy(&made);
    rpe_array_destroy(&g->noise);
    rpe_array_destroy(&g->gate);
    return report;
}

static void feature_copy(given *g, size_t from, size_t to, double share)
{
    for (size_t row = 0; row < g->rows; row++)
        for (size_t r = 0; r < g->shape->realizations; r++) {
            double *z = noise_at(g, to, row, r);
            *z = share * *noise_at(g, from, row, r) + sqrt(1 - share * share) * *z;
        }
}

static void features_share(void **state)
{
    (void)state;
    const shape *shapes[] = {&SINES, &CONVS, &SINES_GATED, &CONVS_GATED, &WIDE};
    for (size_t i = 0; i < 5; i++) {
        const shape *s = shapes[i];
        rpe_kernel *kernel = kernel_make(s);
        given g = noise_make(s, 700 + i);
        feature_copy(&g, 0, 2, 1);
        rpe_check_report report = noise_check(&g, kernel);
        expect(s->kernel, &report, "features 0 and 2 of head 0 share their noise");
        assert_null(strstr(report.sentence, "not Gaussian"));
        g = noise_make(s, 710 + i);
        feature_copy(&g, 1, 2, 1);
        feature_copy(&g, 1, 5, 1);
        report = noise_check(&g, kernel);
        expect(s->kernel, &report,
               "feature 1 of head 0, feature 2 of head 0 and feature 2 of head 1 share their noise");
        g = noise_make(s, 720 + i); /* in part */
        feature_copy(&g, 3, 4, 0.7);
        report = noise_check(&g, kernel);
        expect(s->kernel, &report, "features 0 and 1 of head 1 share their noise");
        rpe_kernel_destroy(kernel);
    }
}

/* One number for all features of a realization. */
static void gate_noise_is_shared(void **state)
{
    (void)state;
    const shape *s = &SINES_GATED;
    rpe_kernel *kernel = kernel_make(s);
    given g = noise_make(s, 730);
    double *epsilon = g.gate.values;
    for (size_t i = 0; i < rpe_array_count(&g.gate); i++)
        epsilon[i] = epsilon[i % s->realizations];
    rpe_check_report report = noise_check(&g, kernel);
    expect("gate", &report, "share their gate noise");
    rpe_kernel_destroy(kernel);
}

/* sqrt(1 - delta) X + sqrt(delta) epsilon with epsilon(side, position) */
static void gate_noise_redrawn(void **state)
{
    static const char *const causes[] = {"drawn anew for each side", "drawn anew for each position,",
                                         "drawn anew for each position and side,"};
    const shape *shapes[] = {&SINES_GATED, &CONVS_GATED};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (size_t kind = 0; kind < 3; kind++) {
            shape s = *shapes[i];
            s.keys[0] = s.queries[0];
            shape plain = s;
            plain.gated = false;
            rpe_kernel *kernel = kernel_make(&s), *without = kernel_make(&plain);
            codes drawn = codes_draw(&plain, without, "gaussian", 740 + i, false);
            rpe_stream stream = {.seed = 750 + kind, .point = 11};
            for (int side = 0; side < 2; side++)
                for (size_t at = 0; at < rpe_array_count(&drawn.side[side]); at++) {
                    size_t features = s.heads * s.features, width = features * s.realizations;
                    double delta = kernel->gate[at / s.realizations % features], epsilon;
                    size_t which = kind == 0   ? (size_t)side * width + at % width
                                   : kind == 1 ? at
                                               : 2 * at + (size_t)side;
                    rpe_stream_normals(stream, which, 1, &epsilon);
                    code_set(&drawn.side[side], at,
                             sqrt(1 - delta) * code_get(&drawn.side[side], at) + sqrt(delta) * epsilon);
                }
            rpe_check_settings settings = settings_of(kernel, &drawn);
            rpe_check_report report = run(&settings);
            expect(s.kernel, &report, causes[kind]);
            codes_destroy(&drawn);
            rpe_kernel_destroy(without);
            rpe_kernel_destroy(kernel);
        }
}

/* Samples of the noise outside first .. first + max(M,N) - 1 are 0, or those inside again. */
static void samples_cut(given *g, size_t numerator, size_t denominator, bool circular)
{
    const shape *s = g->shape;
    rpe_positions samples;
    rpe_error error;
    rpe_test_ok(rpe_positions_make(&samples, s->axes, g->extent, "samples", &error), &error);
    for (size_t row = 0; row < g->rows; row++) {
        ptrdiff_t place[RPE_AXES_MAX];
        size_t inside = 0;
        bool kept = true;
        rpe_positions_coordinates(&samples, row, place);
        for (size_t i = 0; i < s->axes; i++) {
            size_t zeros = s->size[i] - 1, count = g->extent[i] - zeros,
                   first = zeros * numerator / denominator;
            size_t at = (size_t)place[i];
            kept = kept && (circular ? at < count : at >= first && at < first + count);
            inside = inside * g->extent[i] + at % count;
        }
        for (size_t f = 0; !kept && f < s->heads * s->features; f++)
            for (size_t r = 0; r < s->realizations; r++)
                *noise_at(g, f, row, r) = circular ? *noise_at(g, f, inside, r) : 0;
    }
}

static void padded_convolutions(void **state)
{
    static const struct {
        size_t numerator, denominator;
        bool circular;
        const char *cause;
    } kinds[] = {{1, 2, false, "padded with zeros at both ends ('same'"},
                 {1, 1, false, "padded with zeros before the sequence"},
                 {0, 1, false, "padded with zeros after the sequence"},
                 {0, 1, true, "the convolution is circular"}};
    const shape *shapes[] = {&CONVS, &CONVS_GATED, &IMAGE, &WIDE};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t kind = 0; kind < 4; kind++) {
            rpe_kernel *kernel = kernel_make(shapes[i]);
            given g = noise_make(shapes[i], 760 + i);
            samples_cut(&g, kinds[kind].numerator, kinds[kind].denominator, kinds[kind].circular);
            rpe_check_report report = noise_check(&g, kernel);
            expect(kinds[kind].cause, &report, kinds[kind].cause);
            rpe_kernel_destroy(kernel);
        }
}

/* Orthogonal draws of this program, and one whose rows have another norm; orthogonal within each feature likewise. */
static void orthogonal_rows(void **state)
{
    static const struct {
        double norm; /* 0: sqrt(R) */
        const char *cause;
    } kinds[] = {
        {0, "the noise rows are orthogonal, as an orthogonal sampler makes them"},
        {1, "the noise rows are orthogonal with norm 1, where an orthogonal sampler has sqrt(R) = 11.31"},
        {3, "the noise rows are orthogonal with norm 3,"}};
    const shape *shapes[] = {&SINES, &SINES_GATED, &SINES_SINGLE, &CONVS};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t kind = 0; kind < 3; kind++) {
            rpe_kernel *kernel = kernel_make(shapes[i]);
            codes drawn = codes_draw(shapes[i], kernel, "orthogonal", 780 + i, false);
            for (int side = 0; side < 2 && kinds[kind].norm > 0; side++)
                codes_multiply(&drawn, side, kinds[kind].norm / sqrt((double)shapes[i]->realizations));
            rpe_check_settings settings = settings_of(kernel, &drawn);
            rpe_check_report report = run(&settings);
            expect(shapes[i]->kernel, &report, kinds[kind].cause);
            codes_destroy(&drawn);
            rpe_kernel_destroy(kernel);
        }
}

/* One filter that is another, and one mean: no usual cause, so the sentence has the moment with its lag and its feature. */
static void what_differs_is_said(void **state)
{
    (void)state;
    rpe_kernel *right = kernel_make(&CONVS), *wrong = kernel_make(&CONVS);
    size_t row = 5, taps = CONVS.size[0]; /* feature 2 of head 1 */
    memset(rpe_conv_of(wrong).key_filter + row * taps, 0, taps * sizeof *rpe_conv_of(wrong).key_filter);
    rpe_conv_of(wrong).key_filter[row * taps + 4] = 3;
    codes drawn = codes_draw(&CONVS, wrong, "gaussian", 900, false);
    rpe_check_settings settings = settings_of(right, &drawn);
    rpe_check_report report = run(&settings);
    expect("a filter", &report, NULL);
    static const ptrdiff_t origin[RPE_AXES_MAX];
    static const char said[] =
        "1 of 9 features fail on their own, the first of them feature 2 of head 1; there the "
        "covariance of its queries and keys at lag 0 is ";
    const char *place = strstr(report.sentence, said);
    assert_non_null(place);
    double found = 0, deviation = 0, expected = 0;
    assert_int_equal(
        sscanf(place + strlen(said), "%lf +- %lf, where %lf is expected", &found, &deviation, &expected), 3);
    assert_true(fabs(expected - rpe_kernel_value(right, 1, 2, origin)) < 1e-3);
    assert_true(fabs(found - rpe_kernel_value(wrong, 1, 2, origin)) < 5 * deviation);
    codes_destroy(&drawn);

    drawn = codes_draw(&CONVS, right, "gaussian", 901, false);
    for (size_t at = 0; at < rpe_array_count(&drawn.side[0]); at++)
        if (at / CONVS.realizations % 9 == 4)
            code_set(&drawn.side[0], at, code_get(&drawn.side[0], at) + 2);
    settings = settings_of(right, &drawn);
    report = run(&settings);
    expect("a mean", &report, NULL);
    assert_non_null(strstr(report.sentence, "feature 1 of head 1; there the mean of its queries is "));
    assert_non_null(strstr(report.sentence, "where 0 is expected"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(wrong);
    rpe_kernel_destroy(right);
}

/* Right codes of Gaussian noise, in every way that they are drawn, have no cause, and the sentence says that they are draws. */
static void right_codes_have_no_cause(void **state)
{
    const shape *shapes[] = {&SINES, &SINES_SINGLE, &SINES_GATED, &CONVS, &CONVS_GATED, &IMAGE, &WIDE};
    (void)state;
    for (size_t i = 0; i < 7; i++)
        for (uint64_t seed = 0; seed < 2; seed++) {
            rpe_kernel *kernel = kernel_make(shapes[i]);
            codes drawn = codes_draw(shapes[i], kernel, "gaussian", 800 + seed, false);
            rpe_check_settings settings = settings_of(kernel, &drawn);
            rpe_check_report report = run(&settings);
            assert_true(report.draws);
            assert_int_equal(report.fit_count + report.candidates, 0);
            codes_destroy(&drawn);
            rpe_kernel_destroy(kernel);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_are_named),     cmocka_unit_test(features_share),
        cmocka_unit_test(gate_noise_is_shared), cmocka_unit_test(gate_noise_redrawn),
        cmocka_unit_test(padded_convolutions),  cmocka_unit_test(orthogonal_rows),
        cmocka_unit_test(what_differs_is_said), cmocka_unit_test(right_codes_have_no_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
