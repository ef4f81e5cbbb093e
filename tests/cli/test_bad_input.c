/* Bad input, as one table: every case ends in exit status 2 and one line on stderr that says which file or option, what was
   expected and what was found; no output file and no temporary file stays behind. */
#include "rpe_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpe_npy.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true /* the address sanitizer reserves more address space than a limit allows */
#else
#define SANITIZED false
#endif

#define WORDS_MAX 40
#define TEXT_CAPACITY 4096
#define PARTS_MAX 4

/* ---- files: the good ones of all cases, and recipes of the bad ones ---- */

static void bytes_write(const char *path, const void *bytes, size_t count)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, count, stream), count);
    assert_int_equal(fclose(stream), 0);
}

static void text_write(const char *path, const char *text)
{
    bytes_write(path, text, strlen(text));
}

static void array_write(const char *path, size_t rank, const size_t *shape, double scale)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, path, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = scale * rpe_test_number(rank, i);
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    rpe_array_destroy(&array);
}

#define MATRIX(a, b) "[[" a "," a "," a "],[" b "," b "," b "]]"
#define SINE(frequency, gain)                                                                                \
    "{\"type\":\"sine\",\"frequency\":" MATRIX("[0.1,0.2]", frequency) ",\"phase\":" MATRIX(                 \
        "[0,0.5]", "[0,1]") ",\"gain\":" MATRIX("[1,0.5]", gain)
#define GOOD_SINE SINE("[0.3,0.5]", "[0.5,0]")
#define GATE ",\"gate\":[[0,0.5,1],[0.1,0.2,0.3]]"
#define CONV(key_filter)                                                                                     \
    "{\"type\":\"conv\",\"query_filter\":" MATRIX("[1,0.5]", "[0.5,-1]") ",\"key_filter\":" key_filter
#define GOOD_CONV CONV(MATRIX("[1,2]", "[0,1]"))
/* N = 7 */
#define TABLE_ROW "[1,2,3,4,5,6,7,6,5,4,3,2,1]"
#define SHORT_ROW "[1,2,3,2,1]"

static char program[TEXT_CAPACITY]; /* absolute: cases run in the test's directory */

#define TIMED                                                                                                \
    "{\"title\": \"t\", \"question\": \"q\", \"picture\": \"scaling\", \"axis\": \"keys\", \"measures\": "   \
    "[\"runtime\"], \"grids\": [{\"name\": \"g\", \"inputs\": [{\"name\": \"i\", \"kernel\": \"k.json\", "   \
    "\"gaussian\": {\"queries\": 4, \"values\": 1}}], \"methods\": [\"relu\"], \"samplers\": "               \
    "[\"gaussian\"], "                                                                                       \
    "\"realizations\": [4], \"trials\": {\"minimum\": 2}}]}"

/* What a run is compared with: a copy of the program, a link to itself, and a file that only says that it is a program. */
static void programs_make(void)
{
    char line[2 * TEXT_CAPACITY];
    snprintf(line, sizeof line, "cp '%s' other", program);
    assert_int_equal(system(line), 0);
    assert_int_equal(symlink(program, "self"), 0);
    text_write("script", "no program\n");
    assert_int_equal(chmod("script", 0755), 0);
    text_write("timed.json", TIMED);
}

static void good_files_write(void)
{
    text_write("k.json", GOOD_SINE "}");
    text_write("gated.json", GOOD_SINE GATE "}");
    text_write("conv.json", GOOD_CONV "}");
    text_write("conv2.json", "{\"type\":\"conv\",\"query_filter\":" MATRIX(
                                 "[[1,2],[3,4]]", "[[1,0],[0,1]]") ","
                                                                   "\"key_filter\":" MATRIX(
                                                                       "[[1,2],[3,4]]", "[[1,0],[0,1]]") "}");
    text_write("table.json", "{\"type\":\"table\",\"values\":" MATRIX(TABLE_ROW, TABLE_ROW) "}");
    text_write("short.json", "{\"type\":\"table\",\"values\":" MATRIX(SHORT_ROW, SHORT_ROW) "}");
    array_write("q.npy", 3, (size_t[]){7, 2, 3}, 1);
    array_write("k.npy", 3, (size_t[]){7, 2, 3}, 1);
    array_write("v.npy", 3, (size_t[]){7, 2, 4}, 1);
    array_write("t.npy", 3, (size_t[]){2, 3, 13}, 1);
    array_write("bq.npy", 4, (size_t[]){2, 7, 2, 3}, 1);
    array_write("z.npy", 4, (size_t[]){2, 3, 4, 5}, 1);
    array_write("e.npy", 3, (size_t[]){2, 3, 5}, 1);
    array_write("huge.npy", 3, (size_t[]){7, 2, 3}, 1e200);
    mkdir("folder", 0777);
    mkdir("empty", 0777);
    text_write("file", "text\n");
    mkdir("input", 0777);
    array_write("input/queries.npy", 3, (size_t[]){7, 2, 3}, 1);
    mkdir("stored", 0777);
    text_write("stored/s.json", "{\"experiment\":\"s\"}");
    text_write("stored/s.csv", "experiment\n");
    array_write("stored/s.npy", 1, (size_t[]){4}, 1);
    programs_make();
}

