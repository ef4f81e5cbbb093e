#include "experiment/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/path.h"

#define BUFFER_NUMBERS 65536

/* ---- growing lists ---- */

/* A copy with room for one more; items is freed. */
static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t more = 2 * *capacity + 16;
    void *grown = rpe_memory_allocate(more, size);
    if (grown == NULL)
        return NULL;
    if (count > 0)
        memcpy(grown, items, count * size);
    rpe_memory_free(items);
    *capacity = more;
    return grown;
}

static rpe_status descriptor_add(rpe_store *store, int descriptor, rpe_error *error)
{
    size_t capacity = store->file_count;
    int *grown = grow(store->files, store->file_count, &capacity, sizeof *grown);
    if (grown == NULL)
        return rpe_error_memory(error, "files of earlier runs", capacity, sizeof *grown);
    store->files = grown;
    store->files[store->file_count++] = descriptor;
    return RPE_OK;
}

/* ---- opening ---- */

rpe_status rpe_store_open(rpe_store *store, const char *path, bool *found, rpe_identity *identity,
                          rpe_error *error)
{
    rpe_store opened = {.journal = {.descriptor = -1}};
    rpe_status status = rpe_journal_open(&opened.journal, path, found, identity, error);
    if (status == RPE_OK)
        status = descriptor_add(&opened, opened.journal.descriptor, error);
    if (status == RPE_OK)
        *store = opened;
    else
        rpe_journal_close(&opened.journal, true);
    return status;
}

static rpe_status record_take(void *context, const rpe_journal_record *record, rpe_error *error)
{
    const rpe_segment segment = {.point = record->point,
                                 .width = record->width,
                                 .first = record->first,
                                 .count = record->count,
                                 .trial_stride = record->width,
                                 .value_stride = 1,
                                 .offset = record->offset};
    return rpe_store_segment_add(context, &segment, error);
}

rpe_status rpe_store_scan(rpe_store *store, rpe_error *error)
{
    return rpe_journal_scan(&store->journal, record_take, store, error);
}

rpe_status rpe_store_file_add(rpe_store *store, const char *path, size_t *file, rpe_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return rpe_path_error(path, "a readable file", errno, error);
    rpe_status status = descriptor_add(store, descriptor, error);
    if (status == RPE_OK)
        *file = store->file_count - 1;
    else
        close(descriptor);
    return status;
}

void rpe_store_close(rpe_store *store, bool keep)
{
    for (size_t i = 1; i < store->file_count; i++)
        close(store->files[i]);
    if (store->file_count > 0)
        rpe_journal_close(&store->journal, keep && rpe_journal_holds(&store->journal));
    rpe_memory_free(store->files);
    rpe_memory_free(store->segments);
    rpe_memory_free(store->overflows);
    *store = (rpe_store){.journal = {.descriptor = -1}};
}

/* ---- the index ---- */

/* Number of segments that stand before trial `at` of the point, or begin with it. */
static size_t segments_before(const rpe_store *store, uint32_t point, size_t at)
{
    size_t low = 0, high = store->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const rpe_segment *segment = &store->segments[middle];
        if (segment->point < point || (segment->point == point && segment->first <= at))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Runs append in order, so that little is moved. */
rpe_status rpe_store_segment_add(rpe_store *store, const rpe_segment *segment, rpe_error *error)
{
    if (segment->count > SIZE_MAX - segment->first)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected trials that can be counted, found %zu from trial %zu on",
                             store->journal.path, segment->count, segment->first);
    rpe_segment *grown = grow(store->segments, store->count, &store->capacity, sizeof *grown);
    if (grown == NULL)
        return rpe_error_memory(error, "index of trials", store->capacity, sizeof *grown);
    store->segments = grown;
    size_t at = segments_before(store, segment->point, segment->first);
    memmove(&grown[at + 1], &grown[at], (store->count - at) * sizeof *grown);
    grown[at] = *segment;
    store->count++;
    return RPE_OK;
}

rpe_status rpe_store_overflow_add(rpe_store *store, uint32_t point, size_t trial, rpe_error *error)
{
    size_t capacity = store->overflow_count;
    rpe_overflow *grown = grow(store->overflows, store->overflow_count, &capacity, sizeof *grown);
    if (grown == NULL)
        return rpe_error_memory(error, "trials that overflow", capacity, sizeof *grown);
    store->overflows = grown;
    store->overflows[store->overflow_count++] = (rpe_overflow){point, trial};
    return RPE_OK;
}

size_t rpe_store_overflow(const rpe_store *store, uint32_t point, size_t at, size_t limit)
{
    size_t first = limit;
    for (size_t i = 0; i < store->overflow_count; i++) {
        const rpe_overflow *known = &store->overflows[i];
        if (known->point == point && known->trial >= at && known->trial < first)
            first = known->trial;
    }
    return first;
}

/* The segment that holds the trial; NULL: none. */
static const rpe_segment *segment_of(const rpe_store *store, uint32_t point, size_t width, size_t trial)
{
    for (size_t i = segments_before(store, point, trial); i-- > 0 && store->segments[i].point == point;) {
        const rpe_segment *segment = &store->segments[i];
        if (segment->width == width && trial - segment->first < segment->count)
            return segment;
        if (segment->width == width)
            break; /* those before it end before it */
    }
    return NULL;
}

