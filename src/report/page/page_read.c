/* Everything that the page shows, found in the run. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/path.h"
#include "report/compare/record_pools.h"
#include "report/page/page_parts.h"
#include "report/plot.h"

#define FOLDERS_MAX 64

/* The run and its subfolders. */
typedef struct folder_list {
    char *paths[FOLDERS_MAX];
    size_t count;
} folder_list;

static int paths_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static rpe_status folders_find(folder_list *folders, const char *run, rpe_error *error)
{
    DIR *directory = opendir(run);
    if (directory == NULL)
        return rpe_path_error(run, "a directory of results", errno, error);
    rpe_status status = RPE_OK;
    folders->paths[folders->count] = rpe_memory_text(run);
    folders->count += folders->paths[0] != NULL;
    for (struct dirent *entry;
         folders->count > 0 && status == RPE_OK && (entry = readdir(directory)) != NULL;) {
        char *path = entry->d_name[0] == '.' ? NULL : rpe_path_join(run, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (path == NULL) {
            status = rpe_error_memory(error, run, strlen(entry->d_name), 1);
        } else if (!is_folder(path)) {
            rpe_memory_free(path);
        } else if (folders->count == FOLDERS_MAX) {
            rpe_memory_free(path);
            status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected at most %d folders, found more", run,
                                   FOLDERS_MAX - 1);
        } else {
            folders->paths[folders->count++] = path;
        }
    }
    closedir(directory);
    if (folders->count == 0)
        return rpe_error_memory(error, run, strlen(run), 1);
    qsort(folders->paths + 1, folders->count - 1, sizeof folders->paths[0], paths_compare);
    return status;
}

static void folders_destroy(folder_list *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        rpe_memory_free(folders->paths[i]);
}

/* The first NAME in the folders; NULL where there is none.  Owned by the caller. */
static rpe_status file_find(const folder_list *folders, const char *name, char **path, rpe_error *error)
{
    *path = NULL;
    for (size_t i = 0; i < folders->count && *path == NULL; i++) {
        char *tried = rpe_path_join(folders->paths[i], name);
        if (tried == NULL)
            return rpe_error_memory(error, name, strlen(name), 1);
        if (access(tried, F_OK) == 0)
            *path = tried;
        else
            rpe_memory_free(tried);
    }
    return RPE_OK;
}

/* The named file, else the first of these names that is found. */
static rpe_status source_find(const folder_list *folders, const char *named, const char *const names[2],
                              char **path, rpe_error *error)
{
    *path = NULL;
    if (named != NULL) {
        *path = rpe_memory_text(named);
        return *path != NULL ? RPE_OK : rpe_error_memory(error, named, strlen(named), 1);
    }
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < 2 && names[i] != NULL && *path == NULL; i++)
        status = file_find(folders, names[i], path, error);
    return status;
}

/* ---- experiments ---- */

static rpe_status residuals_find(rpe_page_experiment *experiment, rpe_error *error)
{
    const rpe_record *record = &experiment->record;
    rpe_page_residuals found = {
        .rows = record->rows.rows, .family = rpe_record_family(record), .bound = rpe_record_bound(record)};
    for (size_t row = 0; row < record->rows.rows; row++) {
        double z = fabs(rpe_record_number(record, row, RPE_COLUMN_z));
        found.closed += isfinite(rpe_record_number(record, row, RPE_COLUMN_closed_form)) ? 1 : 0;
        found.within += z <= 1.96 ? 1 : 0;
        found.verdicts[rpe_record_verdict_of(record, row, experiment->adjusted_p, found.family)]++;
        found.largest = z > found.largest ? z : found.largest;
    }
    rpe_record_pools pools = {0};
    rpe_status status = rpe_record_pools_create(&pools, record, error);
    for (size_t i = 0; i < pools.count; i++)
        found.together += pools.items[i].disagrees ? 1 : 0;
    rpe_record_pools_destroy(&pools);
    experiment->residuals = found;
    return status;
}

/* open_memstream is the C library's own: its block is copied into counted memory. */
static rpe_status sentences_read(rpe_page_experiment *experiment, rpe_error *error)
{
    char *text = NULL;
    size_t count = 0;
    FILE *stream = open_memstream(&text, &count);
    if (stream == NULL)
        return rpe_error_memory(error, "sentences of an experiment", 1, 1);
    rpe_status status = rpe_record_sentences_print(&experiment->record, stream, error);
    if (fclose(stream) != 0 && status == RPE_OK)
        status = rpe_error_memory(error, "sentences of an experiment", count, 1);
    if (status == RPE_OK) {
        experiment->sentences = rpe_memory_text(text);
        if (experiment->sentences == NULL)
            status = rpe_error_memory(error, "sentences of an experiment", count + 1, 1);
    }
    free(text); /* NOLINT(bugprone-unused-return-value) */
    return status;
}

