/* The commands on the golden arrays, in this process: the command of each case, as the manifest has it, gives its outputs. */
#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "encoding/sampler.h"
#include "file/json.h"
#include "file/npy.h"
#include "method/method.h"

#define WORDS_MAX 32
#define PATH_CAPACITY 4096
#define LINE_CAPACITY 2048

static char directory[256]; /* of all outputs */

/* A command line: words owned here. */
typedef struct command_line {
    int count;
    char words[WORDS_MAX][PATH_CAPACITY];
} command_line;

static command_line line;

static void line_add(const char *word)
{
    assert_true(line.count < WORDS_MAX);
    snprintf(line.words[line.count++], PATH_CAPACITY, "%s", word);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Splits at spaces; bare names of files are golden files and get their folder, the word after --output becomes output (unless
   that is NULL), [--causal] is kept iff causal. */
static void line_make(const char *command, const char *output, bool causal)
{
    char text[LINE_CAPACITY];
    bool after_output = false;
    line.count = 0;
    snprintf(text, sizeof text, "%s", command);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        bool file = ends_with(word, ".npy") || ends_with(word, ".json");
        if (after_output && output != NULL)
            line_add(output);
        else if (strcmp(word, "[--causal]") != 0)
            line_add(file && strchr(word, '/') == NULL ? rpe_test_golden(word) : word);
        else if (causal)
            line_add("--causal");
        after_output = strcmp(word, "--output") == 0;
    }
    line_add("--quiet");
}

static void line_run(void)
{
    char *words[WORDS_MAX];
    rpe_error error = {""};
    for (int i = 0; i < line.count; i++)
        words[i] = line.words[i];
    rpe_test_ok(rpe_program_run(line.count, words, NULL, &error), &error);
}

static void words_run(const char *text)
{
    line_make(text, NULL, false);
    line_run();
}

static rpe_array array_read(const char *path, rpe_npy_precision precision)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read(path, precision, &array, &error), &error);
    return array;
}

static void output_compare(const char *path, const char *golden_name, rpe_precision stored, double tolerance)
{
    rpe_array as_stored = array_read(path, RPE_NPY_AS_STORED);
    rpe_array array = array_read(path, RPE_NPY_DOUBLE);
    rpe_array golden = rpe_test_golden_read(golden_name);
    assert_int_equal(as_stored.precision, stored);
    assert_int_equal(rpe_array_count(&array), rpe_array_count(&golden));
    double error = rpe_test_error(rpe_array_count(&array), array.values, golden.values);
    if (!(error <= tolerance))
        fail_msg("%s: error %.3g, tolerance %.3g", golden_name, error, tolerance);
    rpe_array_destroy(&golden);
    rpe_array_destroy(&array);
    rpe_array_destroy(&as_stored);
}

typedef struct golden_case {
    const char *name, *group, *command;
    const json_t *outputs;
    double tolerance, single_tolerance; /* 0: none */
} golden_case;

static const char *output_name(const golden_case *golden, const char *key)
{
    return json_string_value(json_object_get(golden->outputs, key));
}

static void kernel_case(const golden_case *golden)
{
    char path[PATH_CAPACITY];
    snprintf(path, sizeof path, "%s/%s.npy", directory, golden->name);
    line_make(golden->command, path, false);
    line_run();
    output_compare(path, output_name(golden, "kernel_matrix"), RPE_DOUBLE, golden->tolerance);
}

static void encode_case(const golden_case *golden)
{
    static const char *const keys[] = {"queries", "keys", "query_codes", "key_codes"};
    char folder[PATH_CAPACITY / 2], path[PATH_CAPACITY];
    for (int precision = RPE_SINGLE; precision <= RPE_DOUBLE; precision++) {
        snprintf(folder, sizeof folder, "%s/%s.%d", directory, golden->name, precision);
        line_make(golden->command, folder, false);
        line_add("--precision");
        line_add(rpe_precision_name((rpe_precision)precision));
        line_run();
        /* The bound for single precision is of the vectors, not of the codes. */
        for (size_t i = 0; i < (precision == RPE_DOUBLE ? 4 : 2); i++) {
            snprintf(path, sizeof path, "%s/%s.npy", folder, keys[i]);
            output_compare(path, output_name(golden, keys[i]), (rpe_precision)precision,
                           precision == RPE_DOUBLE ? golden->tolerance : golden->single_tolerance);
        }
    }
}

