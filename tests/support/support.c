#include "rpe_test.h"

#include <dirent.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "file/npy.h"

__attribute__((constructor)) static void spoil_memory(void)
{
    rpe_memory_spoil(true);
}

void rpe_test_spoil(void *values, size_t bytes)
{
    memset(values, 0xff, bytes);
}

const char *rpe_test_golden(const char *name)
{
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", RPE_TEST_GOLDEN, name);
    return path;
}

rpe_array rpe_test_golden_read(const char *name)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read_any(rpe_test_golden(name), RPE_NPY_DOUBLE, &array, &error), &error);
    return array;
}

double rpe_test_error(size_t count, const double *x, const double *golden)
{
    double largest_difference = 0.0, largest = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(golden[i]) || !isfinite(x[i])) {
            if (!(isinf(golden[i]) && x[i] == golden[i]))
                return INFINITY;
            continue;
        }
        largest_difference = fmax(largest_difference, fabs(x[i] - golden[i]));
        largest = fmax(largest, fabs(golden[i]));
    }
    return largest > 0.0 ? largest_difference / largest : largest_difference;
}

void rpe_test_ok_at(int status, const void *error, const char *file, int line)
{
    const rpe_error *filled = error;
    if (status != RPE_OK)
        print_error("%s:%d: status %d: %s\n", file, line, status, filled == NULL ? "" : filled->message);
    _assert_true(status == RPE_OK, "status == RPE_OK", file, line);
}

const char *rpe_test_directory(const char *name)
{
    static char path[4096];
    for (int attempt = 0; attempt < 100000; attempt++) {
        snprintf(path, sizeof path, "test-%s-%d", name, attempt);
        if (mkdir(path, 0777) == 0)
            return path;
        if (errno != EEXIST)
            break;
    }
    fail_msg("cannot create the directory %s: %s", path, strerror(errno));
    return path;
}

size_t rpe_test_files_count(const char *directory, const char *part)
{
    size_t count = 0;
    DIR *folder = opendir(directory);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strstr(entry->d_name, part) != NULL ? 1 : 0;
    closedir(folder);
    return count;
}

int rpe_test_program_run(const char *line, int output, int errors)
{
    enum { WORDS_MAX = 64 };
    char text[8192], *words[WORDS_MAX] = {(char *)RPE_TEST_PROGRAM};
    size_t count = 1;
    int status = 0;
    assert_true((size_t)snprintf(text, sizeof text, "%s", line) < sizeof text);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(count < WORDS_MAX - 1);
        words[count++] = word;
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(output, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
            _exit(126);
        execv(words[0], words);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* SplitMix64: independent of the streams under test. */
double rpe_test_number(uint64_t seed, uint64_t index)
{
    uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + (index + 1) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    return (double)(x >> 11) * 0x1p-52 - 1.0;
}

bool rpe_test_long_double(void)
{
    volatile long double small = LDBL_EPSILON;
    return LDBL_MANT_DIG >= 64 && 1.0L + small != 1.0L;
}
