/* Every option of every command changes something that it should, or is refused: one table, and no option without an entry. */
#include "../report/result_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/command.h"

#define TEXT_CAPACITY 8192
#define PARTS_MAX 3

typedef struct option_case {
    const char *command, *option;
    const char *base, *changed; /* changed NULL: the base is refused */
    const char *seen;
    const char *parts[PARTS_MAX]; /* of the refusal */
} option_case;

static const option_case cases[] = {
#define DIFFERS(name, what, first, second, where)                                                            \
    {.command = name, .option = what, .base = first, .changed = second, .seen = where},
#define REFUSED(name, what, line, ...)                                                                       \
    {.command = name, .option = what, .base = line, .parts = {__VA_ARGS__}},
#include "options.def"
};
#define CASE_COUNT (sizeof cases / sizeof cases[0])

/* ---- files that the lines share ---- */

static char program[TEXT_CAPACITY]; /* absolute: lines run in the test's directory */

static void text_write(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static void array_write(const char *path, size_t rank, const size_t *shape, uint64_t seed, double scale)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, path, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = scale * rpe_test_number(seed, i);
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    rpe_array_destroy(&array);
}

/* q.npy with one element a little larger, a symmetric table with a positive spectrum, and three segments. */
static void special_arrays_write(void)
{
    rpe_array near = {0}, even = {0}, segments = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&segments, RPE_DOUBLE, 1, (const size_t[]){6}, "s.npy", &error), &error);
    for (int i = 0; i < 6; i++)
        ((double *)segments.values)[i] = i / 2;
    rpe_test_ok(rpe_npy_write("s.npy", &segments, &error), &error);
    rpe_array_destroy(&segments);
    const size_t shape[] = {1, 1, 9};
    rpe_test_ok(rpe_npy_read("q.npy", RPE_NPY_DOUBLE, &near, &error), &error);
    ((double *)near.values)[3] *= 1.001;
    rpe_test_ok(rpe_npy_write("near.npy", &near, &error), &error);
    rpe_array_destroy(&near);
    rpe_test_ok(rpe_array_create(&even, RPE_DOUBLE, 3, shape, "even.npy", &error), &error);
    for (int i = 0; i < 9; i++)
        ((double *)even.values)[i] = exp(-fabs(i - 4.0));
    rpe_test_ok(rpe_npy_write("even.npy", &even, &error), &error);
    rpe_array_destroy(&even);
}

#define SINE(phase)                                                                                          \
    "{\"type\":\"sine\",\"frequency\":[[[0.1,0.3],[0.2,0.05]],[[0.4,0.01],[0.33,0.25]]],"                    \
    "\"phase\":[[[" phase                                                                                    \
    ",1],[0.5,0]],[[0.2,2],[0,0]]],\"gain\":[[[0.8,0.5],[1,0.3]],[[0.6,0.7],[0.9,0.2]]]"
#define EXPERIMENT                                                                                           \
    "{\"title\":\"A title\",\"question\":\"A question?\",\"picture\":\"error\","                             \
    "\"seed\":1,\"measures\":[\"score_error\"],\"grids\":[{\"name\":\"g\",\"inputs\":[{\"name\":\"a\","      \
    "\"kernel\":\"k.json\",\"gaussian\":{\"queries\":5,\"values\":2}}],\"methods\":[\"softmax\"],"           \
    "\"samplers\":[\"gaussian\"],\"realizations\":[4,8,16],\"trials\":{\"minimum\":4},"                      \
    "\"quick\":{\"realizations\":[4,8,32]}}]}"

#define TIMED                                                                                                \
    "{\"title\":\"A title\",\"question\":\"A question?\",\"picture\":\"scaling\",\"axis\":\"keys\","         \
    "\"measures\":[\"runtime\"],\"grids\":[{\"name\":\"g\",\"inputs\":[{\"name\":\"a\",\"kernel\":\"k."      \
    "json\","                                                                                                \
    "\"gaussian\":{\"queries\":8,\"values\":2}}],\"methods\":[\"relu\"],\"samplers\":[\"gaussian\"],"        \
    "\"realizations\":[4],\"trials\":{\"minimum\":2}}]}"

/* Another file with this program. */
static void program_copy(void)
{
    char line[2 * TEXT_CAPACITY];
    snprintf(line, sizeof line, "cp '%s' other", program);
    assert_int_equal(system(line), 0);
}

