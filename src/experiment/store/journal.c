#define _DEFAULT_SOURCE /* flock, pwritev */
#include "experiment/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/memory.h"
#include "file/output.h"

#define FLUSH_SECONDS 5.0 /* what a power cut may cost */
#define PIECE_BYTES 65536 /* of a record that is read to be checked */
#define RECORD_MARK UINT32_C(0x5245434f)
#define FORMAT_VERSION 1
#define ORDER_MARK UINT32_C(0x01020304)

static const char magic[8] = "RPEJRNL\n";

/* Both are written as they lie in memory: their sizes have no padding. */
typedef struct journal_header {
    char magic[8];
    uint32_t version, order;
    rpe_identity identity;
    uint64_t checksum; /* of all before it */
} journal_header;

typedef struct record_header {
    uint32_t mark, point;
    uint64_t first, count, width;
    uint64_t checksum; /* of all before it and of the values */
} record_header;

_Static_assert(sizeof(journal_header) == 16 + sizeof(rpe_identity) + 8, "no padding");
_Static_assert(sizeof(rpe_identity) == 24 + 24 + 64 + 8, "no padding");
_Static_assert(sizeof(record_header) == 40, "no padding");

/* FNV-1a over words of 64 bits, whose high bits are folded back so that every bit reaches all later ones. */
static uint64_t checksum_add(uint64_t sum, const void *bytes, size_t count)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i + sizeof sum <= count; i += sizeof sum) {
        uint64_t word;
        memcpy(&word, from + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    return sum;
}

#define CHECKSUM_START UINT64_C(0xcbf29ce484222325)

static rpe_status journal_error(const rpe_journal *journal, const char *expected, int code, rpe_error *error)
{
    return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a journal that can be %s, found: %s",
                         journal->path, expected, code == 0 ? "the end of the file" : strerror(code));
}

/* ---- bytes ---- */

/* false: fewer bytes are there, or the device failed (errno; 0 at the end of the file). */
static bool bytes_read(int descriptor, void *bytes, size_t count, uint64_t offset)
{
    unsigned char *to = bytes;
    while (count > 0) {
        ssize_t found = pread(descriptor, to, count, (off_t)offset);
        if (found < 0 && errno == EINTR)
            continue;
        if (found <= 0) {
            errno = found == 0 ? 0 : errno;
            return false;
        }
        to += found;
        count -= (size_t)found;
        offset += (uint64_t)found;
    }
    return true;
}

