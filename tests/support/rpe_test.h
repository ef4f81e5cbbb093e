/* cmocka with its prerequisites, and what several tests need. */
#ifndef RPE_TEST_H
#define RPE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"

/* RPE_TEST_GOLDEN, RPE_TEST_SOURCE, RPE_TEST_PROGRAM: the folder of the golden arrays, the checkout, the rpebench binary. */

/* Path of a golden file; a static buffer, valid until the fourth next call. */
const char *rpe_test_golden(const char *name);

/* A golden array in double; fails the test when it cannot be read.  Destroyed by the caller. */
rpe_array rpe_test_golden_read(const char *name);

/* Bytes that are NaN as numbers of either precision: before a call, where its outputs go, which may hold the right answer of the
   call before.  Blocks of rpe_memory_allocate, workspaces among them, are filled so in every test. */
void rpe_test_spoil(void *values, size_t bytes);

/* max|x - golden| / max|golden| over finite entries; infinite ones must match exactly, else infinity is returned.  The error
   measure of the golden arrays. */
double rpe_test_error(size_t count, const double *x, const double *golden);

/* Fails the test, with the message, when the status is not RPE_OK:  rpe_test_ok(rpe_..(&error), &error); */
#define rpe_test_ok(status, error) rpe_test_ok_at((status), (error), __FILE__, __LINE__)
void rpe_test_ok_at(int status, const void *error, const char *file, int line);

/* A new empty directory below the working directory of the test, removed by nobody: tests run in the build tree. */
const char *rpe_test_directory(const char *name);

/* How many files of a directory have a name that contains part. */
size_t rpe_test_files_count(const char *directory, const char *part);

/* Runs rpebench with the words of a line, separated by spaces, in this directory; its standard output and error go to the
   descriptors.  Its exit status; -1 if a signal ended it. */
int rpe_test_program_run(const char *line, int output, int errors);

/* Small deterministic numbers for inputs that need no distribution: uniform in (-1,1), by index and seed. */
double rpe_test_number(uint64_t seed, uint64_t index);

/* Whether long double has the digits that LDBL_MANT_DIG promises; an emulated processor may round to double. */
bool rpe_test_long_double(void);

#endif
