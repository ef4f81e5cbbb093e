/* Pictures do not outlive their rows: which files go with a result, what a picture says of its rows, and who shows it. */
#include "page_made.h"

#include <sys/stat.h>
#include <unistd.h>

#include "file/picture_files.h"
#include "report/picture/picture_tie.h"

#define SCRIPTS RPE_TEST_SOURCE "/plots"

static bool is_there(const char *directory, const char *name)
{
    return access(made_path(directory, name, ""), F_OK) == 0;
}

typedef struct entry {
    const char *name;
    bool stays;
} entry;

static void test_removal(void **state)
{
    (void)state;
    static const entry entries[] = {
        {"a.svg", false},      {"a.png", false},  {"a-1.svg", false},    {"a-2.png", false},
        {"a-12.svg", false},   {"a-3.svg", true}, {"a-3.json", true},    {"a.csv", true},
        {"a.json", true},      {"a.npy", true},   {"a-.svg", true},      {"a-b.svg", true},
        {"a-1b.svg", true},    {"ab.svg", true},  {"a-1.svg.bak", true}, {"a-1-1.svg", true},
        {"b.svg", true},       {"A.svg", true},   {"a", true},           {"a.svg2", true},
        {"report.html", true}, {".svg", true},    {"a-7.svg.gz", true},  {"a-5.png", false}};
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("picture_files"));
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        page_text_write(directory, entries[i].name, "x");
    rpe_test_ok(rpe_picture_files_remove(directory, "a", &error), &error);
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if (is_there(directory, entries[i].name) != entries[i].stays)
            fail_msg("%s: expected that it %s", entries[i].name, entries[i].stays ? "stays" : "goes");
    rpe_test_ok(rpe_picture_files_remove("no/such/directory", "a", &error), &error);
    assert_int_equal(mkdir(made_path(directory, "a.png", ""), 0777), 0);
    assert_int_equal(rpe_picture_files_remove(directory, "a", &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "a.png: expected to remove this picture"));
    rpe_memory_free(directory);
}

/* CRC-32 from its definition: the remainder of the bits, the first of each byte its lowest, by the polynomial. */
static uint32_t remainder_of(const unsigned char *bytes, size_t count)
{
    uint32_t rest = 0xFFFFFFFF, reversed = 0;
    for (size_t bit = 0; bit < 8 * count; bit++) {
        uint32_t next = (bytes[bit / 8] >> bit % 8 & 1) ^ (rest >> 31);
        rest = (rest << 1) ^ (next ? 0x04C11DB7 : 0);
    }
    for (int bit = 0; bit < 32; bit++)
        reversed |= (rest >> bit & 1) << (31 - bit);
    return ~reversed;
}

static uint32_t number_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static const unsigned char smallest[] = "\x89PNG\r\n\x1a\n"
                                        "\0\0\0\0IEND\xAE\x42\x60\x82";

static size_t bytes_read(const char *path, char *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, room, file);
    fclose(file);
    return count;
}

static void test_tie(void **state)
{
    (void)state;
    static const rpe_picture_tie tie = {.rows = "0123456789abcdef", .page = 2, .pages = 13};
    rpe_error error = {""};
    rpe_picture_tie found;
    char bytes[512], *path = rpe_memory_text(made_path(rpe_test_directory("picture_tie"), "a", ".png"));
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(smallest, 1, sizeof smallest - 1, file), sizeof smallest - 1);
    fclose(file);
    assert_false(rpe_picture_tie_find(&found, path));
    rpe_test_ok(rpe_picture_tie_write(&tie, path, &error), &error);
    size_t count = bytes_read(path, bytes, sizeof bytes);
    const unsigned char *chunk = (const unsigned char *)bytes + 8;
    uint32_t length = number_at(chunk);
    assert_memory_equal(chunk + 4, "tEXt", 4);
    assert_int_equal(number_at(chunk + 8 + length), remainder_of(chunk + 4, 4 + length));
    assert_int_equal(count, sizeof smallest - 1 + 12 + length);
    assert_memory_equal(chunk + 12 + length, smallest + 8, 12);
    assert_true(rpe_picture_tie_read(&found, bytes, count));
    assert_string_equal(found.rows, tie.rows);
    assert_int_equal(found.page, 2);
    assert_int_equal(found.pages, 13);
    page_text_write(strcpy(bytes, rpe_test_directory("picture_tie_svg")), "a.svg", "<svg></svg>\n");
    char *svg = rpe_memory_text(made_path(bytes, "a", ".svg"));
    rpe_test_ok(rpe_picture_tie_write(&tie, svg, &error), &error);
    assert_true(rpe_picture_tie_find(&found, svg));
    assert_string_equal(found.rows, tie.rows);
    count = bytes_read(svg, bytes, sizeof bytes);
    for (size_t cut = 0; cut < count - strlen(" -->\n") - 1;
         cut++) /* any shorter file says nothing, or all */
        assert_false(rpe_picture_tie_read(&found, bytes, cut));
    assert_int_equal(rpe_picture_tie_write(&tie, "no/such.svg", &error), RPE_ERROR_FILE);
    rpe_memory_free(svg);
    rpe_memory_free(path);
}

