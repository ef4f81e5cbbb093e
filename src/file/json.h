/* JSON over jansson, with complaints that name the file and the key.  Objects are borrowed from the document. */
#ifndef RPE_JSON_H
#define RPE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/error.h"
#include "file/output.h"

typedef struct rpe_json {
    json_t *root;
    char *path; /* as given, for messages and for paths relative to it */
} rpe_json;

/* Duplicate keys and trailing text are errors; the root must be an object. */
rpe_status rpe_json_read(rpe_json *document, const char *path, rpe_error *error);
void rpe_json_destroy(rpe_json *document);

/* Every key of object must be in allowed (NULL-terminated); the message lists what is allowed. */
rpe_status rpe_json_keys_check(const rpe_json *document, const json_t *object, const char *const *allowed,
                               rpe_error *error);

/* The value of key with its type checked.  A missing key is an error unless a fallback is given (fallback != NULL for text;
   the *_or forms for numbers).  Texts are borrowed. */
rpe_status rpe_json_text(const rpe_json *document, const json_t *object, const char *key,
                         const char *fallback, const char **text, rpe_error *error);
rpe_status rpe_json_count(const rpe_json *document, const json_t *object, const char *key, size_t minimum,
                          size_t maximum, const size_t *fallback, size_t *count, rpe_error *error);
rpe_status rpe_json_number(const rpe_json *document, const json_t *object, const char *key,
                           const double *fallback, double *number, rpe_error *error);
rpe_status rpe_json_flag(const rpe_json *document, const json_t *object, const char *key,
                         const bool *fallback, bool *flag, rpe_error *error);

/* A nested list of numbers (rectangular, finite), or a string: the path of an .npy relative to the document.  Double.
   rank_minimum..rank_maximum: the ranks allowed. */
rpe_status rpe_json_array(const rpe_json *document, const json_t *object, const char *key,
                          size_t rank_minimum, size_t rank_maximum, rpe_array *array, rpe_error *error);

/* For who takes a document's word for it later: what the value of a key is, where it is there at all.  null counts as absent. */
typedef enum rpe_json_kind {
    RPE_JSON_IS_TEXT,
    RPE_JSON_IS_NUMBER,
    RPE_JSON_IS_COUNT, /* an integer of at least 0 */
    RPE_JSON_IS_FLAG,
    RPE_JSON_IS_OBJECT,
    RPE_JSON_IS_TEXTS,  /* a list of texts */
    RPE_JSON_IS_OBJECTS /* a list of objects */
} rpe_json_kind;

typedef struct rpe_json_member {
    const char *parent,
        *key; /* key of the object `parent` in the one that is checked; NULL: of that itself */
    rpe_json_kind kind;
} rpe_json_member;

/* A parent stands in the table before its members. */
rpe_status rpe_json_members_check(const rpe_json *document, const json_t *object,
                                  const rpe_json_member *members, size_t count, rpe_error *error);
/* The same of every object in a list. */
rpe_status rpe_json_rows_check(const rpe_json *document, const json_t *list, const rpe_json_member *members,
                               size_t count, rpe_error *error);

/* The value of key, or the fallback where it is missing or of another type: nothing is complained of.  Texts are borrowed. */
const char *rpe_json_text_or(const json_t *object, const char *key, const char *fallback);
double rpe_json_number_or(const json_t *object, const char *key, double fallback);
size_t rpe_json_count_or(const json_t *object, const char *key, size_t fallback);
bool rpe_json_flag_or(const json_t *object, const char *key, bool fallback);

/* `PATH: "key": expected EXPECTED, found WHAT THE VALUE IS`; value NULL: the key is missing.  Returns RPE_ERROR_INPUT. */
rpe_status rpe_json_value_error(const rpe_json *document, const char *key, const char *expected,
                                const json_t *value, rpe_error *error);

/* Writes the value under a temporary name, indented, keys in insertion order; the caller commits or discards.  NaN and Inf must be stored by rpe_json_real as null. */
rpe_status rpe_json_store(rpe_output *output, const json_t *value, const char *path, rpe_error *error);
/* The same to a file that is open, its stream buffered: what the stream refuses is found when it is closed.  Takes the value;
   NULL: it could not be made, which is an error. */
rpe_status rpe_json_output(json_t *value, rpe_output *output, rpe_error *error);
/* Store and commit. */
rpe_status rpe_json_write(const json_t *value, const char *path, rpe_error *error);
/* json real, or null if the number is not finite. */
json_t *rpe_json_real(double number);
/* json string of a text that need not be UTF-8, as names of files and cells: what is none becomes question marks.  NULL without
   memory, as with json_string, which would say so of such a text too. */
json_t *rpe_json_string(const char *text);

/* Routes jansson's allocations through the counted layer; call once at the start of main and of tests that count. */
void rpe_json_memory_install(void);

#endif
