/* A journal in which a bit is not what was written: nothing of a damaged record, or of one behind it, is taken; the records
   before it are. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>

#include "experiment/store/journal.h"

enum { RECORDS = 3, COUNT = 2, WIDTH = 3, SIZE_MOST = 4096 };

static char path[4200];

/* Record i holds the numbers 100 i, 100 i + 1, ... of the trials 2 i and 2 i + 1; its end in the file. */
static void journal_make(uint64_t ends[RECORDS])
{
    rpe_journal journal = {.descriptor = -1};
    rpe_identity identity = {.configuration = "c", .inputs = "i", .revision = "r", .seed = 1}, read = {0};
    rpe_error error = {""};
    bool found = true;
    rpe_test_ok(rpe_journal_open(&journal, path, &found, &read, &error), &error);
    assert_false(found);
    rpe_test_ok(rpe_journal_start(&journal, &identity, &error), &error);
    for (size_t i = 0; i < RECORDS; i++) {
        double values[COUNT * WIDTH];
        rpe_journal_record record = {.point = 7, .width = WIDTH, .first = COUNT * i, .count = COUNT};
        for (size_t j = 0; j < COUNT * WIDTH; j++)
            values[j] = (double)(100 * i + j);
        rpe_test_ok(rpe_journal_append(&journal, &record, values, &error), &error);
        ends[i] = journal.size;
    }
    rpe_journal_close(&journal, true);
}

static size_t bytes_read(unsigned char bytes[SIZE_MOST])
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    size_t size = fread(bytes, 1, SIZE_MOST, stream);
    assert_int_equal(fclose(stream), 0);
    return size;
}

static void bytes_write(const unsigned char *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static rpe_status record_take(void *context, const rpe_journal_record *record, rpe_error *error)
{
    size_t *taken = context;
    (void)error;
    assert_int_equal(record->point, 7);
    assert_int_equal(record->first, COUNT * *taken);
    assert_int_equal(record->count, COUNT);
    assert_int_equal(record->width, WIDTH);
    (*taken)++;
    return RPE_OK;
}

/* Whether the header was believed, the records that were, and the size that the file is cut to. */
static bool journal_scan(size_t *taken, uint64_t *size)
{
    rpe_journal journal = {.descriptor = -1};
    rpe_identity identity = {.seed = 0};
    rpe_error error = {""};
    bool found = false;
    *taken = 0;
    *size = 0;
    if (rpe_journal_open(&journal, path, &found, &identity, &error) != RPE_OK)
        return false; /* said to be no journal, or one of another kind */
    if (found) {
        rpe_test_ok(rpe_journal_scan(&journal, record_take, taken, &error), &error);
        *size = journal.size;
    }
    rpe_journal_close(&journal, true);
    return found;
}

static void test_damage(void **state)
{
    (void)state;
    static unsigned char whole[SIZE_MOST], found[SIZE_MOST];
    uint64_t ends[RECORDS], cut;
    size_t taken;
    remove(path);
    journal_make(ends);
    const size_t size = bytes_read(whole), record = (size_t)(ends[1] - ends[0]),
                 header = (size_t)ends[0] - record;
    assert_int_equal(size, ends[RECORDS - 1]);
    assert_true(journal_scan(&taken, &cut));
    assert_int_equal(taken, RECORDS);
    for (size_t at = 0; at < size; at++) {
        const size_t right = at < header ? 0 : (at - header) / record;
        const unsigned char bit = (unsigned char)(1 << at % 8);
        whole[at] ^= bit;
        bytes_write(whole, size);
        whole[at] ^= bit;
        if (journal_scan(&taken, &cut) != (at >= header) || taken != right)
            fail_msg("a bit of byte %zu is wrong: %zu records taken, %zu are right", at, taken, right);
        if (at < header)
            continue;
        assert_int_equal(cut, header + right * record);
        assert_int_equal(bytes_read(found), cut);
        assert_memory_equal(found, whole, cut);
    }
}

/* A journal that was cut anywhere: its whole records. */
static void test_cut(void **state)
{
    (void)state;
    static unsigned char whole[SIZE_MOST];
    uint64_t ends[RECORDS], cut;
    size_t taken;
    remove(path);
    journal_make(ends);
    const size_t size = bytes_read(whole), record = (size_t)(ends[1] - ends[0]),
                 header = (size_t)ends[0] - record;
    for (size_t kept = 0; kept < size; kept++) {
        bytes_write(whole, kept);
        assert_int_equal(journal_scan(&taken, &cut), kept >= header);
        assert_int_equal(taken, kept < header ? 0 : (kept - header) / record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_damage), cmocka_unit_test(test_cut)};
    snprintf(path, sizeof path, "%s/x.journal", rpe_test_directory("journal"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