static void inputs_write(void)
{
    text_write("k.json", SINE("0") "}");
    text_write("k2.json", SINE("2") "}");
    text_write("gated.json", SINE("0") ",\"gate\":[[0.25,0],[0.6,0.1]]}");
    text_write("s.json", EXPERIMENT);
    text_write("s2.json", EXPERIMENT);
    text_write("timed.json", TIMED);
    program_copy();
    array_write("q.npy", 3, (const size_t[]){6, 2, 2}, 1, 1);
    array_write("q2.npy", 3, (const size_t[]){6, 2, 2}, 2, 1);
    array_write("k.npy", 3, (const size_t[]){6, 2, 2}, 3, 1);
    array_write("hq.npy", 3, (const size_t[]){2, 6, 2}, 1, 1);
    array_write("hk.npy", 3, (const size_t[]){2, 6, 2}, 3, 1);
    array_write("v.npy", 3, (const size_t[]){6, 2, 2}, 4, 1);
    array_write("z.npy", 4, (const size_t[]){2, 2, 4, 3}, 5, 2);
    array_write("z2.npy", 4, (const size_t[]){2, 2, 4, 3}, 6, 2);
    array_write("e.npy", 3, (const size_t[]){2, 2, 3}, 7, 2);
    array_write("e2.npy", 3, (const size_t[]){2, 2, 3}, 8, 2);
    array_write("w.npy", 2, (const size_t[]){5, 2}, 9, 2);
    array_write("w2.npy", 2, (const size_t[]){5, 2}, 10, 2);
    array_write("t.npy", 3, (const size_t[]){1, 2, 9}, 11, 1);
    array_write("t2.npy", 3, (const size_t[]){1, 2, 9}, 12, 1);
    array_write("m.npy", 1, (const size_t[]){6}, 13, 5);
    special_arrays_write();
}

#define FOUR(a, b, c, d) .trials = 4, .values = {a, b, c, d}
#define TEN(x, s)                                                                                            \
    .trials = 10, .values = {x * s,        x * s * 1.01, x * s * 1.02, x * s * 1.03, x * s * 1.04,           \
                             x * s * 1.05, x * s * 1.06, x * s * 1.07, x * s * 1.08, x * s * 1.09}
#define ERRORS(factor)                                                                                       \
    {                                                                                                        \
        .point = "4", .measure = "score_error",                                                              \
        FOUR(1.00 * (factor), 1.21 * (factor), 1.10 * (factor), 1.05 * (factor)), .root = true               \
    }
#define TIMES(factor)                                                                                        \
    {                                                                                                        \
        .point = "5", .measure = "runtime", TEN(1e-3, factor)                                                \
    }
#define BYTES(count)                                                                                         \
    {                                                                                                        \
        .point = "6", .measure = "call_bytes", .trials = 1, .values = { count }                              \
    }

/* Runs that differ from "a" in one respect each. */
static void results_write(void)
{
    static const made_row same[] = {ERRORS(1), TIMES(1), BYTES(1000)},
                          worse[] = {ERRORS(1.21), TIMES(1), BYTES(1000)},
                          slow[] = {ERRORS(1), TIMES(1.5), BYTES(1000)},
                          large[] = {ERRORS(1), TIMES(1), BYTES(1500)},
                          vague[] = {{.point = "4",
                                      .measure = "score_error",
                                      FOUR(1.5, 0.7, 1.2, 0.9),
                                      .root = true},
                                     TIMES(1),
                                     BYTES(1000)};
    static const struct {
        const char *directory, *processor;
        const made_row *rows;
        size_t count;
    } made[] = {{"a", "P", same, 3},       {"b", "P", worse, 3},      {"time", "P", slow, 3},
                {"memory", "P", large, 3}, {"machine", "Q", slow, 3}, {"a2", "P", vague, 3},
                {"short", "P", same, 1}};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        result_make(&(made_result){.directory = made[i].directory,
                                   .name = "e",
                                   .processor = made[i].processor,
                                   .rows = made[i].rows,
                                   .count = made[i].count});
}

/* ---- running ---- */

/* Exit status; stdout and stderr go to files. */
static int line_run(const char *command, const char *line)
{
    char text[2 * TEXT_CAPACITY];
    int output = open("stdout", O_WRONLY | O_CREAT | O_TRUNC, 0666),
        errors = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(output >= 0 && errors >= 0);
    snprintf(text, sizeof text, "%s %s", command, line);
    int status = rpe_test_program_run(text, output, errors);
    close(output);
    close(errors);
    return status;
}

