#include "experiment/store/earlier.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "experiment/configuration.h"
#include "experiment/row.h"
#include "file/csv.h"
#include "file/npy_header.h"
#include "file/path.h"

/* ---- whose ---- */

static char *path_make(const char *directory, const char *name, const char *ending)
{
    const size_t length = strlen(name) + strlen(ending) + 1;
    char *file = rpe_memory_allocate(length, 1);
    if (file == NULL)
        return NULL;
    snprintf(file, length, "%s%s", name, ending);
    char *path = rpe_path_join(directory, file);
    rpe_memory_free(file);
    return path;
}

static rpe_status shard_read(rpe_earlier *earlier, rpe_error *error)
{
    const rpe_json *document = &earlier->document;
    const json_t *shard = json_object_get(document->root, "shard");
    if (shard == NULL || json_is_null(shard))
        return RPE_OK;
    if (!json_is_object(shard))
        return rpe_json_value_error(document, "shard", "an object or null", shard, error);
    rpe_status status =
        rpe_json_count(document, shard, "count", 1, UINT32_MAX, NULL, &earlier->shards, error);
    if (status == RPE_OK)
        status = rpe_json_count(document, shard, "index", 1, earlier->shards, NULL, &earlier->shard, error);
    return status;
}

static rpe_status identity_read(rpe_earlier *earlier, rpe_error *error)
{
    const rpe_json *document = &earlier->document;
    const json_t *root = document->root;
    const char *seed = "", *inputs = "", *configuration = "", *revision = "";
    char *end = NULL;
    rpe_status status = rpe_json_text(document, root, "seed", NULL, &seed, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, root, "inputs_hash", NULL, &inputs, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, root, "configuration_hash", NULL, &configuration, error);
    if (status == RPE_OK)
        status =
            rpe_json_text(document, json_object_get(root, "machine"), "revision", NULL, &revision, error);
    if (status != RPE_OK)
        return status;
    rpe_identity *identity = &earlier->identity;
    errno = 0;
    *identity = (rpe_identity){.seed = strtoull(seed, &end, 10)};
    if (errno != 0 || end == seed || *end != '\0')
        return rpe_json_value_error(document, "seed", "a whole number as text", json_object_get(root, "seed"),
                                    error);
    snprintf(identity->inputs, sizeof identity->inputs, "%s", inputs);
    snprintf(identity->configuration, sizeof identity->configuration, "%s", configuration);
    snprintf(identity->revision, sizeof identity->revision, "%s", revision);
    return RPE_OK;
}

static rpe_status document_read(rpe_earlier *earlier, rpe_error *error)
{
    static const size_t none = 0;
    const rpe_json *document = &earlier->document;
    rpe_status status = rpe_json_flag(document, document->root, "complete", NULL, &earlier->complete, error);
    if (status == RPE_OK)
        status = rpe_json_flag(document, document->root, "quick", NULL, &earlier->quick, error);
    if (status == RPE_OK && !json_is_null(json_object_get(document->root, "trials_asked_for")))
        status = rpe_json_count(document, document->root, "trials_asked_for", 0, RPE_TRIALS_MAX, &none,
                                &earlier->trials, error);
    if (status == RPE_OK)
        status = shard_read(earlier, error);
    return status == RPE_OK ? identity_read(earlier, error) : status;
}

rpe_status rpe_earlier_open(rpe_earlier *earlier, const char *directory, const char *name, bool *found,
                            rpe_error *error)
{
    rpe_earlier opened = {.csv = path_make(directory, name, ".csv"),
                          .npy = path_make(directory, name, ".npy")};
    char *path = path_make(directory, name, ".json");
    rpe_status status = path == NULL || opened.csv == NULL || opened.npy == NULL
                            ? rpe_error_memory(error, "path of earlier results", 1, 1)
                            : RPE_OK;
    *found = status == RPE_OK && access(path, F_OK) == 0;
    if (*found)
        status = rpe_json_read(&opened.document, path, error);
    if (*found && status == RPE_OK)
        status = document_read(&opened, error);
    if (*found && status == RPE_OK)
        *earlier = opened;
    else
        rpe_earlier_destroy(&opened);
    rpe_memory_free(path);
    return status;
}

