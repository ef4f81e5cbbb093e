/* Each cause that lies in the noise is planted in it, and must be the one that is named. */
#include "causes_problem.h"

#include "base/stream.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_share),     cmocka_unit_test(gate_noise_is_shared),
        cmocka_unit_test(gate_noise_redrawn), cmocka_unit_test(padded_convolutions),
        cmocka_unit_test(orthogonal_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
