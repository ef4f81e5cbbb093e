/* Status and message of everything that can fail.
   A fallible function returns an rpe_status and, when it is not RPE_OK, has filled the caller's rpe_error with one line:
   the file or option, what was expected, what was found.  Its outputs are untouched then. */
#ifndef RPE_ERROR_H
#define RPE_ERROR_H

#include <stddef.h>

typedef enum rpe_status {
    RPE_OK = 0,
    RPE_ERROR_INPUT,      /* a file, an option or a number is not what it must be */
    RPE_ERROR_MEMORY,     /* an allocation failed or a size overflows */
    RPE_ERROR_FILE,       /* the operating system refused a read or a write */
    RPE_ERROR_NUMERIC,    /* a result is not finite */
    RPE_ERROR_INTERRUPTED /* the user asked to stop (Ctrl-C) */
} rpe_status;

#define RPE_ERROR_CAPACITY 1024

typedef struct rpe_error {
    char message[RPE_ERROR_CAPACITY]; /* one line, no newline; "" when nothing failed */
} rpe_error;

/* Writes the formatted message; control characters become '?', so it stays one line.  error may be NULL. */
void rpe_error_write(rpe_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline rpe_status rpe_error_status(rpe_status status)
{
    return status;
}

/* rpe_status rpe_error_set(rpe_error *error, rpe_status status, const char *format, ...): writes the message and
   returns status.  error may be NULL when the caller wants the status only.  Each argument is evaluated once.
   A macro, since the caller then sees which status it gets: the analyzer of clang follows it, and no path on which
   a failure returns RPE_OK has to be imagined. */
#define rpe_error_set(error, status, ...) (rpe_error_write(error, __VA_ARGS__), rpe_error_status(status))

/* "out of memory: WHAT needs COUNT x SIZE bytes"; returns RPE_ERROR_MEMORY. */
static inline rpe_status rpe_error_memory(rpe_error *error, const char *what, size_t count, size_t size)
{
    return rpe_error_set(error, RPE_ERROR_MEMORY, "out of memory: %s needs %zu x %zu bytes", what, count,
                         size);
}

#endif
