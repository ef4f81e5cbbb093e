/* The good files of all cases of bad input, and recipes of the bad ones; in the test's directory. */
#ifndef BAD_INPUT_FILES_H
#define BAD_INPUT_FILES_H

#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/npy.h"

#define TEXT_CAPACITY 4096

static inline void bytes_write(const char *path, const void *bytes, size_t count)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, count, stream), count);
    assert_int_equal(fclose(stream), 0);
}

static inline void text_write(const char *path, const char *text)
{
    bytes_write(path, text, strlen(text));
}

static inline void array_write(const char *path, size_t rank, const size_t *shape, double scale)
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
static inline void programs_make(void)
{
    char line[2 * TEXT_CAPACITY];
    snprintf(line, sizeof line, "cp '%s' other", program);
    assert_int_equal(system(line), 0);
    assert_int_equal(symlink(program, "self"), 0);
    text_write("script", "no program\n");
    assert_int_equal(chmod("script", 0755), 0);
    text_write("timed.json", TIMED);
}

static inline void good_files_write(void)
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

static inline void json_text(const char *text)
{
    text_write("bad.json", text);
}

static inline void npy_text(const char *text)
{
    text_write("bad.npy", text);
}

/* An array of the shape "7,2,3" of finite numbers. */
static inline void npy_shape(const char *text)
{
    size_t shape[RPE_RANK_MAX], rank = 0;
    for (const char *at = text; at != NULL && rank < RPE_RANK_MAX; at = strchr(at, ',')) {
        at += *at == ',';
        shape[rank++] = strtoull(at, NULL, 10);
    }
    array_write("bad.npy", rank, shape, 1);
}

/* A header dictionary of the given text and version, then data bytes. */
static inline void npy_write_raw(unsigned char major, const char *dictionary, size_t data)
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

static inline void npy_header(const char *text)
{
    npy_write_raw(1, text, GOOD_DATA);
}

static inline void npy_version(const char *text)
{
    npy_write_raw((unsigned char)atoi(text), GOOD_HEADER, GOOD_DATA);
}

/* A good header with so many bytes of data. */
static inline void npy_data(const char *text)
{
    npy_write_raw(1, GOOD_HEADER, strtoull(text, NULL, 10));
}

/* The fifth number is the one in the text. */
static inline void npy_number(const char *text)
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
static inline void npy_sparse(const char *text)
{
    npy_write_raw(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (50000000, 2, 3), }", 0);
    struct stat found;
    assert_int_equal(stat("bad.npy", &found), 0);
    assert_int_equal(truncate("bad.npy", found.st_size + 50000000L * 6 * (long)sizeof(double)), 0);
    (void)text;
}

/* A directory that nobody may write to; root may, so root leaves those cases out. */
static inline void locked_make(const char *text)
{
    assert_int_equal(mkdir(text, 0555), 0);
}

#endif