/* The name, or where an earlier folder has it too, the folder's before it. */
static char *id_make(const rpe_page *page, const char *directory, const char *name)
{
    size_t capacity = strlen(directory) + strlen(name) + 2;
    char *id = rpe_memory_allocate(capacity, 1);
    if (id == NULL)
        return NULL;
    snprintf(id, capacity, "%s", name);
    for (size_t i = 0; i < page->experiment_count; i++)
        if (strcmp(page->experiments[i].record.name, name) == 0) {
            const char *slash = strrchr(directory, '/');
            snprintf(id, capacity, "%s-%s", slash != NULL ? slash + 1 : directory, name);
        }
    return id;
}

static rpe_status experiment_read(rpe_page *page, const char *directory, const char *name, rpe_error *error)
{
    rpe_page_experiment *experiment = &page->experiments[page->experiment_count];
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted before %s was read", name);
    rpe_status status = rpe_record_read(&experiment->record, directory, name, error);
    if (status != RPE_OK)
        return status;
    experiment->directory = rpe_memory_text(directory);
    experiment->id = id_make(page, directory, name);
    snprintf(experiment->anchor, sizeof experiment->anchor, "e%zu", page->experiment_count + 1);
    if (experiment->directory == NULL || experiment->id == NULL)
        return rpe_error_memory(error, name, strlen(directory), 1);
    const json_t *configuration = json_object_get(experiment->record.document.root, "configuration");
    experiment->key = (long)rpe_json_count_or(configuration, "key_picture", 0);
    experiment->adjusted_p = rpe_record_adjusted_create(&experiment->record);
    if (experiment->adjusted_p == NULL)
        return rpe_error_memory(error, name, experiment->record.rows.rows, sizeof(double));
    status = residuals_find(experiment, error);
    if (status == RPE_OK)
        status = rpe_page_layout_make(&experiment->layout, &experiment->record, error);
    if (status != RPE_OK)
        return status;
    status = sentences_read(experiment, error);
    return status == RPE_OK ? rpe_page_pictures_read(experiment, error) : status;
}

static void experiment_destroy(rpe_page_experiment *experiment)
{
    for (size_t i = 0; i < experiment->picture_count; i++)
        rpe_page_picture_destroy(&experiment->pictures[i]);
    rpe_record_destroy(&experiment->record);
    rpe_memory_free(experiment->sentences);
    rpe_memory_free(experiment->adjusted_p);
    rpe_memory_free(experiment->layout.key);
    rpe_memory_free(experiment->directory);
    rpe_memory_free(experiment->id);
    *experiment = (rpe_page_experiment){0};
}

static rpe_status experiments_reserve(rpe_page *page, size_t more, rpe_error *error)
{
    size_t wanted = page->experiment_count + more;
    if (wanted <= page->experiment_capacity)
        return RPE_OK;
    rpe_page_experiment *grown = rpe_memory_allocate_zero(wanted, sizeof *grown);
    if (grown == NULL)
        return rpe_error_memory(error, "experiments", wanted, sizeof *grown);
    if (page->experiment_count > 0)
        memcpy(grown, page->experiments, page->experiment_count * sizeof *grown);
    rpe_memory_free(page->experiments);
    page->experiments = grown;
    page->experiment_capacity = wanted;
    return RPE_OK;
}

static rpe_status folder_read(rpe_page *page, const char *directory, rpe_error *error)
{
    rpe_record_names names = {0};
    rpe_status status = rpe_record_names_read(&names, directory, page->faults, error);
    if (status == RPE_ERROR_INPUT) /* no results: verdicts alone */
        return RPE_OK;
    if (status == RPE_OK)
        status = experiments_reserve(page, names.count, error);
    for (size_t i = 0; status == RPE_OK && i < names.count; i++) {
        rpe_error failure = {""};
        status = experiment_read(page, directory, names.names[i], &failure);
        if (status == RPE_OK)
            page->experiment_count++;
        else
            experiment_destroy(&page->experiments[page->experiment_count]);
        status = rpe_faults_take(page->faults, status, &failure, error);
    }
    rpe_record_names_destroy(&names);
    return status;
}

/* ---- verdicts, mutants, calibration ---- */

static rpe_status column_need(const rpe_csv *csv, const char *path, const char *const *names,
                              rpe_error *error)
{
    for (; *names != NULL; names++)
        if (rpe_csv_column(csv, *names) == csv->columns)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a column \"%s\", found none", path,
                                 *names);
    return RPE_OK;
}

