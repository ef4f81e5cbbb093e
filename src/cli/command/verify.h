/* What the modes of verify share: options, settings, and where results go. */
#ifndef RPE_VERIFY_H
#define RPE_VERIFY_H

#include "cli/command.h"
#include "cli/files.h"
#include "quantity/claim/verification.h"

enum {
    RPE_VERIFY_QUICK,
    RPE_VERIFY_SEED,
    RPE_VERIFY_LEVEL,
    RPE_VERIFY_CASE,
    RPE_VERIFY_SAMPLER,
    RPE_VERIFY_METHOD,
    RPE_VERIFY_ALL,
    RPE_VERIFY_OUTPUT,
    RPE_VERIFY_CSV,
    RPE_VERIFY_JSON,
    RPE_VERIFY_JUNIT,
    RPE_VERIFY_MARKDOWN,
    RPE_VERIFY_CALIBRATE,
    RPE_VERIFY_MUTANTS,
    RPE_VERIFY_OPTIONS
};

/* A file that a mode can write: by an option of its own, and into the directory of --output. */
typedef struct rpe_verify_file {
    int option;       /* -1: none */
    const char *name; /* in the directory; NULL: not there */
    rpe_file_writer
        writer; /* NULL: it is made of the others later, and an earlier one goes before they are replaced */
} rpe_verify_file;

/* Makes the directory and checks that every file can be written, before the work. */
rpe_status rpe_verify_files_check(const rpe_arguments *arguments, const rpe_verify_file *files, size_t count,
                                  rpe_error *error);
/* Writes those that are asked for; they appear together. */
rpe_status rpe_verify_files_write(const rpe_arguments *arguments, const rpe_verify_file *files, size_t count,
                                  const void *context, rpe_error *error);

/* The modes.  Each checks its files, runs, prints and writes. */
rpe_status rpe_verify_claims(const rpe_arguments *arguments, const rpe_verification_settings *settings,
                             rpe_outcome *outcome, rpe_error *error);
rpe_status rpe_verify_calibrate(const rpe_arguments *arguments, const rpe_verification_settings *settings,
                                rpe_outcome *outcome, rpe_error *error);
rpe_status rpe_verify_mutants(const rpe_arguments *arguments, const rpe_verification_settings *settings,
                              rpe_outcome *outcome, rpe_error *error);

#endif
