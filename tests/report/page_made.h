/* A synthetic run with verdicts, mutants and a calibration whose texts try to be markup. */
#ifndef PAGE_MADE_H
#define PAGE_MADE_H

#include "run_made.h"

#include "base/memory.h"
#include "report/page.h"

#define HOSTILE "</p><script>alert(1)</script>&amp;\"'><img src=x onerror=alert(1)>"
#define HOSTILE_JSON "</p><script>alert(1)</script>&amp;\\\"'><img src=x onerror=alert(1)>"

static const run_made page_curves = {.name = "curves",
                                     .title = "Curves",
                                     .picture = "error",
                                     .measure = "score_error",
                                     .exponent = -0.5,
                                     .closed = 1};
static const run_made page_open = {.name = "open-curves",
                                   .title = "No closed form",
                                   .picture = "error",
                                   .measure = "attention_error",
                                   .exponent = -0.4};
static const run_made page_profiles = {.name = "profiles",
                                       .title = "Kernels",
                                       .picture = "kernel",
                                       .measure = "code_profile",
                                       .closed = 1,
                                       .lags = 20};

static inline void page_text_write(const char *directory, const char *name, const char *text)
{
    FILE *stream = fopen(made_path(directory, name, ""), "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

/* Three verdicts: one holds, one fails, one is not applicable. */
static inline void page_verdicts_write(const char *directory)
{
    page_text_write(
        directory, "verify.json",
        "{\"settings\": {\"seed\": \"7\", \"quick\": true, \"level\": 0.001}, \"family\": 2, \"verdicts\": ["
        "{\"claim\": \"score-mean\", \"case\": \"sine\", \"sampler\": \"gaussian\", \"method\": \"softmax\","
        " \"verdict\": \"holds\", \"statistic\": 0.25, \"p\": 0.5, \"adjusted_p\": 1.0, \"bound\": null,"
        " \"trials\": 4321, \"effect\": 0.0125, \"effect_unit\": \"units of effect\", \"reason\": \"\","
        " \"command\": \"rpebench verify score-mean\", \"title\": \"Scores are unbiased\"},"
        "{\"claim\": \"score-law\", \"case\": \"" HOSTILE_JSON "\", \"sampler\": \"gaussian\","
        " \"method\": \"softmax\", \"verdict\": \"fails\", \"statistic\": 9.5, \"p\": 1e-9,"
        " \"adjusted_p\": 2e-9, \"bound\": null, \"trials\": 100, \"effect\": 0.05,"
        " \"effect_unit\": \"units of effect\", \"reason\": \"\","
        " \"command\": \"rpebench verify score-law --case \\\"sine\\\"\", \"title\": \"The law\"},"
        "{\"claim\": \"vanishing\", \"case\": \"sine\", \"sampler\": \"gaussian\", \"method\": \"softmax\","
        " \"verdict\": \"n/a\", \"statistic\": null, \"p\": null, \"adjusted_p\": null, \"bound\": null,"
        " \"trials\": 0, \"effect\": null, \"effect_unit\": \"\", \"reason\": \"" HOSTILE_JSON "\","
        " \"command\": \"\", \"title\": \"It vanishes\"}],"
        " \"machine\": {\"version\": \"9.8.7\", \"revision\": \"0123456789ab-dirty\","
        " \"build_type\": \"Debug\"}}\n");
}

static inline void page_attacks_write(const char *directory)
{
    page_text_write(
        directory, "mutants.csv",
        "mutant,fault,claim,case,sampler,method,p,adjusted_p,statistic,bound,rejected,failed,cases,seed\n"
        "zero,all is zero,score-mean,sine,gaussian,softmax,0,0,,,true,1,1,1\n"
        "survivor,nothing is wrong,score-mean,sine,gaussian,softmax,0.5,0.5,,,false,0,3,1\n");
    page_text_write(
        directory, "calibration.json",
        "{\"settings\": {\"seeds\": 200}, \"claims\": [{\"claim\": \"score-mean\", \"verdict\": \"holds\","
        " \"values\": 800, \"distance\": 0.035, \"p\": 0.27, \"power\": 1.0, \"wanted_effect\": 0.06,"
        " \"effect_unit\": \"units\"}]}\n");
}

/* The provenance of a run that is quick, incomplete and from changed sources. */
static inline void page_provenance_write(const char *directory, const run_made *run)
{
    FILE *json = fopen(made_path(directory, run->name, ".json"), "w");
    assert_non_null(json);
    fprintf(json,
            "{\"experiment\": \"%s\", \"title\": \"%s " HOSTILE_JSON "\", \"question\": \"" HOSTILE_JSON "\","
            " \"picture\": \"%s\", \"complete\": false, \"points\": 44, \"finished_points\": 12, \"seed\": "
            "\"17\","
            " \"quick\": true, \"shard\": {\"index\": 2, \"count\": 5}, \"timing\": {\"noisy\": true, "
            "\"reason\": \"<noise>\"},"
            " \"trials_asked_for\": 20, \"threads\": 2, \"seconds\": 1.5,"
            " \"reading\": \"Read it so: " HOSTILE_JSON "\", \"configuration\": {\"a\": 1},"
            " \"machine\": {\"version\": \"9.8.7\", \"revision\": \"abcdef123456-dirty\","
            " \"build_type\": \"Debug\", \"date\": \"2020-02-02T02:02:02Z\","
            " \"libraries\": {\"gsl\": \"2.7.1\"}}}\n",
            run->name, run->title, run->picture);
    assert_int_equal(fclose(json), 0);
}

/* The whole run; the texts of the first experiment are hostile. */
static inline void page_run_write(const char *directory)
{
    made_write(directory, &page_curves);
    made_write(directory, &page_open);
    made_write(directory, &page_profiles);
    page_provenance_write(directory, &page_curves);
    page_verdicts_write(directory);
    page_attacks_write(directory);
}

/* The page as a text, with what changed since a baseline unless it is NULL; released by free. */
static inline char *page_make(const char *directory, const char *baseline, const char *path)
{
    const rpe_page_settings settings = {.run = directory, .baseline = baseline};
    rpe_output output = {0};
    rpe_faults faults = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_page_write(&settings, &output, &faults, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    rpe_output_discard(&output);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(stream);
    rewind(stream);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, stream), size);
    text[size] = '\0';
    fclose(stream);
    return text;
}

#endif