/* What the line left, in a folder of its own: the bytes of a file, or the status as text; owned by the caller. */
typedef struct seen {
    int status;
    char *bytes; /* NULL: no such file */
    size_t count;
} seen;

static void file_take(const char *path, seen *found)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return;
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    found->count = (size_t)ftell(stream);
    rewind(stream);
    found->bytes = malloc(found->count + 1);
    assert_non_null(found->bytes);
    assert_int_equal(fread(found->bytes, 1, found->count, stream), found->count);
    found->bytes[found->count] = '\0';
    assert_int_equal(fclose(stream), 0);
}

static seen line_see(const option_case *one, const char *line, size_t number)
{
    char folder[64];
    seen found = {0};
    snprintf(folder, sizeof folder, "of-%zu-%d", number, line == one->changed);
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_int_equal(chdir(folder), 0);
    found.status = line_run(one->command, line);
    const char *what = one->seen == NULL ? "stderr" : one->seen;
    if (strcmp(what, "status") != 0)
        file_take(what, &found);
    assert_int_equal(chdir(".."), 0);
    return found;
}

static bool is_refused(const option_case *one, size_t number)
{
    seen found = line_see(one, one->base, number);
    bool refused = found.status == 2 && found.bytes != NULL;
    for (size_t i = 0; refused && i < PARTS_MAX && one->parts[i] != NULL; i++)
        refused = strstr(found.bytes, one->parts[i]) != NULL;
    if (!refused)
        print_error("%s %s\n  expected a refusal of --%s, found status %d, %s\n", one->command, one->base,
                    one->option, found.status, found.bytes == NULL ? "" : found.bytes);
    free(found.bytes);
    return refused;
}

/* Whether the line gives the option, as a word or as a word and its value. */
static bool is_given(const char *line, const char *option)
{
    char word[64];
    snprintf(word, sizeof word, "--%s", option);
    const char *at = strstr(line, word);
    return at != NULL && strchr(" =", at[strlen(word)]) != NULL; /* the end counts as found */
}

static bool is_different(const option_case *one, size_t number)
{
    seen base = line_see(one, one->base, number), changed = line_see(one, one->changed, number);
    bool by_status = strcmp(one->seen, "status") == 0;
    bool worked = by_status || (base.status != 2 && changed.status != 2);
    bool differ = by_status
                      ? base.status != changed.status
                      : (base.bytes == NULL) != (changed.bytes == NULL) || base.count != changed.count ||
                            (base.bytes != NULL && memcmp(base.bytes, changed.bytes, base.count) != 0);
    bool there = by_status || base.bytes != NULL || changed.bytes != NULL;
    if (!worked || !differ || !there || !is_given(one->changed, one->option))
        print_error("%s %s\n%s %s\n  status %d and %d: expected that --%s changes %s\n", one->command,
                    one->base, one->command, one->changed, base.status, changed.status, one->option,
                    one->seen);
    free(base.bytes);
    free(changed.bytes);
    return worked && differ && there && is_given(one->changed, one->option);
}

static void test_every_case(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < CASE_COUNT; i++)
        failed += cases[i].changed == NULL ? !is_refused(&cases[i], i) : !is_different(&cases[i], i);
    print_message("%zu lines of the table\n", (size_t)CASE_COUNT);
    assert_int_equal(failed, 0);
}

static bool has_entry(const char *command, const char *option)
{
    for (size_t i = 0; i < CASE_COUNT; i++)
        if (cases[i].changed != NULL && strcmp(cases[i].command, command) == 0 &&
            strcmp(cases[i].option, option) == 0)
            return true;
    return false;
}

/* An option that is added is added to the table, and none is there that no command has. */
static void test_the_table_is_whole(void **state)
{
    (void)state;
    size_t missing = 0, known = 0;
    for (size_t i = 0; i < rpe_command_count(); i++) {
        const rpe_command *command = rpe_command_at(i);
        for (size_t j = 0; j < command->option_count; j++) {
            const char *option = command->options[j].name;
            if (!has_entry(command->name, option)) {
                print_error("tests/cli/options.def: expected DIFFERS(\"%s\", \"%s\", ...), found none\n",
                            command->name, option);
                missing++;
            }
            for (size_t k = 0; k < CASE_COUNT; k++)
                known += strcmp(cases[k].command, command->name) == 0 && strcmp(cases[k].option, option) == 0;
        }
    }
    assert_int_equal(missing, 0);
    assert_int_equal(known, CASE_COUNT);
}

