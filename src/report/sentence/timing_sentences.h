/* What a run of timings found, in sentences. */
#ifndef RPE_TIMING_SENTENCES_H
#define RPE_TIMING_SENTENCES_H

#include <stdio.h>

#include "report/compare/record.h"

/* Exponents over the number of tokens, lengths from which on methods are faster than their oracle, shares of a matrix product's
   rate, bytes, and what was measured of noise.  Of several settings (precision, causal, threads, input) the first is told.
   Nothing for a record without timings. */
rpe_status rpe_timing_sentences_print(const rpe_record *record, FILE *log, rpe_error *error);

#endif
