/* What is needed to repeat a result, as JSON: program version and source revision, compiler and flags, libraries and their
   run-time versions, processor, cores, load, memory, date.  [spec 7] */
#ifndef RPE_PROVENANCE_H
#define RPE_PROVENANCE_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

/* New reference; NULL when there is no memory. */
json_t *rpe_provenance_machine(void);

/* "0.1.0" and the source revision at build time ("1a2b3c4d5e6f", "-dirty" appended where sources differ, or "unknown"). */
const char *rpe_version(void);
const char *rpe_revision(void);

/* 64-bit FNV-1a of text as 16 hexadecimal digits: the hash of a configuration. */
#define RPE_HASH_CAPACITY 17
const char *rpe_text_hash(const char *text, char hash[RPE_HASH_CAPACITY]);
/* The same of count bytes: the hash of a file. */
const char *rpe_bytes_hash(const char *bytes, size_t count, char hash[RPE_HASH_CAPACITY]);

#endif