void rpe_earlier_destroy(rpe_earlier *earlier)
{
    rpe_json_destroy(&earlier->document);
    rpe_memory_free(earlier->csv);
    rpe_memory_free(earlier->npy);
    *earlier = (rpe_earlier){0};
}

/* ---- values ---- */

/* Rows being taken: those of one point follow each other. */
typedef struct taking {
    const rpe_earlier *earlier;
    rpe_store *store;
    size_t file;
    uint64_t start;      /* of the values in the .npy */
    size_t used;         /* values of the rows before */
    rpe_segment segment; /* of the point; width 0: no values yet */
    bool alike;          /* all its rows have as many trials */
} taking;

static rpe_status columns_check(const rpe_csv *rows, const char *path, rpe_error *error)
{
    bool same = rows->columns == RPE_COLUMN_COUNT;
    for (size_t i = 0; same && i < RPE_COLUMN_COUNT; i++)
        same = strcmp(rows->names[i], rpe_column_name((rpe_column)i)) == 0;
    if (!same)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected the columns of this version, found others",
                             path);
    return RPE_OK;
}

static rpe_status segment_give(const taking *state, rpe_error *error)
{
    rpe_segment segment = state->segment;
    char hash[16];
    if (segment.width == 0 || !state->alike)
        return RPE_OK;
    snprintf(hash, sizeof hash, "%08" PRIx32, segment.point);
    const json_t *firsts =
        json_object_get(json_object_get(state->earlier->document.root, "shard"), "first_trials");
    static const size_t none = 0;
    rpe_status status =
        rpe_json_count(&state->earlier->document, firsts, hash, 0, SIZE_MAX, &none, &segment.first, error);
    if (status != RPE_OK)
        return status;
    return rpe_store_segment_add(state->store, &segment, error);
}

/* The hash of a point as it is written: 8 hexadecimal digits. */
static bool point_read(const char *text, uint32_t *point)
{
    if (strlen(text) != 8 || text[strspn(text, "0123456789abcdef")] != '\0')
        return false;
    *point = (uint32_t)strtoul(text, NULL, 16);
    return true;
}

static size_t trials_of(const rpe_csv *rows, size_t row)
{
    size_t trials = 0;
    (void)rpe_count_read(rpe_csv_cell(rows, row, RPE_COLUMN_trials), &trials);
    return trials;
}

/* Every row has a point and a count of trials, or none; *values: the sum of these. */
static rpe_status rows_check(const rpe_csv *rows, const char *path, size_t *values, rpe_error *error)
{
    *values = 0;
    for (size_t row = 0; row < rows->rows; row++) {
        const char *point = rpe_csv_cell(rows, row, RPE_COLUMN_point),
                   *trials = rpe_csv_cell(rows, row, RPE_COLUMN_trials);
        uint32_t hash;
        if (!point_read(point, &hash))
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: row %zu, column \"point\": expected 8 hexadecimal digits, found \"%.40s\"", path,
                row + 1, point);
        if (!rpe_column_takes(RPE_COLUMN_trials, trials) || trials_of(rows, row) > SIZE_MAX - *values)
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: row %zu, column \"trials\": expected counts whose sum is at most %zu, found \"%.40s\"",
                path, row + 1, (size_t)SIZE_MAX, trials);
        *values += trials_of(rows, row);
    }
    return RPE_OK;
}

