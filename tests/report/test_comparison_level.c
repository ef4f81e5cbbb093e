/* Rows together, and machines that drift, by simulation: how often a change is called where there is none, and where there is
   one. */
#include "compared_sets.h"

#include <stdlib.h>

#include "base/stream.h"
#include "file/json.h"

#define ROWS 49
#define REPEATS 10

static double normal_at(uint32_t run, uint32_t row, size_t trial)
{
    double normals[REPEATS];
    rpe_stream_normals((rpe_stream){.seed = 3, .point = row, .trial = run}, 0, REPEATS, normals);
    return normals[trial];
}

/* A run of ROWS rows: squared errors that know the noise of their point and a little of their own, or times. */
typedef struct drawn_run {
    const char *folder, *measure, *timing;
    uint32_t run, noise; /* of its own, and shared with the baseline */
    double factor, own;  /* of the estimate; share of its own noise */
    bool time, one_point;
} drawn_run;

static void run_draw(const drawn_run *drawn)
{
    static made_row rows[ROWS];
    static char names[ROWS][2][16];
    for (uint32_t row = 0; row < ROWS; row++) {
        snprintf(names[row][0], sizeof names[row][0], "%u", drawn->one_point ? 0 : row);
        snprintf(names[row][1], sizeof names[row][1], "%u", row);
        rows[row] = (made_row){.point = names[row][0],
                               .measure = drawn->measure,
                               .lag = names[row][1],
                               .trials = drawn->time ? REPEATS : 4,
                               .root = !drawn->time};
        for (size_t t = 0; t < rows[row].trials; t++) {
            double common = normal_at(drawn->noise, drawn->one_point ? 0 : row, t),
                   own = normal_at(drawn->run, row, t);
            rows[row].values[t] = drawn->time
                                      ? drawn->factor * exp(0.01 * own)
                                      : drawn->factor * drawn->factor * exp(0.2 * common + drawn->own * own);
        }
    }
    result_make(&(made_result){.directory = inside(drawn->folder),
                               .name = "e",
                               .rows = rows,
                               .count = ROWS,
                               .timing = drawn->timing});
}

typedef struct calls {
    size_t rows, pooled; /* comparisons in which any row, and in which the pooled test, is called */
} calls;

static calls calls_of(size_t count, drawn_run baseline, drawn_run run)
{
    calls counted = {0, 0};
    for (uint32_t i = 0; i < count; i++) {
        baseline.run = 3 * i;
        run.run = 3 * i + 1;
        baseline.noise = run.noise = 3 * i + 2;
        run_draw(&baseline);
        run_draw(&run);
        compared made = compare_ok(inside(baseline.folder), inside(run.folder));
        const size_t *verdicts = made.comparison.verdicts;
        bool pooled = made.comparison.pooled_count > 0;
        assert_true(pooled || verdicts[RPE_CHANGE_CANNOT_TELL] == ROWS);
        assert_int_equal(made.comparison.family, pooled ? ROWS + 1 : 0);
        counted.rows += verdicts[RPE_CHANGE_WORSE] + verdicts[RPE_CHANGE_BETTER] > 0;
        rpe_change_verdict verdict =
            pooled ? made.comparison.pooled[0].change.verdict : RPE_CHANGE_CANNOT_TELL;
        counted.pooled += verdict == RPE_CHANGE_WORSE || verdict == RPE_CHANGE_BETTER;
        assert_true(rpe_comparison_is_unfavourable(&made.comparison) || verdict != RPE_CHANGE_WORSE);
        compared_destroy(&made);
    }
    return counted;
}

/* 49 rows of 4 trials, each 2 % worse: hardly a row shows it at 5 % of them all, together they do.  Where nothing changed nothing is
   called; the same where all rows are of one point, and share their trials. */
static void test_pooled(void **state)
{
    (void)state;
    const drawn_run old = {.folder = "pool-a", .measure = "score_error", .factor = 1.0, .own = 0.07};
    drawn_run new = {.folder = "pool-b", .measure = "score_error", .factor = 1.02, .own = 0.07};
    calls counted = calls_of(20, old, new);
    print_message("2 %% worse: rows %zu, together %zu of 20\n", counted.rows, counted.pooled);
    assert_true(counted.rows <= 10 && counted.pooled >= 18);
    new.factor = 1.0;
    counted = calls_of(40, old, new);
    print_message("nothing changed: rows %zu, together %zu of 40\n", counted.rows, counted.pooled);
    assert_true(counted.rows <= 3 && counted.pooled <= 3);
    drawn_run point_old = old, point_new = new;
    point_old.one_point = point_new.one_point = true;
    counted = calls_of(40, point_old, point_new);
    print_message("nothing changed, of one point: rows %zu, together %zu of 40\n", counted.rows,
                  counted.pooled);
    assert_true(counted.rows <= 3 && counted.pooled <= 3);
}

static const char *timing_text(double before, double after)
{
    static char texts[2][256];
    static int next;
    char *text = texts[next++ % 2];
    snprintf(text, sizeof texts[0],
             "{\"noisy\": false, \"reason\": \"\", \"rates\": [{\"threads\": 1, "
             "\"gemm_double_flops_per_second\": %.9g}, "
             "{\"threads\": 1, \"gemm_double_flops_per_second\": %.9g}]}",
             40e9 * before, 40e9 * after);
    return text;
}

/* A build with itself on a machine whose speed wanders by 5 % from one time to another: of 40 comparisons at most 3 call a
   change of any of 49 rows of times or of them together (the level, and chance).  A build that takes half more is called where the machine
   is as quiet as 0.5 %. */
static void test_drift(void **state)
{
    (void)state;
    size_t called = 0, believed = 0, found = 0;
    for (uint32_t i = 0; i < 40; i++) {
        double speeds[6];
        for (size_t j = 0; j < 6; j++)
            speeds[j] = exp(0.05 * normal_at(900 + i, (uint32_t)j, 0));
        drawn_run old = {.folder = "drift-a",
                         .measure = "runtime",
                         .time = true,
                         .factor = 1.0 / speeds[1],
                         .timing = timing_text(speeds[0], speeds[2])};
        drawn_run new = {.folder = "drift-b",
                         .measure = "runtime",
                         .time = true,
                         .factor = 1.0 / speeds[4],
                         .timing = timing_text(speeds[3], speeds[5])};
        calls counted = calls_of(1, old, new);
        called += counted.rows + counted.pooled > 0;
        old.timing = new.timing = NULL;
        counted = calls_of(1, old, new);
        believed += counted.rows + counted.pooled > 0;
        old.factor = 1.0;
        new.factor = 1.5;
        old.timing = timing_text(1.0, 1.005);
        new.timing = timing_text(0.995, 1.0);
        found += i < 5 ? calls_of(1, old, new).rows : 0;
    }
    print_message(
        "drifting machine, nothing changed: called %zu of 40, without the rates %zu; half more: %zu of 5\n",
        called, believed, found);
    assert_true(called <= 3 && believed > 10 && found == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pooled), cmocka_unit_test(test_drift)};
    rpe_json_memory_install();
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("comparison-level"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
