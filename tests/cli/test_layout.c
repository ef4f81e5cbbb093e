/* --layout: inputs whose axes are in another order give, bit for bit, the outputs in that order, for every command that reads
   arrays; what is read as what is said, and more heads than positions are warned of. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "file/json.h"
#include "file/npy.h"
#include "rpe_test.h"

#define WORDS_MAX 40
#define CAPACITY 4096

static char directory[256];
static char said[2][CAPACITY]; /* on standard output and standard error, by the last command */

static const char *in_directory(const char *name)
{
    static char paths[4][CAPACITY];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, CAPACITY, "%s/%s", directory, name);
    return path;
}

/* What a stream says, into a file and from there. */
static int stream_turn(FILE *stream, const char *name)
{
    fflush(stream);
    int kept = dup(fileno(stream));
    assert_non_null(freopen(in_directory(name), "w", stream));
    return kept;
}

static void stream_return(FILE *stream, int kept, const char *name, char *text)
{
    fflush(stream);
    dup2(kept, fileno(stream));
    close(kept);
    FILE *file = fopen(in_directory(name), "r");
    assert_non_null(file);
    text[fread(text, 1, CAPACITY - 1, file)] = '\0';
    fclose(file);
}

/* Runs a command line; a word @NAME is a file of the directory. */
static rpe_status line_run(const char *text, rpe_error *error)
{
    static char words[WORDS_MAX][CAPACITY];
    char *arguments[WORDS_MAX], copy[CAPACITY];
    int count = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "), count++) {
        snprintf(words[count], CAPACITY, "%s", word[0] == '@' ? in_directory(word + 1) : word);
        arguments[count] = words[count];
    }
    int kept_out = stream_turn(stdout, "stdout"), kept_error = stream_turn(stderr, "stderr");
    rpe_status status = rpe_program_run(count, arguments, NULL, error);
    stream_return(stdout, kept_out, "stdout", said[0]);
    stream_return(stderr, kept_error, "stderr", said[1]);
    return status;
}

static void run(const char *text)
{
    rpe_error error = {""};
    rpe_test_ok(line_run(text, &error), &error);
}

static rpe_array array_read(const char *name)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read(in_directory(name), RPE_NPY_DOUBLE, &array, &error), &error);
    return array;
}

/* The letter of each axis; positions of two axes are n and then m. */
static void letters_spread(const char *layout, size_t axes, char letters[RPE_RANK_MAX + 1])
{
    size_t used = 0;
    for (; *layout != '\0'; layout++) {
        letters[used++] = *layout;
        if (*layout == 'n' && axes == 2)
            letters[used++] = 'm';
    }
    letters[used] = '\0';
}

/* Index of an element in `to` of the element that is flat in `from`: by the letters alone. */
static size_t place_of(const rpe_array *array, const char *from, const char *to, size_t flat)
{
    size_t index[128] = {0}, extent[128] = {0}, place = 0;
    for (size_t i = array->rank; i-- > 0; flat /= array->shape[i]) {
        index[(int)from[i]] = flat % array->shape[i];
        extent[(int)from[i]] = array->shape[i];
    }
    for (; *to != '\0'; to++)
        place = place * extent[(int)*to] + index[(int)*to];
    return place;
}

/* NAME.npy whose axes are in the order `from`, as OTHER.npy in the order `to`. */
static void transposed_write(const char *name, const char *other, const char *from, const char *to,
                             size_t axes)
{
    char from_letters[RPE_RANK_MAX + 1], to_letters[RPE_RANK_MAX + 1];
    rpe_error error = {""};
    letters_spread(from, axes, from_letters);
    letters_spread(to, axes, to_letters);
    rpe_array array = array_read(name), turned = {0};
    size_t shape[RPE_RANK_MAX];
    for (size_t i = 0; i < array.rank; i++)
        shape[i] = array.shape[strchr(from_letters, to_letters[i]) - from_letters];
    rpe_test_ok(rpe_array_create(&turned, RPE_DOUBLE, array.rank, shape, "turned", &error), &error);
    for (size_t i = 0, count = rpe_array_count(&array); i < count; i++)
        ((double *)turned.values)[place_of(&array, from_letters, to_letters, i)] =
            ((const double *)array.values)[i];
    rpe_test_ok(rpe_npy_write(in_directory(other), &turned, &error), &error);
    rpe_array_destroy(&turned);
    rpe_array_destroy(&array);
}

