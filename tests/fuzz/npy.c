/* Arrays: x.npy, as a file and as what comes through a pipe. */
#include <fcntl.h>
#include <unistd.h>

#include "file/npy.h"
#include "fuzz.h"

static void array_take(rpe_status status, rpe_array *array, const rpe_error *error)
{
    size_t first;
    fuzz_status_check(status, error);
    if (status == RPE_OK) /* every element is there */
        (void)rpe_values_finite(array->precision, array->values, rpe_array_count(array), &first);
    rpe_array_destroy(array);
}

static void all_read(const char *path)
{
    static const rpe_npy_precision precisions[] = {RPE_NPY_SINGLE, RPE_NPY_DOUBLE, RPE_NPY_AS_STORED};
    rpe_array array = {0};
    rpe_npy_type type;
    rpe_error error = {""};
    for (size_t i = 0; i < sizeof precisions / sizeof precisions[0]; i++) {
        array_take(rpe_npy_read(path, precisions[i], &array, &error), &array, &error);
        array_take(rpe_npy_read_any(path, precisions[i], &array, &error), &array, &error);
    }
    array_take(rpe_npy_read_typed(path, &array, &type, &error), &array, &error);
    array_take(rpe_npy_read_list(path, &array, &error), &array, &error);
}

/* As much as the pipe holds without a reader. */
static void pipe_read(const char *path)
{
    static char piece[32768];
    char name[64];
    int ends[2], file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : read(file, piece, sizeof piece);
    if (file >= 0)
        close(file);
    if (count < 0 || pipe2(ends, O_CLOEXEC) != 0)
        return;
    bool sent = write(ends[1], piece, (size_t)count) == count;
    close(ends[1]);
    rpe_array array = {0};
    rpe_error error = {""};
    snprintf(name, sizeof name, "/proc/self/fd/%d", ends[0]);
    if (sent)
        array_take(rpe_npy_read(name, RPE_NPY_DOUBLE, &array, &error), &array, &error);
    close(ends[0]);
}

void fuzz_npy(const char *directory)
{
    const char *path = fuzz_path(directory, "x.npy");
    all_read(path);
    pipe_read(path);
}