/* A case's recipe makes bad.npy or bad.json from the case's text. */
typedef void (*recipe)(const char *text);

static void json_text(const char *text)
{
    text_write("bad.json", text);
}

static void npy_text(const char *text)
{
    text_write("bad.npy", text);
}

/* An array of the shape "7,2,3" of finite numbers. */
static void npy_shape(const char *text)
{
    size_t shape[RPE_RANK_MAX], rank = 0;
    for (const char *at = text; at != NULL && rank < RPE_RANK_MAX; at = strchr(at, ',')) {
        at += *at == ',';
        shape[rank++] = strtoull(at, NULL, 10);
    }
    array_write("bad.npy", rank, shape, 1);
}

/* A header dictionary of the given text and version, then data bytes. */
static void npy_write_raw(unsigned char major, const char *dictionary, size_t data)
{
    static unsigned char bytes[4096];
    size_t length = strlen(dictionary), padded = (10 + length + 1 + 63) / 64 * 64 - 10;
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = major;
    bytes[8] = (unsigned char)(padded & 255);
    bytes[9] = (unsigned char)(padded >> 8);
    memset(bytes + 10, ' ', padded);
    memcpy(bytes + 10, dictionary, length);
    bytes[10 + padded - 1] = '\n';
    bytes_write("bad.npy", bytes, 10 + padded + data);
}

#define GOOD_HEADER "{'descr': '<f8', 'fortran_order': False, 'shape': (7, 2, 3), }"
#define GOOD_DATA (42 * sizeof(double))

static void npy_header(const char *text)
{
    npy_write_raw(1, text, GOOD_DATA);
}

static void npy_version(const char *text)
{
    npy_write_raw((unsigned char)atoi(text), GOOD_HEADER, GOOD_DATA);
}

/* A good header with so many bytes of data. */
static void npy_data(const char *text)
{
    npy_write_raw(1, GOOD_HEADER, strtoull(text, NULL, 10));
}

