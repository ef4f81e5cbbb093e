/* Readers put to files that lie.  An input is a folder of files in one:

       === NAME
       content

   and so on; the newline before "=== " is not of the content.  A line of NAME.csv that begins with @COUNT@ stands for so many lines,
   each with its number in the place of '#'.
   A target reads the folder; what it must not do is crash, print "(null)", ask for memory by a number from a file, or keep any. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define FUZZ_PARTS_MAX 16
#define FUZZ_NAME_CAPACITY 64
#define FUZZ_REPEAT_MAX 4096 /* of a line */

typedef struct fuzz_part {
    char
        name[FUZZ_NAME_CAPACITY]; /* letters, digits, '.', '-' and '_'; in the folder b it begins with "b/" */
    const uint8_t *bytes;
    size_t count;
} fuzz_part;

/* Fills parts with what the input has, and returns how many these are.  What has no name, or a bad one, is left out. */
size_t fuzz_parts_take(fuzz_part parts[FUZZ_PARTS_MAX], const uint8_t *bytes, size_t count);
/* Whether the name of a part ends so, behind something. */
bool fuzz_name_ends(const char *name, const char *ending);
/* N of a line that begins with @N@, 1 of any other; *length: of that mark. */
size_t fuzz_repeat_take(const uint8_t *line, size_t count, size_t *length);
/* The part's content as it lies in its file; false when that cannot be written. */
bool fuzz_part_print(const fuzz_part *part, FILE *stream);

typedef struct fuzz_target {
    const char *name;
    void (*run)(const char *directory);
} fuzz_target;

#define FUZZ_TARGET(name) void fuzz_##name(const char *directory);
#include "targets.def"
#undef FUZZ_TARGET

/* NULL when there is none. */
const fuzz_target *fuzz_target_find(const char *name);
/* Reads one input; a fault ends the process.  Always 0. */
int fuzz_target_run(const fuzz_target *target, const uint8_t *bytes, size_t count);

/* ---- for targets ---- */

/* DIRECTORY/NAME, in a static buffer that the fourth next call takes again. */
const char *fuzz_path(const char *directory, const char *name);
/* Ends the process where a text has "(null)" and no file has it; an error must say something, and never that memory is missing. */
void fuzz_text_check(const char *text);
void fuzz_status_check(rpe_status status, const rpe_error *error);
/* A stream into memory; closing checks its text. */
FILE *fuzz_stream_open(void);
void fuzz_stream_close(FILE *stream);

#endif