static void attend_case(const golden_case *golden)
{
    static const char *const keys[] = {"output", "output_causal"};
    char path[PATH_CAPACITY];
    for (size_t causal = 0; causal < 2; causal++) {
        if (output_name(golden, keys[causal]) == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s.%s.npy", directory, golden->name, keys[causal]);
        line_make(golden->command, path, causal == 1);
        line_run();
        output_compare(path, output_name(golden, keys[causal]), RPE_DOUBLE, golden->tolerance);
    }
}

/* Attention methods that this program does not have are left out. */
static bool method_is_there(const char *command)
{
    char name[64] = "";
    const char *at = strstr(command, "--method ");
    return at == NULL || (sscanf(at, "--method %63s", name) == 1 && rpe_method_find(name) != NULL);
}

static size_t group_run(const char *group, void (*run)(const golden_case *))
{
    rpe_json manifest = {0};
    rpe_error error = {""};
    size_t index, ran = 0;
    json_t *entry;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(json_object_get(manifest.root, "cases"), index, entry)
    {
        const json_t *tolerance = json_object_get(entry, "tolerance");
        const golden_case golden = {
            .name = json_string_value(json_object_get(entry, "name")),
            .group = json_string_value(json_object_get(entry, "group")),
            .command = json_string_value(json_object_get(entry, "command")),
            .outputs = json_object_get(entry, "outputs"),
            .tolerance = json_number_value(json_object_get(tolerance, "double")),
            .single_tolerance = json_number_value(json_object_get(tolerance, "single")),
        };
        if (strcmp(golden.group, group) != 0 || golden.command == NULL || !method_is_there(golden.command))
            continue;
        run(&golden);
        ran++;
    }
    rpe_json_destroy(&manifest);
    return ran;
}

static void test_kernel(void **state)
{
    (void)state;
    assert_true(group_run("kernel", kernel_case) >= 14);
}

static void test_encode(void **state)
{
    (void)state;
    assert_true(group_run("encode", encode_case) >= 15);
}

static void test_attend(void **state)
{
    (void)state;
    assert_true(group_run("attend", attend_case) >= 19);
}

/* ---- batches, threads, composition ---- */

static void array_write(const char *name, size_t rank, const size_t *shape, uint64_t seed)
{
    char path[PATH_CAPACITY];
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, name, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = rpe_test_number(seed, i);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    rpe_array_destroy(&array);
}

/* Item number item of NAME.npy, a batch, as NAME.item.npy */
static void item_write(const char *name, size_t item)
{
    char path[PATH_CAPACITY];
    rpe_error error = {""};
    snprintf(path, sizeof path, "%s/%s.npy", directory, name);
    rpe_array batch = array_read(path, RPE_NPY_DOUBLE),
              view = {.precision = RPE_DOUBLE, .rank = batch.rank - 1};
    memcpy(view.shape, batch.shape + 1, view.rank * sizeof view.shape[0]);
    view.values = (double *)batch.values + item * rpe_array_count(&view);
    snprintf(path, sizeof path, "%s/%s.item.npy", directory, name);
    rpe_test_ok(rpe_npy_write(path, &view, &error), &error);
    rpe_array_destroy(&batch);
}

/* The item of a batch's output equals the output of the item, bit for bit. */
static void item_compare(const char *batch_path, const char *item_path, size_t item)
{
    rpe_array batch = array_read(batch_path, RPE_NPY_AS_STORED),
              single = array_read(item_path, RPE_NPY_AS_STORED);
    size_t bytes = rpe_array_count(&single) * rpe_precision_size(single.precision);
    assert_int_equal(batch.rank, single.rank + 1);
    assert_memory_equal((char *)batch.values + item * bytes, single.values, bytes);
    rpe_array_destroy(&single);
    rpe_array_destroy(&batch);
}

/* The same bytes in two files. */
static void files_compare(const char *a, const char *b)
{
    rpe_array one = array_read(a, RPE_NPY_AS_STORED), two = array_read(b, RPE_NPY_AS_STORED);
    assert_int_equal(rpe_array_count(&one), rpe_array_count(&two));
    assert_memory_equal(one.values, two.values, rpe_array_count(&one) * rpe_precision_size(one.precision));
    rpe_array_destroy(&two);
    rpe_array_destroy(&one);
}

static void batch_encode(const char *kernel, size_t rank, const size_t *queries, const size_t *keys,
                         const char *precision)
{
    char text[LINE_CAPACITY], batch_path[PATH_CAPACITY], item_path[PATH_CAPACITY];
    const char *const names[] = {"queries", "keys"};
    array_write("bq.npy", rank, queries, 1);
    array_write("bk.npy", rank, keys, 2);
    snprintf(text, sizeof text,
             "rpebench encode --kernel %s --queries %s/bq.npy --keys %s/bk.npy --realizations 6 --seed 5 "
             "--precision %s --output %s/batch",
             kernel, directory, directory, precision, directory);
    words_run(text);
    for (size_t item = 0; item < queries[0]; item++) {
        item_write("bq", item);
        item_write("bk", item);
        snprintf(
            text, sizeof text,
            "rpebench encode --kernel %s --queries %s/bq.item.npy --keys %s/bk.item.npy --realizations 6 "
            "--seed 5 --precision %s --output %s/item",
            kernel, directory, directory, precision, directory);
        words_run(text);
        for (size_t i = 0; i < 2; i++) {
            snprintf(batch_path, sizeof batch_path, "%s/batch/%s.npy", directory, names[i]);
            snprintf(item_path, sizeof item_path, "%s/item/%s.npy", directory, names[i]);
            item_compare(batch_path, item_path, item);
        }
    }
}

static void test_batch(void **state)
{
    (void)state;
    batch_encode("encode_sine.kernel.json", 4, (size_t[]){3, 9, 2, 3}, (size_t[]){3, 6, 2, 3}, "double");
    batch_encode("encode_sine.kernel.json", 4, (size_t[]){2, 5, 2, 3}, (size_t[]){2, 33, 2, 3}, "single");
    batch_encode("encode_conv_gated.kernel.json", 4, (size_t[]){2, 5, 2, 3}, (size_t[]){2, 8, 2, 3},
                 "double");
    batch_encode("encode_conv_2d.kernel.json", 5, (size_t[]){2, 4, 3, 2, 2}, (size_t[]){2, 3, 5, 2, 2},
                 "double");
}

/* Any number of threads gives the same bits, for every sampler. */
static void test_threads(void **state)
{
    (void)state;
    char text[LINE_CAPACITY], one[PATH_CAPACITY], other[PATH_CAPACITY];
    array_write("tq.npy", 3, (size_t[]){70, 2, 3}, 1);
    array_write("tk.npy", 3, (size_t[]){41, 2, 3}, 2);
    for (size_t i = 0; i < rpe_sampler_count(); i++) {
        for (int threads = 1; threads <= 3; threads++) {
            snprintf(text, sizeof text,
                     "rpebench encode --kernel %s --queries %s/tq.npy --keys %s/tk.npy --realizations 8 "
                     "--sampler %s "
                     "--threads %d --codes --output %s/threads.%d",
                     "encode_sine_gated.kernel.json", directory, directory, rpe_sampler_at(i)->name, threads,
                     directory, threads);
            words_run(text);
            const char *const names[] = {"queries", "keys", "query_codes", "key_codes"};
            for (size_t name = 0; name < 4; name++) {
                snprintf(one, sizeof one, "%s/threads.1/%s.npy", directory, names[name]);
                snprintf(other, sizeof other, "%s/threads.%d/%s.npy", directory, threads, names[name]);
                files_compare(one, other);
            }
        }
    }
}

/* attend with a kernel is encode, then attend on what it wrote; method: the name, and what else the method needs. */
static void composition_check(const char *method)
{
    char text[LINE_CAPACITY], one[PATH_CAPACITY], two[PATH_CAPACITY];
    static const char kernel[] = "encode_sine_gated.kernel.json";
    array_write("cq.npy", 3, (size_t[]){12, 2, 3}, 1);
    array_write("ck.npy", 3, (size_t[]){9, 2, 3}, 2);
    array_write("cv.npy", 3, (size_t[]){9, 2, 4}, 3);
    snprintf(text, sizeof text,
             "rpebench encode --kernel %s --queries %s/cq.npy --keys %s/ck.npy --realizations 8 --seed 3 "
             "--shared-heads --output %s/encoded",
             kernel, directory, directory, directory);
    words_run(text);
    snprintf(text, sizeof text,
             "rpebench attend --method %s --queries %s/encoded/queries.npy --keys %s/encoded/keys.npy "
             "--values %s/cv.npy --causal --output %s/two.npy%s",
             method, directory, directory, directory, directory,
             strstr(method, "--features") != NULL ? " --seed 3" : "");
    words_run(text);
    snprintf(text, sizeof text,
             "rpebench attend --method %s --kernel %s --queries %s/cq.npy --keys %s/ck.npy "
             "--values %s/cv.npy --realizations 8 --seed=3 --shared-heads --causal --output %s/one.npy",
             method, kernel, directory, directory, directory, directory);
    words_run(text);
    snprintf(one, sizeof one, "%s/one.npy", directory);
    snprintf(two, sizeof two, "%s/two.npy", directory);
    rpe_array direct = array_read(one, RPE_NPY_DOUBLE), composed = array_read(two, RPE_NPY_DOUBLE);
    assert_int_equal(rpe_array_count(&direct), rpe_array_count(&composed));
    assert_true(rpe_test_error(rpe_array_count(&direct), direct.values, composed.values) <= 1e-13);
    rpe_array_destroy(&composed);
    rpe_array_destroy(&direct);
}

static void test_composition(void **state)
{
    (void)state;
    composition_check("softmax");
    composition_check("relu");
    composition_check("favor --features 20");
    composition_check("favor-iid --features 3");
    composition_check("favor-hyperbolic --features 1");
    composition_check("favor-trigonometric --features 9");
}

/* The seed draws projections too: with given noise, or without a kernel, another seed gives another output. */
static void test_projection_seed(void **state)
{
    (void)state;
    static const char *const noise[] = {"", "--kernel encode_sine.kernel.json --noise encode_sine.noise.npy"};
    char text[LINE_CAPACITY + PATH_CAPACITY], path[PATH_CAPACITY];
    snprintf(path, sizeof path, "%s/seed.npy", directory);
    for (size_t i = 0; i < 2; i++) {
        rpe_array outputs[2];
        for (size_t seed = 0; seed < 2; seed++) {
            snprintf(text, sizeof text,
                     "rpebench attend --method favor --features 6 --queries encode_sine.q.npy --keys "
                     "encode_sine.k.npy --values encode_sine.k.npy --seed %zu %s --output %s",
                     seed, noise[i], path);
            words_run(text);
            outputs[seed] = array_read(path, RPE_NPY_DOUBLE);
        }
        assert_true(((double *)outputs[0].values)[0] != ((double *)outputs[1].values)[0]);
        rpe_array_destroy(&outputs[1]);
        rpe_array_destroy(&outputs[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel),          cmocka_unit_test(test_encode),
        cmocka_unit_test(test_attend),          cmocka_unit_test(test_batch),
        cmocka_unit_test(test_threads),         cmocka_unit_test(test_composition),
        cmocka_unit_test(test_projection_seed),
    };
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("commands"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