static rpe_status row_take(taking *state, const rpe_csv *rows, size_t row, rpe_error *error)
{
    uint32_t point = 0;
    (void)point_read(rpe_csv_cell(rows, row, RPE_COLUMN_point), &point);
    const size_t trials = trials_of(rows, row);
    rpe_segment *segment = &state->segment;
    if (row == 0 || point != segment->point) {
        rpe_status status = segment_give(state, error);
        if (status != RPE_OK)
            return status;
        *segment = (rpe_segment){.point = point, .file = state->file, .trial_stride = 1};
        state->alike = true;
    }
    if (trials == 0)
        return RPE_OK;
    if (segment->width == 0) {
        segment->count = segment->value_stride = trials;
        segment->offset = state->start + (uint64_t)state->used * sizeof(double);
    }
    state->alike = state->alike && trials == segment->count;
    segment->width++;
    state->used += trials;
    return RPE_OK;
}

/* Where the values begin, and that there are as many as the rows say. */
static rpe_status npy_check(taking *state, size_t values, rpe_error *error)
{
    const char *path = state->earlier->npy;
    rpe_npy_header header;
    struct stat found;
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL || fstat(fileno(stream), &found) != 0) {
        rpe_status status = rpe_path_error(path, "a readable file", errno, error);
        if (stream != NULL)
            fclose(stream);
        return status;
    }
    rpe_status status = rpe_npy_header_read(&header, stream, path, error);
    state->start = (uint64_t)ftell(stream);
    fclose(stream);
    if (status == RPE_OK && (header.precision != RPE_DOUBLE || header.rank != 1 || header.count != values ||
                             (uint64_t)found.st_size != state->start + (uint64_t)values * sizeof(double)))
        status =
            rpe_error_set(error, RPE_ERROR_INPUT,
                          "%s: expected the %zu trials of the rows of %s, '<f8' with one axis, found %zu "
                          "numbers in %" PRIuMAX " bytes",
                          path, values, state->earlier->csv, header.count, (uintmax_t)found.st_size);
    return status;
}

static rpe_status rows_take(taking *state, const rpe_csv *rows, rpe_error *error)
{
    size_t values;
    rpe_status status = rows_check(rows, state->earlier->csv, &values, error);
    if (status != RPE_OK || values == 0)
        return status;
    status = npy_check(state, values, error);
    if (status == RPE_OK)
        status = rpe_store_file_add(state->store, state->earlier->npy, &state->file, error);
    for (size_t row = 0; status == RPE_OK && row < rows->rows; row++)
        status = row_take(state, rows, row, error);
    return status == RPE_OK ? segment_give(state, error) : status;
}

static rpe_status overflows_take(const rpe_earlier *earlier, rpe_store *store, rpe_error *error)
{
    static const char expected[] = "a list of [point, trial]";
    const json_t *list = json_object_get(earlier->document.root, "overflows"), *entry;
    size_t i;
    rpe_status status = RPE_OK;
    if (list != NULL && !json_is_array(list))
        return rpe_json_value_error(&earlier->document, "overflows", expected, list, error);
    json_array_foreach(list, i, entry)
    {
        uint32_t point = 0;
        const json_t *hash = json_array_get(entry, 0), *trial = json_array_get(entry, 1);
        if (!json_is_string(hash) || !point_read(json_string_value(hash), &point) ||
            !json_is_integer(trial) || json_integer_value(trial) < 0)
            return rpe_json_value_error(&earlier->document, "overflows", expected, entry, error);
        status = rpe_store_overflow_add(store, point, (size_t)json_integer_value(trial), error);
        if (status != RPE_OK)
            return status;
    }
    return status;
}

rpe_status rpe_earlier_take(const rpe_earlier *earlier, rpe_store *store, rpe_error *error)
{
    taking state = {.earlier = earlier, .store = store};
    rpe_csv rows = {0};
    rpe_status status = rpe_csv_read(&rows, earlier->csv, error);
    if (status == RPE_OK)
        status = columns_check(&rows, earlier->csv, error);
    if (status == RPE_OK)
        status = rows_take(&state, &rows, error);
    if (status == RPE_OK)
        status = overflows_take(earlier, store, error);
    rpe_csv_destroy(&rows);
    return status;
}