/* The fifth number is the one in the text. */
static void npy_number(const char *text)
{
    npy_write_raw(1, GOOD_HEADER, GOOD_DATA);
    double number = strtod(text, NULL);
    FILE *stream = fopen("bad.npy", "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, -(long)GOOD_DATA + 4 * (long)sizeof number, SEEK_END), 0);
    assert_int_equal(fwrite(&number, sizeof number, 1, stream), 1);
    assert_int_equal(fclose(stream), 0);
}

/* 2.4 GB of zeros that take no room on the disk. */
static void npy_sparse(const char *text)
{
    npy_write_raw(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (50000000, 2, 3), }", 0);
    struct stat found;
    assert_int_equal(stat("bad.npy", &found), 0);
    assert_int_equal(truncate("bad.npy", found.st_size + 50000000L * 6 * (long)sizeof(double)), 0);
    (void)text;
}

/* A directory that nobody may write to; root may, so root leaves those cases out. */
static void locked_make(const char *text)
{
    assert_int_equal(mkdir(text, 0555), 0);
}

/* ---- the table ---- */

typedef enum shell { SHELL_NONE, SHELL_LIMIT_MEMORY, SHELL_LIMIT_FILE, SHELL_FULL_OUTPUT } shell;

static const char *const shell_scripts[] = {
    [SHELL_LIMIT_MEMORY] = "ulimit -v 700000; exec \"$0\" \"$@\"",
    /* A limit on the size of files, which ends a process that does not see to it. */
    [SHELL_LIMIT_FILE] = "ulimit -f 4; exec \"$0\" \"$@\"",
    [SHELL_FULL_OUTPUT] = "exec \"$0\" \"$@\" >/dev/full",
};

typedef struct bad_case {
    const char *arguments; /* separated by spaces; outputs are named out... */
    recipe make;           /* NULL: good files only */
    const char *text;      /* for the recipe */
    const char *parts[PARTS_MAX];
    shell in_shell;
    bool not_as_root;
} bad_case;

#define ENCODE(kernel, queries, keys, rest)                                                                  \
    "encode --output out --kernel " kernel " --queries " queries " --keys " keys " " rest
#define ENCODE_QUERIES ENCODE("k.json", "bad.npy", "k.npy", "--realizations 4")
#define ENCODE_KEYS ENCODE("k.json", "q.npy", "bad.npy", "--realizations 4")
#define ENCODE_KERNEL ENCODE("bad.json", "q.npy", "k.npy", "--realizations 4")
#define ENCODE_REST(rest) ENCODE("k.json", "q.npy", "k.npy", rest)
#define ATTEND(queries, keys, values, rest)                                                                  \
    "attend --output out.npy --queries " queries " --keys " keys " --values " values " " rest
#define ATTEND_REST(rest) ATTEND("q.npy", "k.npy", "v.npy", rest)
#define FIT(table, rest) "fit --output out.json --table " table " " rest
#define KERNEL(kernel, rest) "kernel --output out.npy --kernel " kernel " " rest

static const bad_case cases[] = {
/* An experiment that is right but for what it says of its picture. */
#define PICTURE(keys)                                                                                        \
    "{\"title\": \"t\", \"question\": \"q\", \"measures\": [\"score_error\"], " keys                         \
    ", \"grids\": [{\"name\": \"g\", "                                                                       \
    "\"inputs\": [{\"name\": \"i\", \"kernel\": \"k.json\", \"gaussian\": {\"queries\": 4, \"values\": "     \
    "1}}], "                                                                                                 \
    "\"methods\": [\"softmax\"], \"samplers\": [\"gaussian\"], \"realizations\": [4, 8], \"trials\": "       \
    "{\"minimum\": 2}}]}"
#define BAD_LINE(line, ...) {.arguments = line, .parts = {__VA_ARGS__}},
#define BAD_FILE(recipe, content, line, ...)                                                                 \
    {.make = recipe, .text = content, .arguments = line, .parts = {__VA_ARGS__}},
#define BAD_IN_SHELL(script, recipe, line, ...)                                                              \
    {.in_shell = script, .make = recipe, .arguments = line, .parts = {__VA_ARGS__}},
#define BAD_NOT_AS_ROOT(recipe, content, line, ...)                                                          \
    {.not_as_root = true, .make = recipe, .text = content, .arguments = line, .parts = {__VA_ARGS__}},
#include "bad_input.def"
};

#define CASE_COUNT (sizeof cases / sizeof cases[0])

/* ---- running a case ---- */

/* Exit status of the program; stderr goes to the file "stderr", stdout to "stdout". */
static int program_run(const bad_case *one)
{
    char text[TEXT_CAPACITY], *words[WORDS_MAX];
    size_t count = 0;
    int status = 0;
    if (one->in_shell != SHELL_NONE) {
        words[count++] = "sh";
        words[count++] = "-c";
        words[count++] = (char *)shell_scripts[one->in_shell];
    }
    words[count++] = program;
    snprintf(text, sizeof text, "%s", one->arguments);
    for (char *word = strtok(text, " "); word != NULL && count < WORDS_MAX - 1; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int errors = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        int results = open("stdout", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (dup2(errors, STDERR_FILENO) < 0 || dup2(results, STDOUT_FILENO) < 0)
            _exit(126);
        execv(one->in_shell != SHELL_NONE ? "/bin/sh" : program, words);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void errors_read(char text[TEXT_CAPACITY])
{
    FILE *stream = fopen("stderr", "r");
    assert_non_null(stream);
    text[fread(text, 1, TEXT_CAPACITY - 1, stream)] = '\0';
    fclose(stream);
}

/* A file named out... or a temporary one, in the directory or below: its name, or NULL.  Empty directories are fine. */
static bool leftover_find(const char *directory, char *name, size_t capacity)
{
    bool found = false, output = strncmp(directory, "out", 3) == 0;
    DIR *stream = opendir(directory);
    if (stream == NULL)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(stream)) != NULL;) {
        char path[TEXT_CAPACITY];
        struct stat what;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s%s%s", strcmp(directory, ".") == 0 ? "" : directory,
                 strcmp(directory, ".") == 0 ? "" : "/", entry->d_name);
        if (stat(path, &what) == 0 && S_ISDIR(what.st_mode))
            found = leftover_find(path, name, capacity);
        else if (output || strncmp(entry->d_name, "out", 3) == 0 || strstr(entry->d_name, ".tmp.") != NULL)
            found = snprintf(name, capacity, "%s", path) > 0;
    }
    closedir(stream);
    return found;
}

/* Complains and returns false when the case does not end as it must. */
static bool case_check(const bad_case *one)
{
    char errors[TEXT_CAPACITY], leftover[TEXT_CAPACITY];
    bool good = true;
    if (one->make != NULL)
        one->make(one->text);
    int status = program_run(one);
    errors_read(errors);
    const char *newline = strchr(errors, '\n');
    good &= status == 2;
    good &= strncmp(errors, "rpebench: ", 10) == 0;
    good &= newline != NULL && newline[1] == '\0';
    for (size_t i = 0; i < PARTS_MAX && one->parts[i] != NULL; i++)
        good &= strstr(errors, one->parts[i]) != NULL;
    if (!good) {
        print_error("rpebench %s\n  %s\n  status %d, stderr: %s\n  expected in it:", one->arguments,
                    one->text != NULL ? one->text : "", status, errors);
        for (size_t i = 0; i < PARTS_MAX && one->parts[i] != NULL; i++)
            print_error(" <%s>", one->parts[i]);
        print_error("\n");
    }
    if (leftover_find(".", leftover, sizeof leftover)) {
        print_error("rpebench %s\n  left the file %s\n", one->arguments, leftover);
        unlink(leftover);
        good = false;
    }
    unlink("bad.npy");
    unlink("bad.json");
    return good;
}

static void test_bad_input(void **state)
{
    (void)state;
    size_t failed = 0, left_out = 0;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        bool skip = (cases[i].in_shell == SHELL_LIMIT_MEMORY && SANITIZED) ||
                    (cases[i].not_as_root && geteuid() == 0);
        left_out += skip;
        if (!skip)
            failed += !case_check(&cases[i]);
    }
    print_message("%zu cases, %zu left out here, %zu failed\n", (size_t)CASE_COUNT, left_out, failed);
    assert_int_equal(failed, 0);
    assert_true(CASE_COUNT >= 60);
}

