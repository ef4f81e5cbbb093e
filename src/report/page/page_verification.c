/* The verdicts of a run of `rpebench verify`, from its JSON or its CSV, which say the same of every row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/page/page_parts.h"

/* Where the fields of a row come from. */
typedef struct row_source {
    const json_t *object; /* NULL: the row of the CSV */
    const rpe_csv *csv;
    size_t row;
} row_source;

static const char *text_of(const row_source *source, const char *key)
{
    if (source->object != NULL)
        return rpe_json_text_or(source->object, key, "");
    size_t column = rpe_csv_column(source->csv, key);
    return column < source->csv->columns ? rpe_csv_cell(source->csv, source->row, column) : "";
}

static double number_of(const row_source *source, const char *key)
{
    if (source->object != NULL)
        return rpe_json_number_or(source->object, key, NAN);
    size_t column = rpe_csv_column(source->csv, key);
    return column < source->csv->columns ? rpe_csv_number(source->csv, source->row, column) : NAN;
}

static void verdict_make(rpe_page_verdict *verdict, const row_source *source)
{
    *verdict = (rpe_page_verdict){.claim = text_of(source, "claim"),
                                  .case_name = text_of(source, "case"),
                                  .sampler = text_of(source, "sampler"),
                                  .method = text_of(source, "method"),
                                  .verdict = text_of(source, "verdict"),
                                  .effect_unit = text_of(source, "effect_unit"),
                                  .reason = text_of(source, "reason"),
                                  .command = text_of(source, "command"),
                                  .title = text_of(source, "title"),
                                  .statistic = number_of(source, "statistic"),
                                  .p = number_of(source, "p"),
                                  .adjusted_p = number_of(source, "adjusted_p"),
                                  .bound = number_of(source, "bound"),
                                  .trials = number_of(source, "trials"),
                                  .effect = number_of(source, "effect")};
}

/* A verdict of another name is no verdict. */
static rpe_status verdict_count(rpe_page_verification *verification, const rpe_page_verdict *verdict,
                                const char *path, rpe_error *error)
{
    const struct {
        const char *name;
        size_t *count;
    } kinds[] = {{"holds", &verification->holds},
                 {"fails", &verification->fails},
                 {"suspect", &verification->suspect},
                 {"n/a", &verification->not_applicable}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, verdict->verdict) == 0) {
            ++*kinds[i].count;
            return verdict->claim[0] != '\0'
                       ? RPE_OK
                       : rpe_error_set(error, RPE_ERROR_INPUT,
                                       "%s: expected a claim in every row, found none", path);
        }
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: expected a verdict (holds, fails, suspect or n/a) in every row, found \"%.40s\"", path,
        verdict->verdict);
}

static rpe_status rows_make(rpe_page_verification *verification, size_t count, const json_t *list,
                            const char *path, rpe_error *error)
{
    verification->verdicts = rpe_memory_allocate(count, sizeof *verification->verdicts);
    if (verification->verdicts == NULL)
        return rpe_error_memory(error, path, count, sizeof *verification->verdicts);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const row_source source = {list != NULL ? json_array_get(list, i) : NULL, &verification->rows, i};
        verdict_make(&verification->verdicts[i], &source);
        status = verdict_count(verification, &verification->verdicts[i], path, error);
    }
    verification->count = count;
    return status;
}

static rpe_status document_check(const rpe_json *document, const json_t *list, rpe_error *error)
{
    static const rpe_json_member members[] = {
        {NULL, "family", RPE_JSON_IS_NUMBER},      {NULL, "settings", RPE_JSON_IS_OBJECT},
        {"settings", "seed", RPE_JSON_IS_TEXT},    {"settings", "quick", RPE_JSON_IS_FLAG},
        {"settings", "level", RPE_JSON_IS_NUMBER}, {NULL, "machine", RPE_JSON_IS_OBJECT},
        {NULL, "verdicts", RPE_JSON_IS_OBJECTS}};
    static const rpe_json_member fields[] = {
        {NULL, "claim", RPE_JSON_IS_TEXT},   {NULL, "case", RPE_JSON_IS_TEXT},
        {NULL, "sampler", RPE_JSON_IS_TEXT}, {NULL, "method", RPE_JSON_IS_TEXT},
        {NULL, "verdict", RPE_JSON_IS_TEXT}, {NULL, "effect_unit", RPE_JSON_IS_TEXT},
        {NULL, "reason", RPE_JSON_IS_TEXT},  {NULL, "command", RPE_JSON_IS_TEXT},
        {NULL, "title", RPE_JSON_IS_TEXT},   {NULL, "statistic", RPE_JSON_IS_NUMBER},
        {NULL, "p", RPE_JSON_IS_NUMBER},     {NULL, "adjusted_p", RPE_JSON_IS_NUMBER},
        {NULL, "bound", RPE_JSON_IS_NUMBER}, {NULL, "trials", RPE_JSON_IS_NUMBER},
        {NULL, "effect", RPE_JSON_IS_NUMBER}};
    rpe_status status =
        rpe_json_members_check(document, document->root, members, sizeof members / sizeof members[0], error);
    return status == RPE_OK
               ? rpe_json_rows_check(document, list, fields, sizeof fields / sizeof fields[0], error)
               : status;
}

static rpe_status json_take(rpe_page_verification *verification, const char *path, rpe_error *error)
{
    rpe_status status = rpe_json_read(&verification->document, path, error);
    if (status != RPE_OK)
        return status;
    const json_t *root = verification->document.root, *list = json_object_get(root, "verdicts");
    const json_t *settings = json_object_get(root, "settings");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return rpe_json_value_error(&verification->document, "verdicts", "a list of verdicts", list, error);
    status = document_check(&verification->document, list, error);
    if (status != RPE_OK)
        return status;
    verification->seed = rpe_memory_text(rpe_json_text_or(settings, "seed", ""));
    verification->quick = rpe_json_flag_or(settings, "quick", false);
    verification->level = rpe_json_number_or(settings, "level", NAN);
    verification->family = rpe_json_number_or(root, "family", NAN);
    if (verification->seed == NULL)
        return rpe_error_memory(error, path, 1, 1);
    return rows_make(verification, json_array_size(list), list, path, error);
}

static rpe_status csv_take(rpe_page_verification *verification, const char *path, rpe_error *error)
{
    rpe_status status = rpe_csv_read(&verification->rows, path, error);
    if (status == RPE_OK && verification->rows.rows == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected verdicts, found only the header", path);
    if (status != RPE_OK)
        return status;
    const row_source first = {NULL, &verification->rows, 0};
    verification->seed = rpe_memory_text(text_of(&first, "seed"));
    verification->quick = strcmp(text_of(&first, "quick"), "true") == 0;
    verification->level = number_of(&first, "level");
    verification->family = number_of(&first, "family");
    if (verification->seed == NULL)
        return rpe_error_memory(error, path, 1, 1);
    return rows_make(verification, verification->rows.rows, NULL, path, error);
}

rpe_status rpe_page_verification_read(rpe_page_verification *verification, const char *path, rpe_error *error)
{
    size_t length = strlen(path);
    bool json = length > 5 && strcmp(path + length - 5, ".json") == 0;
    rpe_status status = json ? json_take(verification, path, error) : csv_take(verification, path, error);
    verification->there = status == RPE_OK;
    return status;
}

void rpe_page_verification_destroy(rpe_page_verification *verification)
{
    rpe_memory_free(verification->verdicts);
    rpe_memory_free(verification->seed);
    rpe_csv_destroy(&verification->rows);
    rpe_json_destroy(&verification->document);
    *verification = (rpe_page_verification){0};
}
