/* The journal of a run: what its trials gave, appended while it runs, so that nothing is lost when the run is killed.
   A header says what the numbers belong to, then come records of whole batches of trials.  All numbers in the byte order of
   the machine. */
#ifndef RPE_JOURNAL_H
#define RPE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "experiment/store/identity.h"

/* Trials first .. first+count-1 of a point: values [count,width] at that offset of the file. */
typedef struct rpe_journal_record {
    uint32_t point;
    size_t width, first, count;
    uint64_t offset;
} rpe_journal_record;

typedef struct rpe_journal {
    int descriptor; /* -1: not open */
    char *path;
    uint64_t size;  /* of the file; once it was scanned or started, all of it whole records */
    double flushed; /* when it was last sent to the disk */
} rpe_journal;

/* Opens or creates the file and locks it: a second process is refused.  *found: it holds a header, which is *identity. */
rpe_status rpe_journal_open(rpe_journal *journal, const char *path, bool *found, rpe_identity *identity,
                            rpe_error *error);
/* Empties the file and writes its header. */
rpe_status rpe_journal_start(rpe_journal *journal, const rpe_identity *identity, rpe_error *error);
/* Calls take for every whole record in order and cuts off what a kill or a power cut left behind them. */
typedef rpe_status (*rpe_journal_take)(void *context, const rpe_journal_record *record, rpe_error *error);
rpe_status rpe_journal_scan(rpe_journal *journal, rpe_journal_take take, void *context, rpe_error *error);
/* record->offset is set.  A killed process loses nothing that was appended, a power cut at most the last seconds. */
rpe_status rpe_journal_append(rpe_journal *journal, rpe_journal_record *record, const double *values,
                              rpe_error *error);
/* Whether there is any record. */
bool rpe_journal_holds(const rpe_journal *journal);
/* Closes; the file goes unless keep.  Safe on a journal that is not open. */
void rpe_journal_close(rpe_journal *journal, bool keep);

#endif
