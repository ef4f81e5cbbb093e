/* Rows of a result and verdicts of `verify` may stand in any order: what is said of them is the same.  Order of appearance decides
   which panel a sentence describes, and nothing else. */
#include "page_made.h"

#include "file/json.h"

#define LINES_MAX 256
#define TEXT_MAX 65536

/* The lines after the first of a file, in an order of their own. */
static void lines_shuffle(const char *path, uint64_t seed)
{
    static char text[TEXT_MAX];
    char *lines[LINES_MAX];
    size_t count = 0;
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_true(count < LINES_MAX);
        lines[count++] = line;
    }
    for (size_t i = count - 1; i > 1; i--) { /* Fisher and Yates, but for the header */
        size_t j = 1 + (size_t)(i * (1 + rpe_test_number(seed, i)) / 2);
        char *line = lines[i];
        lines[i] = lines[j];
        lines[j] = line;
    }
    stream = fopen(path, "wb");
    assert_non_null(stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s\n", lines[i]);
    assert_int_equal(fclose(stream), 0);
}

/* From what begins with `from` on, up to `until`; released by free. */
static char *part_of(const char *text, const char *from, const char *until)
{
    const char *begin = strstr(text, from);
    assert_non_null(begin);
    const char *end = strstr(begin, until);
    assert_non_null(end);
    return strndup(begin, (size_t)(end - begin));
}

/* What a sentence says of closed forms: of curves the part behind the description of one of them. */
static char *agreement_of(const char *sentence)
{
    return part_of(sentence, strstr(sentence, "trials); ") != NULL ? "trials); " : "code profile", "\n");
}

static char *sentences(const char *directory)
{
    char *text = NULL;
    size_t size = 0;
    rpe_error error = {""};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    rpe_test_ok(made_sentences(directory, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    return text;
}

/* Curves of which some rows disagree, are beyond telling or agree, and profiles. */
static const run_made runs[] = {
    {.name = "x",
     .title = "X",
     .picture = "error",
     .measure = "score_error",
     .exponent = -0.5,
     .offset = 5,
     .closed = 1},
    {.name = "x",
     .title = "X",
     .picture = "error",
     .measure = "score_error",
     .exponent = -0.5,
     .closed = 1,
     .untold = 32},
    {.name = "x",
     .title = "X",
     .picture = "error",
     .measure = "score_error",
     .exponent = -0.2,
     .closed = 1,
     .spread = 0.4,
     .trials = 4},
    {.name = "x", .title = "X", .picture = "kernel", .measure = "code_profile", .closed = 1, .lags = 20},
};

static void same_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        char *directory = rpe_memory_text(rpe_test_directory("row_order"));
        made_write(directory, &runs[i]);
        char *before = sentences(directory), *wanted = agreement_of(before);
        char *page = page_make(directory, NULL, made_path(directory, "page", ".html"));
        char *residuals = part_of(page, "<b>Residuals: ", "</p>"),
             *headline = part_of(page, "Experiments against theory:", "</li>");
        for (uint64_t seed = 1; seed <= 5; seed++) {
            lines_shuffle(made_path(directory, "x", ".csv"), seed);
            char *after = sentences(directory), *found = agreement_of(after);
            assert_string_equal(found, wanted);
            char *other = page_make(directory, NULL, made_path(directory, "page", ".html"));
            char *other_residuals = part_of(other, "<b>Residuals: ", "</p>"),
                 *other_headline = part_of(other, "Experiments against theory:", "</li>");
            assert_string_equal(other_residuals, residuals);
            assert_string_equal(other_headline, headline);
            free(after);
            free(found);
            free(other);
            free(other_residuals);
            free(other_headline);
        }
        free(before);
        free(wanted);
        free(page);
        free(residuals);
        free(headline);
        rpe_memory_free(directory);
    }
}

/* One curve: the whole sentence, its slope and its ends too. */
static void same_curve(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("row_order_curve"));
    run_made run = runs[0];
    run.methods = 1;
    made_write(directory, &run);
    char *before = sentences(directory);
    assert_non_null(strstr(before, "falls as R^"));
    for (uint64_t seed = 11; seed <= 15; seed++) {
        lines_shuffle(made_path(directory, "x", ".csv"), seed);
        char *after = sentences(directory);
        assert_string_equal(after, before);
        free(after);
    }
    free(before);
    rpe_memory_free(directory);
}

#define VERDICT(claim, case, verdict, p, reason)                                                             \
    "{\"claim\": \"" claim                                                                                   \
    "\", \"case\": \"" case "\", \"sampler\": \"gaussian\", \"method\": \"softmax\","                        \
                            " \"verdict\": \"" verdict "\", \"statistic\": 0.25, \"p\": " p                  \
                            ", \"adjusted_p\": " p ","                                                       \
                            " \"bound\": null, \"trials\": 100, \"effect\": 0.0125, \"effect_unit\": "       \
                            "\"units\", \"reason\": \"" reason                                               \
                            "\", \"command\": \"rpebench verify\", \"title\": \"" claim "\"}"

static char *claims_page(const char *directory, const size_t order[6])
{
    static const char *const verdicts[] = {VERDICT("score-mean", "a", "holds", "0.5", ""),
                                           VERDICT("score-mean", "b", "holds", "0.25", ""),
                                           VERDICT("score-law", "a", "holds", "0.75", ""),
                                           VERDICT("score-law", "b", "n/a", "null", "no law"),
                                           VERDICT("score-mean", "c", "n/a", "null", "no law"),
                                           VERDICT("score-law", "c", "n/a", "null", "no law")};
    char text[8192];
    int used = snprintf(text, sizeof text,
                        "{\"settings\": {\"seed\": \"7\", \"quick\": true, \"level\": 0.001}, \"family\": 3, "
                        "\"verdicts\": [");
    for (size_t i = 0; i < 6; i++)
        used +=
            snprintf(text + used, sizeof text - (size_t)used, "%s%s", i > 0 ? ", " : "", verdicts[order[i]]);
    snprintf(text + used, sizeof text - (size_t)used, "]}\n");
    page_text_write(directory, "verify.json", text);
    return page_make(directory, NULL, made_path(directory, "page", ".html"));
}

static size_t times(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

/* A claim has one line, with its two cases, and is named once beside a reason. */
static void same_claims(void **state)
{
    (void)state;
    static const size_t orders[][6] = {{0, 1, 2, 3, 4, 5}, {0, 3, 4, 2, 1, 5}, {5, 0, 2, 4, 3, 1}};
    char *directory = rpe_memory_text(rpe_test_directory("row_order_claims"));
    made_write(directory, &runs[0]);
    for (size_t i = 0; i < 3; i++) {
        char *page = claims_page(directory, orders[i]),
             *claims = part_of(page, "id=\"claims\"", "</section>");
        assert_int_equal(times(claims, ">2 of 2<"), 1);
        assert_int_equal(times(claims, ">1 of 1<"), 1);
        assert_int_equal(times(claims, "score-mean, score-law<") + times(claims, "score-law, score-mean<"),
                         1);
        assert_non_null(strstr(page, "3 hold, 0 fail, 0 suspect, 3 not applicable"));
        free(page);
        free(claims);
    }
    rpe_memory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_sentences),
        cmocka_unit_test(same_curve),
        cmocka_unit_test(same_claims),
    };
    rpe_json_memory_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