size_t rpe_store_run(const rpe_store *store, uint32_t point, size_t width, size_t at, size_t limit,
                     bool *there)
{
    const rpe_segment *segment = segment_of(store, point, width, at);
    *there = segment != NULL;
    size_t run = limit;
    if (segment != NULL) {
        run = segment->first + segment->count - at;
    } else {
        for (size_t i = segments_before(store, point, at);
             i < store->count && store->segments[i].point == point; i++)
            if (store->segments[i].width == width) {
                run = store->segments[i].first - at;
                break;
            }
    }
    return run < limit ? run : limit;
}

/* ---- values ---- */

static rpe_status numbers_read(const rpe_store *store, const rpe_segment *segment, size_t index, size_t count,
                               double *values, rpe_error *error)
{
    unsigned char *to = (unsigned char *)values;
    size_t left = count * sizeof *values;
    uint64_t offset = segment->offset + (uint64_t)index * sizeof *values;
    while (left > 0) {
        ssize_t found = pread(store->files[segment->file], to, left, (off_t)offset);
        if (found < 0 && errno == EINTR)
            continue;
        if (found <= 0)
            return rpe_error_set(error, RPE_ERROR_FILE,
                                 "%s: expected the values of earlier trials to stay readable, found: %s",
                                 store->journal.path,
                                 found < 0 ? strerror(errno) : "a file that became shorter");
        to += found;
        left -= (size_t)found;
        offset += (uint64_t)found;
    }
    return RPE_OK;
}

/* Where in the caller's values a trial's number goes. */
static size_t target(const rpe_store_place *place, size_t trial, size_t column)
{
    return (trial - place->first) * place->trial_stride + (column - place->column) * place->value_stride;
}

/* Whole trials lie together: as many at once as the buffer holds. */
static rpe_status trials_read(const rpe_store *store, const rpe_store_place *place,
                              const rpe_segment *segment, size_t first, size_t count, double *buffer,
                              double *values, rpe_error *error)
{
    const size_t most = place->width < BUFFER_NUMBERS ? BUFFER_NUMBERS / place->width : 1;
    rpe_status status = RPE_OK;
    for (size_t done = 0, now; status == RPE_OK && done < count; done += now) {
        now = count - done < most ? count - done : most;
        status = numbers_read(store, segment, (first + done - segment->first) * segment->trial_stride,
                              now * place->width, buffer, error);
        for (size_t t = 0; status == RPE_OK && t < now; t++)
            for (size_t j = place->column; j < place->column + place->columns; j++)
                values[target(place, first + done + t, j)] = buffer[t * place->width + j];
    }
    return status;
}

/* All trials of one number lie together. */
static rpe_status columns_read(const rpe_store *store, const rpe_store_place *place,
                               const rpe_segment *segment, size_t first, size_t count, double *buffer,
                               double *values, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t j = place->column; status == RPE_OK && j < place->column + place->columns; j++)
        for (size_t done = 0, now; status == RPE_OK && done < count; done += now) {
            now = count - done < BUFFER_NUMBERS ? count - done : BUFFER_NUMBERS;
            status = numbers_read(store, segment, j * segment->value_stride + first + done - segment->first,
                                  now, buffer, error);
            for (size_t t = 0; status == RPE_OK && t < now; t++)
                values[target(place, first + done + t, j)] = buffer[t];
        }
    return status;
}

rpe_status rpe_store_read(const rpe_store *store, const rpe_store_place *place, double *values,
                          rpe_error *error)
{
    const size_t room = place->width > BUFFER_NUMBERS ? place->width : BUFFER_NUMBERS;
    double *buffer = rpe_memory_allocate(room, sizeof *buffer);
    rpe_status status =
        buffer == NULL ? rpe_error_memory(error, "values of earlier trials", room, sizeof *buffer) : RPE_OK;
    size_t at = place->first, end = place->first + place->count;
    while (status == RPE_OK && at < end) {
        const rpe_segment *segment = segment_of(store, place->point, place->width, at);
        if (segment == NULL) {
            status = rpe_error_set(error, RPE_ERROR_FILE, "%s: expected trial %zu of point %08x, found none",
                                   store->journal.path, at, (unsigned)place->point);
            break;
        }
        size_t here = segment->first + segment->count - at, now = here < end - at ? here : end - at;
        status = segment->value_stride == 1
                     ? trials_read(store, place, segment, at, now, buffer, values, error)
                     : columns_read(store, place, segment, at, now, buffer, values, error);
        at += now;
    }
    rpe_memory_free(buffer);
    return status;
}

rpe_status rpe_store_append(rpe_store *store, uint32_t point, size_t width, size_t first, size_t count,
                            const double *values, rpe_error *error)
{
    rpe_journal_record record = {.point = point, .width = width, .first = first, .count = count};
    rpe_status status = rpe_journal_append(&store->journal, &record, values, error);
    return status == RPE_OK ? record_take(store, &record, error) : status;
}
