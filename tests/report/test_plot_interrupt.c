/* An interrupt ends the drawing after the gnuplot that is at work, whatever the number of pages, and leaves nothing. */
#include "page_made.h"

#include <sys/stat.h>

#include "base/parallel.h"

/* A gnuplot that counts its calls in a file, draws a line, and at the second call asks its parent to stop. */
static const char program[] = "#!/bin/sh\n"
                              "echo >> \"$CALLS\"\n"
                              "[ \"$(wc -l < \"$CALLS\")\" -lt 2 ] || kill -TERM $PPID\n"
                              "for last in \"$@\"; do :; done\n"
                              "target=$(sed -n 's/^OUTPUT = \"\\(.*\\)\"$/\\1/p' \"$2\")\n"
                              "printf '<svg></svg>' > \"$(printf \"$target\")\"\n";

static size_t calls_count(const char *path)
{
    FILE *calls = fopen(path, "r");
    assert_non_null(calls);
    size_t count = 0;
    for (int c; (c = fgetc(calls)) != EOF;)
        count += c == '\n' ? 1 : 0;
    fclose(calls);
    return count;
}

static void test_interrupt(void **state)
{
    (void)state;
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("plot_interrupt")),
         *programs = rpe_memory_text(rpe_test_directory("plot_interrupt_programs"));
    char path[8192], *calls = rpe_memory_text(made_path(programs, "calls", ""));
    made_write(directory, &page_curves);
    made_write(directory, &page_open);
    page_text_write(programs, "gnuplot", program);
    assert_int_equal(chmod(made_path(programs, "gnuplot", ""), 0700), 0);
    snprintf(path, sizeof path, "%s:%s", programs, getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("CALLS", calls, 1);
    rpe_interrupt_install();
    assert_int_equal(made_plot(directory, RPE_TEST_SOURCE "/plots", NULL, &error), RPE_ERROR_INTERRUPTED);
    rpe_interrupt_set(false);
    assert_int_equal(calls_count(calls), 2); /* of four */
    assert_int_equal(rpe_test_files_count(directory, ".svg") + rpe_test_files_count(directory, ".png") +
                         rpe_test_files_count(directory, ".tmp"),
                     0);
    rpe_memory_free(calls);
    rpe_memory_free(programs);
    rpe_memory_free(directory);
}

/* Nothing more is read for a page once it is asked to stop. */
static void test_page(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0};
    rpe_faults faults = {0};
    char *directory = rpe_memory_text(rpe_test_directory("page_interrupt"));
    const rpe_page_settings settings = {.run = directory};
    made_write(directory, &page_curves);
    rpe_test_ok(rpe_output_open(&output, made_path(directory, "page", ".html"), &error), &error);
    rpe_interrupt_set(true);
    assert_int_equal(rpe_page_write(&settings, &output, &faults, &error), RPE_ERROR_INTERRUPTED);
    rpe_interrupt_set(false);
    rpe_output_discard(&output);
    assert_int_equal(faults.count, 0);
    rpe_memory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_interrupt), cmocka_unit_test(test_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