/* The good files of the cases are good: without this the cases could all fail for another reason. */
static void test_good_input(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "encode --kernel k.json --queries q.npy --keys k.npy --realizations 4 --output good",
        "encode --kernel k.json --queries q.npy --keys k.npy --noise z.npy --output good --quiet",
        "encode --kernel gated.json --queries q.npy --keys k.npy --noise z.npy --gate-noise e.npy --output "
        "good",
        "encode --kernel conv.json --queries q.npy --keys k.npy --realizations 4 --output good",
        "encode --kernel k.json --queries bq.npy --keys bq.npy --realizations 4 --output good",
        "attend --method explicit --kernel table.json --queries q.npy --keys k.npy --values v.npy --output "
        "good/o.npy",
        "attend --method softmax --queries q.npy --keys k.npy --values v.npy --output good/o.npy",
        "kernel --kernel short.json --length 3 --output good/P.npy",
        "kernel --kernel conv2.json --length 3,4 --output good/P.npy",
        "fit --table t.npy --type sine --output good/K.json",
        "fit --table t.npy --type conv --size 5 --output good/K.json",
        "compare q.npy q.npy",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char errors[TEXT_CAPACITY];
        const bad_case one = {.arguments = lines[i]};
        int status = program_run(&one);
        errors_read(errors);
        if (status != 0 || errors[0] != '\0')
            fail_msg("rpebench %s: status %d, stderr: %s", lines[i], status, errors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good_input), cmocka_unit_test(test_bad_input)};
    if (realpath(RPE_TEST_PROGRAM, program) == NULL || chdir(rpe_test_directory("bad-input")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    good_files_write();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