static rpe_status mutants_read(rpe_page_mutants *mutants, const char *path, rpe_error *error)
{
    static const char *const names[] = {"mutant", "fault",    "claim",  "case",  "sampler", "method",
                                        "p",      "rejected", "failed", "cases", NULL};
    rpe_status status = rpe_csv_read(&mutants->rows, path, error);
    if (status == RPE_OK)
        status = column_need(&mutants->rows, path, names, error);
    if (status != RPE_OK)
        return status;
    size_t rejected = rpe_csv_column(&mutants->rows, "rejected");
    for (size_t row = 0; row < mutants->rows.rows; row++)
        mutants->rejected += strcmp(rpe_csv_cell(&mutants->rows, row, rejected), "true") == 0 ? 1 : 0;
    mutants->there = true;
    return RPE_OK;
}

static rpe_status others_read(rpe_page *page, const folder_list *folders, rpe_error *error)
{
    static const char *const verification[2] = {"verify.json", "verify.csv"};
    static const char *const mutants[2] = {"mutants.csv", NULL}, *const calibration[2] = {"calibration.json",
                                                                                          NULL};
    char *path = NULL;
    rpe_status status = source_find(folders, page->settings->verification, verification, &path, error);
    if (status == RPE_OK && path != NULL)
        status = rpe_page_verification_read(&page->verification, path, error);
    rpe_memory_free(path);
    path = NULL;
    if (status == RPE_OK)
        status = source_find(folders, page->settings->mutants, mutants, &path, error);
    if (status == RPE_OK && path != NULL)
        status = mutants_read(&page->mutants, path, error);
    rpe_memory_free(path);
    path = NULL;
    if (status == RPE_OK)
        status = source_find(folders, page->settings->calibration, calibration, &path, error);
    if (status == RPE_OK && path != NULL)
        status = rpe_page_calibration_read(&page->calibration, path, error);
    rpe_memory_free(path);
    return status;
}

/* ---- all ---- */

static bool is_key(const rpe_page *page, const rpe_page_experiment *experiment)
{
    for (size_t n = 0; n < RPE_PAGE_KEYS; n++)
        if (rpe_page_key(page, n) == experiment)
            return true;
    return false;
}

/* Key pictures first, then the first of the others, then the rest: what comes last is left out where room ends. */
static rpe_status pictures_place(rpe_page *page, rpe_error *error)
{
    size_t room = RPE_PAGE_PICTURES, number = 0;
    rpe_status status = RPE_OK;
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < page->experiment_count; i++) {
            rpe_page_experiment *experiment = &page->experiments[i];
            for (size_t sheet = 0; status == RPE_OK && sheet < experiment->picture_count; sheet++)
                if (pass == (sheet > 0 ? 2 : is_key(page, experiment) ? 0 : 1))
                    status = rpe_page_picture_place(&experiment->pictures[sheet], ++number, &room, error);
        }
    return status == RPE_OK ? rpe_page_picture_place(&page->calibration.picture, ++number, &room, error)
                            : status;
}

static bool page_is_empty(const rpe_page *page)
{
    return page->experiment_count == 0 && !page->verification.there && !page->mutants.there &&
           !page->calibration.there;
}

rpe_status rpe_page_read(rpe_page *page, rpe_error *error)
{
    folder_list folders = {0};
    rpe_status status = folders_find(&folders, page->settings->run, error);
    for (size_t i = 0; status == RPE_OK && i < folders.count; i++)
        status = folder_read(page, folders.paths[i], error);
    if (status == RPE_OK)
        status = others_read(page, &folders, error);
    if (status == RPE_OK)
        status = rpe_page_changes_read(&page->changes, page->settings, error);
    for (size_t side = 0; status == RPE_OK && side < 2; side++)
        status = rpe_faults_join(page->faults, &page->changes.sets[side].faults, error);
    folders_destroy(&folders);
    if (status == RPE_OK && page_is_empty(page) && page->faults->status != RPE_OK)
        return rpe_faults_end(page->faults, stderr, RPE_OK, error);
    if (status == RPE_OK && page_is_empty(page))
        status = rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected results (NAME.json with NAME.csv beside it, verify.json, mutants.csv or "
            "calibration.json), found none",
            page->settings->run);
    if (status == RPE_OK)
        status = pictures_place(page, error);
    return status == RPE_OK ? rpe_page_caveats_find(page, error) : status;
}

void rpe_page_destroy(rpe_page *page)
{
    for (size_t i = 0; i < page->experiment_count; i++)
        experiment_destroy(&page->experiments[i]);
    rpe_memory_free(page->experiments);
    rpe_page_changes_destroy(&page->changes);
    rpe_page_verification_destroy(&page->verification);
    rpe_csv_destroy(&page->mutants.rows);
    rpe_json_destroy(&page->calibration.document);
    rpe_page_picture_destroy(&page->calibration.picture);
    rpe_page_caveats_destroy(&page->caveats);
    *page = (rpe_page){0};
}