/* OTHER.npy is NAME.npy in the other order. */
static void transposed_expect(const char *name, const char *other, const char *from, const char *to,
                              size_t axes)
{
    transposed_write(name, "expected.npy", from, to, axes);
    rpe_array expected = array_read("expected.npy"), found = array_read(other);
    assert_int_equal(found.rank, expected.rank);
    assert_memory_equal(found.shape, expected.shape, found.rank * sizeof found.shape[0]);
    assert_memory_equal(found.values, expected.values, rpe_array_count(&found) * sizeof(double));
    rpe_array_destroy(&expected);
    rpe_array_destroy(&found);
}

static void numbers_write(const char *name, size_t rank, const size_t *shape, uint64_t seed)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, name, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = rpe_test_number(seed, i);
    rpe_test_ok(rpe_npy_write(in_directory(name), &array, &error), &error);
    rpe_array_destroy(&array);
}

/* Queries, keys and values of 2 items where there is a batch, of 7 and 9 (or 3 x 2 and 2 x 4) positions, 2 heads, D = 3, V = 4. */
static void inputs_write(bool batched, size_t axes)
{
    static const struct {
        const char *name;
        size_t extent[2], last;
    } inputs[] = {{"q.npy", {7, 2}, 3}, {"k.npy", {9, 4}, 3}, {"v.npy", {9, 4}, 4}};
    for (size_t i = 0; i < 3; i++) {
        size_t shape[RPE_RANK_MAX], rank = 0;
        if (batched)
            shape[rank++] = 2;
        for (size_t axis = 0; axis < axes; axis++)
            shape[rank++] = axes == 1 ? inputs[i].extent[0] : axis == 0 ? 3 - i % 2 : inputs[i].extent[1];
        if (axes == 2 && i == 2) {
            shape[batched] = 2;
            shape[batched + 1] = 4;
        }
        shape[rank++] = 2;
        shape[rank++] = inputs[i].last;
        numbers_write(inputs[i].name, rank, shape, 40 + i);
    }
}

static void kernel_write(size_t axes)
{
    json_t *filters = json_array();
    for (size_t h = 0; h < 2; h++) {
        json_t *head = json_array();
        for (size_t d = 0; d < 3; d++) {
            double tap = 0.3 + 0.1 * (double)(3 * h + d);
            json_array_append_new(head, axes == 1 ? json_pack("[f,f]", tap, 0.5)
                                                  : json_pack("[[f,f],[f,f]]", tap, 0.5, -0.2, 0.4));
        }
        json_array_append_new(filters, head);
    }
    json_t *kernel =
        json_pack("{s:s, s:O, s:O}", "type", "conv", "query_filter", filters, "key_filter", filters);
    assert_int_equal(json_dump_file(kernel, in_directory("kernel.json"), 0), 0);
    json_decref(filters);
    json_decref(kernel);
}

static void inputs_turn(const char *usual, const char *layout, size_t axes)
{
    static const char *const names[][2] = {{"q.npy", "tq.npy"}, {"k.npy", "tk.npy"}, {"v.npy", "tv.npy"}};
    for (size_t i = 0; i < 3; i++)
        transposed_write(names[i][0], names[i][1], usual, layout, axes);
}

/* Without a batch, with one that leads unnamed, and anywhere. */
static const struct {
    const char *asked, *layout;
} orders[] = {{"nhd", "nhd"},   {"hnd", "hnd"},   {"ndh", "ndh"},  {"hdn", "hdn"},   {"dnh", "dnh"},
              {"dhn", "dhn"},   {"hnd", "bhnd"},  {"nhd", "bnhd"}, {"bhnd", "bhnd"}, {"nbhd", "nbhd"},
              {"hdnb", "hdnb"}, {"dbhn", "dbhn"}, {"bndh", "bndh"}};
#define ORDERS (sizeof orders / sizeof orders[0])

