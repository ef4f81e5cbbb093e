/* report: the options lead to the files that are shown, and a page appears whole or not at all. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"

static char directory[256];

static const char verdicts[] = "{\"settings\": {\"seed\": \"7\", \"quick\": false, \"level\": 0.001}, "
                               "\"family\": 1, \"verdicts\": [{\"claim\": "
                               "\"score-mean\", \"case\": \"sine\", \"sampler\": \"gaussian\", \"method\": "
                               "\"softmax\", \"verdict\": \"%s\", "
                               "\"statistic\": 1, \"p\": 0.5, \"adjusted_p\": 0.5, \"trials\": 10, "
                               "\"effect\": 0.1, \"effect_unit\": \"units\"}]}\n";

static void verdicts_write(const char *name, const char *verdict)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fprintf(stream, verdicts, verdict);
    assert_int_equal(fclose(stream), 0);
}

/* In the line "@" is the directory. */
static rpe_status line_run(const char *line, rpe_error *error)
{
    static char text[4096];
    char *words[16];
    int count = 0;
    size_t used = 0;
    for (; *line != '\0'; line++)
        if (*line == '@')
            used += (size_t)snprintf(text + used, sizeof text - used, "%s", directory);
        else
            text[used++] = *line;
    text[used] = '\0';
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    return rpe_program_run(count, words, NULL, error);
}

static bool page_says(const char *text)
{
    static char page[1 << 20];
    char path[512];
    snprintf(path, sizeof path, "%s/r.html", directory);
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return false;
    page[fread(page, 1, sizeof page - 1, stream)] = '\0';
    fclose(stream);
    unlink(path);
    return strncmp(page, "<!DOCTYPE html>", 15) == 0 && strstr(page, text) != NULL;
}

static void test_report(void **state)
{
    (void)state;
    char path[512];
    rpe_error error = {""};
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("report"));
    snprintf(path, sizeof path, "%s/run", directory);
    assert_int_equal(mkdir(path, 0777), 0);
    verdicts_write("run/verify.json", "holds");
    verdicts_write("other.json", "fails");
    verdicts_write("bad.json", "perhaps");
    rpe_test_ok(line_run("rpebench report @/run --output @/r.html --quiet", &error), &error);
    assert_true(page_says("1 hold, 0 fail"));
    rpe_test_ok(line_run("rpebench report @ --output @/r.html --quiet", &error), &error);
    assert_true(page_says("1 hold, 0 fail"));
    rpe_test_ok(
        line_run("rpebench report @/run --verification @/other.json --output @/r.html --quiet", &error),
        &error);
    assert_true(page_says("0 hold, 1 fail"));
    assert_int_equal(line_run("rpebench report @/run --verification @/bad.json --output @/r.html", &error),
                     RPE_ERROR_INPUT);
    assert_false(page_says(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_report)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
