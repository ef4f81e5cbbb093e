/* Bad input, as one table: every case ends in exit status 2 and one line on stderr that says which file or option, what was
   expected and what was found; no output file and no temporary file stays behind. */
#include "bad_input_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true /* the address sanitizer reserves more address space than a limit allows */
#else
#define SANITIZED false
#endif

#define WORDS_MAX 40
#define PARTS_MAX 4

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