static void attend_turned(void **state)
{
    static const char *const methods[] = {
        "explicit", "relu", "softmax --kernel @kernel.json --realizations 4",
        "favor --features 5 --kernel @kernel.json --realizations 4 --causal",
        "explicit --kernel @kernel.json --causal"};
    char text[CAPACITY];
    (void)state;
    for (size_t i = 0; i < 2 * ORDERS; i++) {
        const char *layout = orders[i % ORDERS].layout, *usual = layout[3] == '\0' ? "nhd" : "bnhd";
        size_t axes = i % 5 >= 2 && i % 2 == 0 ? 2 : 1; /* where there is a kernel, images too */
        kernel_write(axes);
        inputs_write(layout[3] != '\0', axes);
        inputs_turn(usual, layout, axes);
        snprintf(text, sizeof text,
                 "rpebench attend --queries @q.npy --keys @k.npy --values @v.npy --quiet --output @o.npy "
                 "--method %s",
                 methods[i % 5]);
        run(text);
        snprintf(text, sizeof text,
                 "rpebench attend --queries @tq.npy --keys @tk.npy --values @tv.npy --quiet --output @to.npy "
                 "--layout %s --method %s",
                 orders[i % ORDERS].asked, methods[i % 5]);
        run(text);
        transposed_expect("o.npy", "to.npy", usual, layout, axes);
    }
}

/* Vectors and codes; and check reads the codes in that order. */
static void encode_and_check_turned(void **state)
{
    char text[CAPACITY], code_layout[8];
    (void)state;
    for (size_t i = 0; i < ORDERS; i++) {
        const char *layout = orders[i % ORDERS].layout, *usual = layout[3] == '\0' ? "nhd" : "bnhd";
        size_t axes = 1 + i % 2, used = 0;
        for (const char *letter = layout; *letter != '\0'; letter++)
            if (*letter != 'b')
                code_layout[used++] = *letter;
        memcpy(code_layout + used, "r", 2);
        kernel_write(axes);
        inputs_write(layout[3] != '\0', axes);
        inputs_turn(usual, layout, axes);
        run("rpebench encode --kernel @kernel.json --queries @q.npy --keys @k.npy --codes --realizations 80 "
            "--quiet --output @e");
        snprintf(text, sizeof text,
                 "rpebench encode --kernel @kernel.json --queries @tq.npy --keys @tk.npy --codes "
                 "--realizations 80 --quiet --output @te --layout %s",
                 orders[i % ORDERS].asked);
        run(text);
        transposed_expect("e/queries.npy", "te/queries.npy", usual, layout, axes);
        transposed_expect("e/keys.npy", "te/keys.npy", usual, layout, axes);
        transposed_expect("e/query_codes.npy", "te/query_codes.npy", "nhdr", code_layout, axes);
        transposed_expect("e/key_codes.npy", "te/key_codes.npy", "nhdr", code_layout, axes);
        run("rpebench check --kernel @kernel.json --query-codes @e/query_codes.npy --key-codes "
            "@e/key_codes.npy");
        char straight[CAPACITY];
        memcpy(straight, said[0], sizeof straight);
        snprintf(text, sizeof text,
                 "rpebench check --kernel @kernel.json --query-codes @te/query_codes.npy --key-codes "
                 "@te/key_codes.npy --layout %s",
                 code_layout);
        run(text);
        assert_string_equal(straight, said[0]);
        assert_non_null(strstr(straight, "H = 2 heads, D = 3, R = 80"));
    }
}

static void experiment_write(const char *name, const char *prefix, const char *layout)
{
    char queries[16], keys[16], values[16];
    snprintf(queries, sizeof queries, "%sq.npy", prefix);
    snprintf(keys, sizeof keys, "%sk.npy", prefix);
    snprintf(values, sizeof values, "%sv.npy", prefix);
    json_t *input = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", "mine", "kernel", "kernel.json",
                              "queries", queries, "keys", keys, "values", values, "layout", layout);
    json_t *experiment =
        json_pack("{s:s, s:s, s:s, s:s, s:[s], s:[{s:s, s:[o], s:[s], s:[s], s:[i], s:{s:i, s:i}}]}", "title",
                  "t", "question", "q", "reading", "r", "picture", "error", "measures", "output_error",
                  "grids", "name", "g", "inputs", input, "methods", "softmax", "samplers", "gaussian",
                  "realizations", 4, "trials", "minimum", 3, "maximum", 3);
    assert_non_null(experiment);
    assert_int_equal(json_dump_file(experiment, in_directory(name), 0), 0);
    json_decref(experiment);
}

