/* What is wrong with some of several results while the others go on: each is named once, in the end. */
#ifndef RPE_FAULTS_H
#define RPE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

typedef struct rpe_fault_text {
    char *text; /* owned */
    bool note;  /* worth knowing, and no failure */
} rpe_fault_text;

/* Zeroed: none. */
typedef struct rpe_faults {
    rpe_fault_text *items;
    size_t count, capacity;
    rpe_status status; /* of the first that is a failure; RPE_OK: there is none */
} rpe_faults;

/* Keeps the failure of one result and returns RPE_OK: the others go on.  Lack of memory, an interrupt and success come back as
   they are, *error filled.  A text that is known already is not kept again. */
rpe_status rpe_faults_take(rpe_faults *faults, rpe_status status, const rpe_error *failure, rpe_error *error);

/* Keeps a note; a text of at most RPE_ERROR_CAPACITY bytes. */
rpe_status rpe_faults_note(rpe_faults *faults, rpe_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Moves those of another into it. */
rpe_status rpe_faults_join(rpe_faults *faults, rpe_faults *from, rpe_error *error);

/* Prints all of them, "rpebench: " before each, but for the last failure, which it returns where status is RPE_OK: what a
   command ends with.  Destroys them. */
rpe_status rpe_faults_end(rpe_faults *faults, FILE *stream, rpe_status status, rpe_error *error);
void rpe_faults_destroy(rpe_faults *faults);

#endif
