/* Holm's procedure over the rows of a result, worked by hand: rows that were not tested do not count, large families have the same
   procedure as small ones, and neither depends on the order of the rows. */
#include "run_made.h"

#include "base/memory.h"
#include "base/stream.h"
#include "experiment/estimate.h"
#include "file/json.h"
#include "report/compare/record.h"
#include "statistic/hypothesis.h"

#define ROWS 2500

typedef struct holm_row {
    double p; /* NaN: there is none */
    const char *status;
} holm_row;

static const char *directory;

/* Rows at R = 4, 5, ..., of which row i of the file is the order[i]-th; NULL: as they are. */
static void rows_write(size_t count, const holm_row *rows, const size_t *order)
{
    FILE *csv = fopen(made_path(directory, "x", ".csv"), "w"), *json = NULL;
    assert_non_null(csv);
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(csv, "%s%s", rpe_column_name((rpe_column)column), column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    for (size_t i = 0; i < count; i++) {
        size_t at = order == NULL ? i : order[i];
        char cells[RPE_COLUMN_COUNT][40] = {{0}};
        snprintf(cells[RPE_COLUMN_input], 40, "a");
        snprintf(cells[RPE_COLUMN_method], 40, "softmax");
        snprintf(cells[RPE_COLUMN_measure], 40, "score_error");
        snprintf(cells[RPE_COLUMN_realizations], 40, "%zu", at + 4);
        snprintf(cells[RPE_COLUMN_estimate], 40, "%.17g", 1 / sqrt((double)at + 4));
        snprintf(cells[RPE_COLUMN_standard_error], 40, "%.17g", 0.01 / sqrt((double)at + 4));
        snprintf(cells[RPE_COLUMN_closed_form], 40, "%.17g", 1 / sqrt((double)at + 4));
        snprintf(cells[RPE_COLUMN_trials], 40, "50");
        snprintf(cells[RPE_COLUMN_status], 40, "%s", rows[at].status);
        if (!isnan(rows[at].p)) {
            snprintf(cells[RPE_COLUMN_p], 40, "%.17g", rows[at].p);
            snprintf(cells[RPE_COLUMN_z], 40, "%.17g", rpe_quantile_normal(rows[at].p));
        }
        for (int column = 0; column < RPE_COLUMN_COUNT; column++)
            fprintf(csv, "%s%s", cells[column], column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    }
    assert_int_equal(fclose(csv), 0);
    json = fopen(made_path(directory, "x", ".json"), "w");
    assert_non_null(json);
    fprintf(
        json,
        "{\"experiment\": \"x\", \"picture\": \"error\", \"axis\": \"realizations\", \"complete\": true}\n");
    assert_int_equal(fclose(json), 0);
}

/* [count], by row of `rows` whatever the order of the file; owned by the caller. */
static double *adjusted_of(size_t count, const holm_row *rows, const size_t *order)
{
    rpe_record record = {0};
    rpe_error error = {""};
    rows_write(count, rows, order);
    rpe_test_ok(rpe_record_read(&record, directory, "x", &error), &error);
    double *found = rpe_record_adjusted_create(&record), *placed = rpe_memory_allocate(count, sizeof *placed);
    assert_true(found != NULL && placed != NULL);
    for (size_t i = 0; i < count; i++)
        placed[i] = NAN;
    for (size_t i = 0; i < count; i++)
        placed[order == NULL ? i : order[i]] = found[i];
    rpe_memory_free(found);
    rpe_record_destroy(&record);
    return placed;
}

static void expect(double found, double wanted)
{
    assert_true(isnan(wanted) ? isnan(found) : fabs(found - wanted) <= 1e-14 * wanted);
}

static const holm_row by_hand[] = {{0.024, "ok"},
                                   {NAN, "exact"},
                                   {0.01, "ok"},
                                   {NAN, "one trial: no standard error"},
                                   {NAN, RPE_ESTIMATE_UNTOLD},
                                   {0.016, "ok"}};

/* Three p-values, sorted 0.01, 0.016, 0.024: 3 * 0.01 = 0.03, 2 * 0.016 = 0.032, 1 * 0.024 -> 0.032, all of which are rejected at
   5 %.  By Bonferroni the largest is 0.072, and in a family of the six rows the smallest is 0.06. */
static void worked_by_hand(void **state)
{
    (void)state;
    static const double wanted[] = {0.032, NAN, 0.03, NAN, NAN, 0.032};
    static const size_t order[] = {5, 1, 4, 0, 3, 2};
    for (int shuffled = 0; shuffled < 2; shuffled++) {
        double *found = adjusted_of(6, by_hand, shuffled ? order : NULL);
        for (size_t i = 0; i < 6; i++)
            expect(found[i], wanted[i]);
        rpe_memory_free(found);
    }
}

/* The same in the sentence: of the five rows that say something three disagree. */
static void in_sentences(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    rpe_error error = {""};
    rows_write(6, by_hand, NULL);
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    rpe_test_ok(made_sentences(directory, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    assert_non_null(
        strstr(text, "; 3 of 5 points DISAGREE with their closed forms, 1 has too few trials to tell; 1 "
                     "exact to rounding: largest |z| 2.6, Holm bound 2.4\n"));
    free(text);
}

/* The smallest of three is 0.03, adjusted 0.09: no row disagrees. */
static void none_in_sentences(void **state)
{
    (void)state;
    static const holm_row rows[] = {{0.2, "ok"}, {0.03, "ok"}, {0.9, "ok"}};
    char *text = NULL;
    size_t size = 0;
    rpe_error error = {""};
    rows_write(3, rows, NULL);
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    rpe_test_ok(made_sentences(directory, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    assert_non_null(
        strstr(text, "; all 3 points agree with their closed forms: largest |z| 2.2, Holm bound 2.4"));
    free(text);
}

/* 2,500 rows, two of them at the edge: 2500 * 2e-5 = 0.05, and 2499 * 2.0005e-5 < 0.05, so 0.05 too; by Bonferroni it would be
   0.0500125.  Of 2,501 rows of which one has no p-value it is the same. */
static void large_family(void **state)
{
    (void)state;
    static holm_row rows[ROWS + 1];
    for (size_t i = 0; i <= ROWS; i++)
        rows[i] = (holm_row){0.5, "ok"};
    rows[7].p = 2e-5;
    rows[1900].p = 2.0005e-5;
    rows[ROWS] = (holm_row){NAN, RPE_ESTIMATE_UNTOLD};
    double *found = adjusted_of(ROWS + 1, rows, NULL);
    expect(found[7], 0.05);
    expect(found[1900], 0.05);
    expect(found[0], 1);
    expect(found[ROWS], NAN);
    rpe_memory_free(found);
}

/* Random families with ties, and rows without: bit for bit the step-down procedure of the statistics, in any order of rows. */
static void same_procedure(void **state)
{
    (void)state;
    static holm_row rows[ROWS];
    static double p[ROWS], wanted[ROWS];
    static size_t order[ROWS];
    static const size_t counts[] = {1, 2, 17, 300, ROWS};
    for (size_t n = 0; n < sizeof counts / sizeof counts[0]; n++) {
        size_t count = counts[n];
        for (size_t i = 0; i < count; i++) {
            double u = (1 + rpe_test_number(70 + n, i)) / 2;
            p[i] = i % 5 == 3 ? NAN : i % 7 == 0 ? 1e-3 : u * u * u * u;
            rows[i] = (holm_row){p[i], i % 5 == 3 ? "exact" : "ok"};
            order[i] = (i * 7 + 3) % count; /* a permutation: none of the counts is a multiple of 7 */
            wanted[i] = NAN;
        }
        rpe_holm_adjust(count, p, wanted);
        for (int shuffled = 0; shuffled < 2; shuffled++) {
            double *found = adjusted_of(count, rows, shuffled ? order : NULL);
            for (size_t i = 0; i < count; i++)
                assert_true(isnan(wanted[i]) ? isnan(found[i]) : found[i] == wanted[i]);
            rpe_memory_free(found);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_by_hand),    cmocka_unit_test(in_sentences),
        cmocka_unit_test(none_in_sentences), cmocka_unit_test(large_family),
        cmocka_unit_test(same_procedure),
    };
    static char path[4096];
    rpe_json_memory_install();
    snprintf(path, sizeof path, "%s", rpe_test_directory("holm"));
    directory = path;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
