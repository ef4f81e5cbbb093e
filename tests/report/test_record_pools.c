/* What the points of a measure say together: by hand, in any order of the rows, and in the sentence. */
#include "run_made.h"

#include "base/memory.h"
#include "file/json.h"
#include "report/compare/record_pools.h"
#include "statistic/hypothesis.h"

typedef struct pool_row {
    const char *point, *measure, *realizations;
    double excess, error; /* of the estimate over its closed form; relative standard error */
    const char *p;        /* as it is written */
} pool_row;

static const char *directory;

/* Of 26 trials each. */
static void rows_write(size_t count, const pool_row *rows, bool backwards)
{
    FILE *csv = fopen(made_path(directory, "x", ".csv"), "w"), *json = NULL;
    assert_non_null(csv);
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(csv, "%s%s", rpe_column_name((rpe_column)column), column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    for (size_t i = 0; i < count; i++) {
        const pool_row *row = &rows[backwards ? count - 1 - i : i];
        char cells[RPE_COLUMN_COUNT][40] = {{0}};
        snprintf(cells[RPE_COLUMN_point], 40, "%s", row->point);
        snprintf(cells[RPE_COLUMN_input], 40, "a");
        snprintf(cells[RPE_COLUMN_method], 40, "softmax");
        snprintf(cells[RPE_COLUMN_measure], 40, "%s", row->measure);
        snprintf(cells[RPE_COLUMN_realizations], 40, "%s", row->realizations);
        snprintf(cells[RPE_COLUMN_estimate], 40, "%.17g", 3 * (1 + row->excess));
        snprintf(cells[RPE_COLUMN_standard_error], 40, "%.17g", 3 * (1 + row->excess) * row->error);
        snprintf(cells[RPE_COLUMN_closed_form], 40, "3");
        snprintf(cells[RPE_COLUMN_trials], 40, "26");
        snprintf(cells[RPE_COLUMN_status], 40, "ok");
        snprintf(cells[RPE_COLUMN_p], 40, "%s", row->p);
        snprintf(cells[RPE_COLUMN_z], 40, "%s", row->p[0] == '\0' ? "" : "1.5");
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

static rpe_record_pool pool_of(size_t count, const pool_row *rows, bool backwards, const char *measure)
{
    rpe_record record = {0};
    rpe_record_pools pools = {0};
    rpe_record_pool found = {0};
    rpe_error error = {""};
    rows_write(count, rows, backwards);
    rpe_test_ok(rpe_record_read(&record, directory, "x", &error), &error);
    rpe_test_ok(rpe_record_pools_create(&pools, &record, &error), &error);
    for (size_t row = 0; row < record.rows.rows; row++)
        if (strcmp(rpe_record_cell(&record, row, RPE_COLUMN_measure), measure) == 0)
            found = *rpe_record_pool_of(&pools, &record, row);
    rpe_record_pools_destroy(&pools);
    rpe_record_destroy(&record);
    return found;
}

/* A root, errors e of the root: ratios (1 + excess)^2, errors 2 e, f = 25/(1 + 6 * 26 * 4 e^2). */
static double p_by_hand(size_t count, const double *excess, const double *error)
{
    double mean = 0, variance = 0, fourth = 0, spread = 0, c = (double)count;
    for (size_t i = 0; i < count; i++) {
        double e = 2 * error[i];
        mean += (1 + excess[i]) * (1 + excess[i]) / c;
        variance += e * e / (c * c);
        fourth += e * e * e * e / (c * c * c);
        spread += e * e * e * e / (c * c * c * c) * (1 + 156 * e * e) / 25;
    }
    double t = (mean - 1) / sqrt(variance) + 2.0 / 3 * fourth / (variance * sqrt(variance));
    return rpe_p_student(t, variance * variance / spread);
}

/* Four points, each 12 % above: none shows alone.  Two rows of a point count as one; rows without p, and other measures, do not. */
static const pool_row rows[] = {{"00000001", "score_error", "4", 0.12, 0.04, "0.02"},
                                {"00000002", "score_error", "8", 0.1, 0.05, "0.04"},
                                {"00000003", "code_mean", "8", -0.5, 0.05, "0.9"},
                                {"00000003", "score_error", "16", 0.2, 0.03, "0.03"},
                                {"00000004", "score_error", "32", 0.13, 0.06, "0.05"},
                                {"00000005", "score_error", "64", 0.9, 0.06, ""},
                                {"00000003", "score_error", "16", 0.08, 0.05, "0.2"}};
#define ROWS (sizeof rows / sizeof rows[0])

static void by_hand(void **state)
{
    (void)state;
    double middle = sqrt((1.2 * 1.2 + 1.08 * 1.08) / 2) - 1;
    const double excess[] = {0.12, 0.1, middle, 0.13}, error[] = {0.04, 0.05, 0.04, 0.06};
    double wanted = p_by_hand(4, excess, error), ratio = 0;
    for (size_t i = 0; i < 4; i++)
        ratio += (1 + excess[i]) * (1 + excess[i]) / 4;
    for (int backwards = 0; backwards < 2; backwards++) {
        rpe_record_pool found = pool_of(ROWS, rows, backwards, "score_error");
        assert_int_equal(found.points, 4);
        assert_true(fabs(found.p - wanted) < 1e-12);
        assert_true(fabs(found.excess - (sqrt(ratio) - 1)) < 1e-12);
        assert_true(found.disagrees && wanted < 0.01);
    }
}

/* The rows of one point say nothing together, however many: they may have their noise in common. */
static void one_point(void **state)
{
    (void)state;
    static const pool_row same[] = {{"00000001", "score_error", "4", 0.12, 0.01, "0.02"},
                                    {"00000001", "score_error", "8", 0.1, 0.01, "0.04"}};
    rpe_record_pool found = pool_of(2, same, false, "score_error");
    assert_int_equal(found.points, 1);
    assert_true(isnan(found.p) && !found.disagrees);
}

/* Two measures share the level: a p between 0.5 and 1 % disagrees alone, and not beside another that is tested. */
static void level_shared(void **state)
{
    (void)state;
    static const pool_row two[] = {{"00000001", "score_error", "4", 0.08, 0.04, "0.02"},
                                   {"00000002", "score_error", "8", 0.08, 0.04, "0.04"},
                                   {"00000003", "output_error", "4", 0.01, 0.05, "0.4"},
                                   {"00000004", "output_error", "8", 0.01, 0.05, "0.4"}};
    static const double excess[] = {0.08, 0.08}, error[] = {0.04, 0.04};
    double p = p_by_hand(2, excess, error);
    assert_true(p > 0.005 && p < 0.01);
    assert_true(pool_of(2, two, false, "score_error").disagrees);
    assert_false(pool_of(4, two, false, "score_error").disagrees);
}

static void in_sentences(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    rpe_error error = {""};
    rows_write(ROWS, rows, false);
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    rpe_test_ok(made_sentences(directory, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    if (strstr(text, "; together, 4 points DISAGREE with their closed forms, by +12 % on average") == NULL ||
        strstr(text, "points agree") != NULL)
        fail_msg("%s", text);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(one_point),
                                       cmocka_unit_test(level_shared), cmocka_unit_test(in_sentences)};
    static char path[4096];
    rpe_json_memory_install();
    snprintf(path, sizeof path, "%s", rpe_test_directory("record_pools"));
    directory = path;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