static const char drawing[] =
    "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 10 10\"><g><path d=\"M1,1\"/></g></svg>\n";

/* A picture beside the run's rows, of these rows, of others ("0"), or of what it does not say (""). */
static void picture_put(const char *directory, const char *file, const char *rows, size_t page, size_t pages)
{
    rpe_error error = {""};
    page_text_write(directory, file, drawing);
    rpe_picture_tie tie = {.page = page, .pages = pages};
    snprintf(tie.rows, sizeof tie.rows, "%s", rows);
    if (rows[0] != '\0')
        rpe_test_ok(rpe_picture_tie_write(&tie, made_path(directory, file, ""), &error), &error);
}

static char *page_of(const char *directory)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/page.html", directory);
    return page_make(directory, NULL, path);
}

static void page_says(const char *directory, size_t pictures, const char *text)
{
    char *page = page_of(directory);
    size_t count = 0;
    for (const char *c = page; (c = strstr(c, "class=\"drawing\"")) != NULL; c++)
        count++;
    assert_int_equal(count, pictures);
    if (text != NULL && strstr(page, text) == NULL)
        fail_msg("expected \"%s\" on the page", text);
    free(page);
}

#define OTHERS "0000000000000000"

static void test_page(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_record record = {0};
    char *directory = rpe_memory_text(rpe_test_directory("picture_page"));
    made_write(directory, &page_curves);
    rpe_test_ok(rpe_record_read(&record, directory, "curves", &error), &error);
    const char *rows = record.rows.hash;
    page_says(directory, 0, "There is no picture of this experiment");
    picture_put(directory, "curves.svg", rows, 1, 1);
    page_says(directory, 2, NULL); /* among the key pictures, and in its section */
    picture_put(directory, "curves.svg", "", 1, 1);
    page_says(directory, 2, "The picture does not say which rows it was drawn from");
    picture_put(directory, "curves.svg", OTHERS, 1, 1);
    page_says(directory, 0, "The picture beside these rows was drawn from other rows");
    picture_put(directory, "curves-1.svg", rows, 1, 3); /* the second was lost, the third is there */
    picture_put(directory, "curves-3.svg", rows, 3, 3);
    page_says(directory, 3, "The picture has 3 pages, of which 2 are shown here.");
    picture_put(directory, "curves-2.svg", OTHERS, 2, 3);
    page_says(directory, 3, "The picture has 3 pages, of which 2 are shown here.");
    rpe_record_destroy(&record);
    rpe_memory_free(directory);
}

/* One more row: pictures of before go where none can be drawn, and stay where the rows are the same. */
static void test_failure(void **state)
{
    (void)state;
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("picture_failure"));
    char *scripts = rpe_memory_text(rpe_test_directory("picture_failure_scripts"));
    rpe_record record = {0};
    made_write(directory, &page_curves);
    rpe_test_ok(rpe_record_read(&record, directory, "curves", &error), &error);
    picture_put(directory, "curves-1.svg", record.rows.hash, 1, 2);
    picture_put(directory, "curves-2.svg", record.rows.hash, 2, 2);
    assert_int_equal(made_plot(directory, scripts, NULL, &error), RPE_ERROR_INPUT);
    assert_true(is_there(directory, "curves-1.svg") && is_there(directory, "curves-2.svg"));
    FILE *csv = fopen(made_path(directory, "curves", ".csv"), "a");
    made_row(csv, &page_curves, "trained", "third", 4, 0);
    fclose(csv);
    assert_int_equal(made_plot(directory, scripts, NULL, &error), RPE_ERROR_INPUT);
    assert_false(is_there(directory, "curves-1.svg") || is_there(directory, "curves-2.svg"));
    rpe_record_destroy(&record);
    rpe_memory_free(scripts);
    rpe_memory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_removal), cmocka_unit_test(test_tie),
                                       cmocka_unit_test(test_page), cmocka_unit_test(test_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