static bool bytes_write(int descriptor, struct iovec *parts, int count, uint64_t offset)
{
    while (count > 0) {
        /* A test can kill between the parts. */
        int now = atomic_load(&rpe_event_armed) ? 1 : count;
        rpe_event_happen(RPE_EVENT_WRITE);
        ssize_t written = pwritev(descriptor, parts, now, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        offset += (uint64_t)written;
        for (; count > 0 && (size_t)written >= parts->iov_len; parts++, count--)
            written -= (ssize_t)parts->iov_len;
        if (count > 0) {
            parts->iov_base = (unsigned char *)parts->iov_base + written;
            parts->iov_len -= (size_t)written;
        }
    }
    return true;
}

/* ---- opening ---- */

/* Whoever holds the lock may remove the file and give the lock up between our opening and our locking it: then we would hold
   a file without a name. */
static bool is_the_named(const rpe_journal *journal)
{
    struct stat mine, named;
    return fstat(journal->descriptor, &mine) == 0 && stat(journal->path, &named) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

static rpe_status lock(rpe_journal *journal, rpe_error *error)
{
    do {
        if (journal->descriptor >= 0)
            close(journal->descriptor);
        journal->descriptor = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (journal->descriptor < 0)
            return journal_error(journal, "written", errno, error);
        if (flock(journal->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            return rpe_error_set(
                error, RPE_ERROR_FILE,
                "%s: expected that no other run writes there, found one that is under way: wait for it or "
                "choose another --output",
                journal->path);
        /* A file system without locks: two runs there are the user's affair. */
    } while (!is_the_named(journal));
    return RPE_OK;
}

/* A header that was never finished, and one that a power cut left empty, are no header. */
static rpe_status header_read(rpe_journal *journal, bool *found, rpe_identity *identity, rpe_error *error)
{
    static const char nothing[sizeof magic] = {0};
    journal_header header;
    struct stat file;
    *found = false;
    if (fstat(journal->descriptor, &file) != 0)
        return journal_error(journal, "read", errno, error);
    journal->size = (uint64_t)file.st_size;
    if (!bytes_read(journal->descriptor, &header, sizeof header, 0))
        return errno == 0 ? RPE_OK : journal_error(journal, "read", errno, error);
    if (memcmp(header.magic, nothing, sizeof magic) == 0)
        return RPE_OK;
    if (memcmp(header.magic, magic, sizeof magic) != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected the journal of a run, found other content: move it away",
                             journal->path);
    if (header.version != FORMAT_VERSION || header.order != ORDER_MARK)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected a journal of format %d in this machine's byte order, found another "
            "one: remove it to begin anew",
            journal->path, FORMAT_VERSION);
    if (header.checksum != checksum_add(CHECKSUM_START, &header, offsetof(journal_header, checksum)))
        return RPE_OK;
    if (!rpe_identity_valid(&header.identity))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a journal whose hashes and revision are texts, found one without "
                             "an end: remove it to begin anew",
                             journal->path);
    *identity = header.identity;
    *found = true;
    return RPE_OK;
}

static rpe_status regular_check(const char *path, rpe_error *error)
{
    struct stat existing;
    if (stat(path, &existing) != 0 || S_ISREG(existing.st_mode))
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a file, found a %s", path,
                         S_ISDIR(existing.st_mode) ? "directory" : "device or pipe");
}

rpe_status rpe_journal_open(rpe_journal *journal, const char *path, bool *found, rpe_identity *identity,
                            rpe_error *error)
{
    rpe_journal opened = {.descriptor = -1, .path = rpe_memory_text(path), .flushed = rpe_clock_seconds()};
    if (opened.path == NULL)
        return rpe_error_memory(error, path, strlen(path) + 1, 1);
    rpe_status status = regular_check(path, error);
    if (status == RPE_OK)
        status = lock(&opened, error);
    if (status == RPE_OK)
        status = header_read(&opened, found, identity, error);
    if (status == RPE_OK) {
        *journal = opened;
        return RPE_OK;
    }
    rpe_journal_close(&opened, true); /* it is somebody else's */
    return status;
}

rpe_status rpe_journal_start(rpe_journal *journal, const rpe_identity *identity, rpe_error *error)
{
    journal_header header = {.version = FORMAT_VERSION, .order = ORDER_MARK, .identity = *identity};
    memcpy(header.magic, magic, sizeof magic);
    header.checksum = checksum_add(CHECKSUM_START, &header, offsetof(journal_header, checksum));
    struct iovec part = {.iov_base = &header, .iov_len = sizeof header};
    rpe_event_happen(RPE_EVENT_WRITE);
    if (ftruncate(journal->descriptor, 0) != 0 || !bytes_write(journal->descriptor, &part, 1, 0))
        return journal_error(journal, "written", errno, error);
    journal->size = sizeof header;
    return RPE_OK;
}

/* ---- records ---- */

/* Whether a whole record lies at that offset; *end: behind it. */
static bool record_check(const rpe_journal *journal, uint64_t size, uint64_t offset, record_header *header,
                         uint64_t *end)
{
    unsigned char piece[PIECE_BYTES];
    size_t numbers, bytes;
    if (size - offset < sizeof *header || !bytes_read(journal->descriptor, header, sizeof *header, offset) ||
        header->mark != RECORD_MARK)
        return false;
    if (header->count == 0 || header->width == 0 ||
        !rpe_size_multiply(header->count, header->width, &numbers) ||
        !rpe_size_multiply(numbers, sizeof(double), &bytes) || bytes > size - offset - sizeof *header)
        return false;
    uint64_t sum = checksum_add(CHECKSUM_START, header, offsetof(record_header, checksum));
    offset += sizeof *header;
    for (size_t now; bytes > 0; bytes -= now, offset += now) {
        now = bytes < sizeof piece ? bytes : sizeof piece;
        if (!bytes_read(journal->descriptor, piece, now, offset))
            return false;
        sum = checksum_add(sum, piece, now);
    }
    *end = offset;
    return sum == header->checksum;
}

rpe_status rpe_journal_scan(rpe_journal *journal, rpe_journal_take take, void *context, rpe_error *error)
{
    uint64_t size = journal->size, at = sizeof(journal_header), end = at;
    record_header header;
    rpe_status status = RPE_OK;
    while (status == RPE_OK && record_check(journal, size, at, &header, &end)) {
        const rpe_journal_record record = {.point = header.point,
                                           .width = header.width,
                                           .first = header.first,
                                           .count = header.count,
                                           .offset = at + sizeof header};
        status = take(context, &record, error);
        at = end;
    }
    if (status == RPE_OK && at < size)
        rpe_event_happen(RPE_EVENT_WRITE);
    if (status == RPE_OK && at < size && ftruncate(journal->descriptor, (off_t)at) != 0)
        status = journal_error(journal, "cut behind its last whole record", errno, error);
    journal->size = at;
    return status;
}

/* The name too must reach the disk. */
static void flush(rpe_journal *journal)
{
    double now = rpe_clock_seconds();
    if (now - journal->flushed < FLUSH_SECONDS)
        return;
    (void)fdatasync(journal->descriptor); /* where that is refused, a power cut may cost more */
    rpe_directory_flush(journal->path);
    journal->flushed = now;
}

rpe_status rpe_journal_append(rpe_journal *journal, rpe_journal_record *record, const double *values,
                              rpe_error *error)
{
    const size_t bytes = record->count * record->width * sizeof *values;
    record_header header = {.mark = RECORD_MARK,
                            .point = record->point,
                            .first = record->first,
                            .count = record->count,
                            .width = record->width};
    uint64_t sum = checksum_add(CHECKSUM_START, &header, offsetof(record_header, checksum));
    header.checksum = checksum_add(sum, values, bytes);
    struct iovec parts[] = {{.iov_base = &header, .iov_len = sizeof header},
                            {.iov_base = (void *)values, .iov_len = bytes}};
    if (!bytes_write(journal->descriptor, parts, 2, journal->size)) {
        int code = errno;
        (void)!ftruncate(journal->descriptor, (off_t)journal->size); /* room for what is still to be said */
        return journal_error(journal, "written", code, error);
    }
    record->offset = journal->size + sizeof header;
    journal->size = record->offset + bytes;
    flush(journal);
    return RPE_OK;
}

bool rpe_journal_holds(const rpe_journal *journal)
{
    return journal->size > sizeof(journal_header);
}

void rpe_journal_close(rpe_journal *journal, bool keep)
{
    if (journal->path != NULL && journal->descriptor >= 0) {
        rpe_event_happen(RPE_EVENT_WRITE);
        if (!keep)
            unlink(journal->path); /* before the lock is given up */
        close(journal->descriptor);
    }
    rpe_memory_free(journal->path);
    *journal = (rpe_journal){.descriptor = -1};
}