/* The values of the trials of an experiment, whose name is in its streams. */
static void experiment_turned(void **state)
{
    (void)state;
    kernel_write(1);
    inputs_write(false, 1);
    experiment_write("mine.json", "", "nhd");
    run("rpebench run @mine.json --no-plot --quiet --output @usual");
    for (size_t i = 1; i < 6; i += 2) {
        inputs_turn("nhd", orders[i].layout, 1);
        experiment_write("mine.json", "t", orders[i].layout);
        run("rpebench run @mine.json --no-plot --quiet --output @turned");
        rpe_array usual = array_read("usual/mine.npy"), turned = array_read("turned/mine.npy");
        assert_int_equal(rpe_array_count(&usual), rpe_array_count(&turned));
        assert_memory_equal(usual.values, turned.values, rpe_array_count(&usual) * sizeof(double));
        rpe_array_destroy(&usual);
        rpe_array_destroy(&turned);
    }
}

static void said_expect(size_t stream, const char *part)
{
    if (strstr(said[stream], part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, said[stream]);
}

static void reading_is_said(void **state)
{
    (void)state;
    kernel_write(2);
    numbers_write("q.npy", 3, (size_t[]){4, 512, 8}, 1);
    run("rpebench attend --method relu --queries @q.npy --keys @q.npy --values @q.npy --output @o.npy");
    said_expect(0, "q.npy: [4,512,8] read as M = 4 positions, H = 512 heads, D = 8\n");
    said_expect(0, "q.npy: [4,512,8] read as N = 4 positions, H = 512 heads, V = 8\n");
    said_expect(1, "512 heads and 4 positions");
    said_expect(1, "--layout hnd");
    run("rpebench attend --method relu --queries @q.npy --keys @q.npy --values @q.npy --output @o.npy "
        "--quiet");
    assert_string_equal(said[0], "");
    said_expect(1, "warning");
    run("rpebench attend --method relu --queries @q.npy --keys @q.npy --values @q.npy --output @o.npy "
        "--layout hnd");
    said_expect(0, "q.npy: [4,512,8] read as M = 512 positions, H = 4 heads, D = 8\n");
    assert_string_equal(said[1], "");
    numbers_write("q.npy", 4, (size_t[]){2, 4, 64, 8}, 1);
    run("rpebench attend --method relu --queries @q.npy --keys @q.npy --values @q.npy --output @o.npy");
    said_expect(0, "q.npy: [2,4,64,8] read as B = 2 items, M = 4 positions, H = 64 heads, D = 8\n");
    said_expect(1, "--layout bhnd");
    inputs_write(true, 2);
    run("rpebench encode --kernel @kernel.json --queries @q.npy --keys @k.npy --realizations 4 --output @e");
    said_expect(0, "q.npy: [2,3,2,2,3] read as B = 2 items, M = 6 positions (3 x 2), H = 2 heads, D = 3\n");
    assert_string_equal(said[1], "");
}

static void refusal_expect(const char *text, const char *part)
{
    rpe_error error = {""};
    assert_int_equal(line_run(text, &error), RPE_ERROR_INPUT);
    if (strstr(error.message, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, error.message);
}

static void refusals(void **state)
{
    (void)state;
    kernel_write(1);
    inputs_write(false, 1);
    inputs_turn("nhd", "hnd", 1);
#define ATTEND                                                                                               \
    "rpebench attend --method explicit --queries @tq.npy --keys @tk.npy --values @tv.npy --output @o.npy"
    refusal_expect(ATTEND " --layout nhx", "--layout: expected an order of the letters n, h and d");
    refusal_expect(ATTEND " --layout nh", "found \"nh\"");
    refusal_expect(ATTEND " --layout bhnd", "tq.npy: expected shape [B,H,M,D], found [2,7,3]");
    refusal_expect(ATTEND " --kernel @kernel.json", "found [2,7,3]; is this [H,M,D]? try --layout hnd");
    refusal_expect(ATTEND " --layout ndh", "tk.npy: expected shape [*,7,3] as ");
    experiment_write("turned.json", "t", "hdd");
    refusal_expect("rpebench run @turned.json --output @results", "\"layout\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attend_turned),     cmocka_unit_test(encode_and_check_turned),
        cmocka_unit_test(experiment_turned), cmocka_unit_test(reading_is_said),
        cmocka_unit_test(refusals),
    };
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("layout"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