/* Those that every command has. */
static void test_common_options(void **state)
{
    (void)state;
    static const struct {
        const char *command, *line, *file;
    } lines[] = {
        {"kernel", "--kernel ../k.json --length 4 --output o.npy", "o.npy"},
        {"encode", "--queries ../q.npy --keys ../k.npy --kernel ../k.json --output . --realizations 3",
         "keys.npy"},
        {"attend", "--queries ../q.npy --keys ../k.npy --values ../v.npy --output o.npy --method softmax",
         "o.npy"},
        {"run", "../s.json --no-plot --output r", "r/s.csv"},
        {"merge", "../shards --output r", "r/s.npy"},
        {"verify", "fit-exact --all --csv f", "f"},
        {"check",
         "--kernel ../k.json --query-codes ../codes/query_codes.npy --key-codes ../codes/key_codes.npy "
         "--json f",
         "f"},
        {"fit", "--table ../t.npy --type sine --output o.json", "o.json"},
        {"compare", "../a ../b --json f", "f"},
        {"report", "../first --output p.html", "p.html"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char line[TEXT_CAPACITY];
        option_case one = {.command = lines[i].command, .base = lines[i].line, .seen = lines[i].file};
        seen plain = line_see(&one, one.base, 1000 + 10 * i);
        if (plain.bytes == NULL)
            fail_msg("%s %s: expected the file %s, found none", one.command, one.base, lines[i].file);
        /* The results are the same for any number of threads, and quietly. */
        static const char *const added[] = {"--threads 1", "--threads 3", "--quiet"};
        for (size_t j = 0; j < sizeof added / sizeof added[0]; j++) {
            snprintf(line, sizeof line, "%s %s", lines[i].line, added[j]);
            seen other = line_see(&one, line, 1001 + 10 * i + j);
            if (other.status != plain.status || other.count != plain.count || plain.bytes == NULL ||
                other.bytes == NULL || memcmp(other.bytes, plain.bytes, plain.count) != 0)
                fail_msg("%s %s: status %d, expected %d and the same %s", one.command, line, other.status,
                         plain.status, lines[i].file);
            free(other.bytes);
        }
        free(plain.bytes);
        one.seen = "stdout";
        snprintf(line, sizeof line, "%s --quiet", lines[i].line);
        seen loud = line_see(&one, one.base, 1006 + 10 * i), quiet = line_see(&one, line, 1007 + 10 * i);
        assert_true(loud.count > 0);
        if (quiet.count > 0)
            fail_msg("%s --quiet prints %s", one.command, quiet.bytes);
        free(loud.bytes);
        free(quiet.bytes);
        snprintf(line, sizeof line, "%s --threads 0", lines[i].line);
        one.parts[0] = "--threads";
        one.base = line;
        one.seen = NULL;
        assert_true(is_refused(&one, 1008 + 10 * i));
    }
}

static void shared_make(void)
{
    static const char *const lines[][2] = {
        {"run", "s.json --no-plot --output first --seed 1"},
        {"run", "s2.json --no-plot --output first2 --seed 1"},
        {"run", "s.json --no-plot --output third --seed 3"},
        {"run", "s.json --no-plot --output shards --shard 1/2"},
        {"run", "s.json --no-plot --output shards --shard 2/2"},
        {"encode", "--queries q.npy --keys k.npy --kernel k.json --output codes --realizations 400 --codes"},
        {"encode", "--queries q.npy --keys k.npy --kernel k.json --output signs --realizations 400 --codes "
                   "--sampler rademacher"},
        {"encode", "--queries q.npy --keys k.npy --kernel k.json --output rounded --realizations 400 --codes "
                   "--precision single"},
        {"verify", "fit-exact --output verdicts"},
        {"verify", "fit-exact --mutants --output verdicts"},
        {"verify", "code-mean --case sine --sampler gaussian --quick --calibrate 2 --output verdicts"},
    };
    inputs_write();
    results_write();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (line_run(lines[i][0], lines[i][1]) > 1)
            print_error("%s %s: not made\n", lines[i][0], lines[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_table_is_whole),
                                       cmocka_unit_test(test_every_case),
                                       cmocka_unit_test(test_common_options)};
    if (realpath(RPE_TEST_PROGRAM, program) == NULL || chdir(rpe_test_directory("every-option")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    shared_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
