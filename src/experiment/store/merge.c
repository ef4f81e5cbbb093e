/* Shards of a run joined: the run once more, with all its trials taken from theirs. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "experiment/experiment.h"
#include "experiment/store/earlier.h"
#include "file/output.h"
#include "file/path.h"

/* Texts in a growing list; owned. */
typedef struct text_list {
    char **texts;
    size_t count, capacity;
} text_list;

/* Takes the text; NULL is a failure too. */
static rpe_status list_add(text_list *list, char *text, rpe_error *error)
{
    if (text != NULL && list->count == list->capacity) {
        size_t capacity = 2 * list->capacity + 16;
        char **grown = rpe_memory_allocate(capacity, sizeof *grown);
        if (grown != NULL && list->count > 0)
            memcpy(grown, list->texts, list->count * sizeof *grown);
        if (grown != NULL) {
            rpe_memory_free(list->texts);
            list->texts = grown;
            list->capacity = capacity;
        }
    }
    if (text == NULL || list->count == list->capacity) {
        rpe_memory_free(text);
        return rpe_error_memory(error, "names of shards", list->count + 1, sizeof *list->texts);
    }
    list->texts[list->count++] = text;
    return RPE_OK;
}

static void list_destroy(text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        rpe_memory_free(list->texts[i]);
    rpe_memory_free(list->texts);
    *list = (text_list){0};
}

static int texts_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- which directories, which experiments ---- */

static bool is_shard_name(const char *name)
{
    unsigned shard, shards;
    int end = -1;
    return sscanf(name, "shard-%u-of-%u%n", &shard, &shards, &end) == 2 && end > 0 && name[end] == '\0';
}

/* Whether it ends in .json; where it does, the ending goes. */
static bool is_result_name(char *name)
{
    char *dot = strrchr(name, '.');
    bool is = dot != NULL && dot != name && strcmp(dot, ".json") == 0;
    if (is)
        *dot = '\0';
    return is;
}

/* Names in the directory that are wanted, in order; joined with it where paths is set. */
static rpe_status directory_read(text_list *list, const char *directory, bool shards, rpe_error *error)
{
    DIR *stream = opendir(directory);
    if (stream == NULL)
        return rpe_path_error(directory, "a readable directory", errno, error);
    rpe_status status = RPE_OK;
    size_t before = list->count;
    for (struct dirent *entry; status == RPE_OK && (entry = readdir(stream)) != NULL;) {
        if (shards && is_shard_name(entry->d_name))
            status = list_add(list, rpe_path_join(directory, entry->d_name), error);
        else if (!shards && is_result_name(entry->d_name))
            status = list_add(list, rpe_memory_text(entry->d_name), error);
    }
    closedir(stream);
    if (list->count > before)
        qsort(list->texts + before, list->count - before, sizeof *list->texts, texts_compare);
    return status;
}

/* A directory stands for the shards in it; without any, for itself. */
static rpe_status directories_find(text_list *found, size_t count, const char *const *directories,
                                   rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        size_t before = found->count;
        status = directory_read(found, directories[i], true, error);
        if (status == RPE_OK && found->count == before)
            status = list_add(found, rpe_memory_text(directories[i]), error);
    }
    return status;
}

/* Every experiment that any of them has results of, once. */
static rpe_status names_find(text_list *names, const text_list *directories, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < directories->count; i++)
        status = directory_read(names, directories->texts[i], false, error);
    if (names->count > 0)
        qsort(names->texts, names->count, sizeof *names->texts, texts_compare);
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (kept > 0 && strcmp(names->texts[kept - 1], names->texts[i]) == 0)
            rpe_memory_free(names->texts[i]);
        else
            names->texts[kept++] = names->texts[i];
    }
    names->count = kept;
    if (status == RPE_OK && kept == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "merge: expected the results of shards (NAME.json) in %s, found none",
                               directories->count > 0 ? directories->texts[0] : "no directory");
    return status;
}

/* ---- one experiment ---- */

typedef struct parts {
    rpe_earlier *parts;
    size_t count;
} parts;

static rpe_status part_check(const rpe_earlier *part, const rpe_earlier *first, rpe_error *error)
{
    if (part->shards == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a shard of a run, found a whole run",
                             part->document.path);
    if (!part->complete)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected a finished shard, found an interrupted one: go on with it by --shard "
            "%zu/%zu --resume",
            part->document.path, part->shard, part->shards);
    if (part->shards != first->shards)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a shard of %zu as %s, found one of %zu",
                             part->document.path, first->shards, first->document.path, part->shards);
    if (part->trials != first->trials || part->quick != first->quick)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected the --trials and --quick of %s, found others", part->document.path,
                             first->document.path);
    return rpe_identity_check(&first->identity, &part->identity, part->document.path, "merge", false, error);
}

/* Each of 1 .. shards once. */
static rpe_status shards_check(const parts *all, const char *name, rpe_error *error)
{
    /* One more than there are: where the files speak of more, the first that is missing is among these. */
    const size_t shards = all->parts[0].shards, most = shards > all->count ? all->count + 1 : shards;
    const char **paths = rpe_memory_allocate_zero(most, sizeof *paths);
    if (paths == NULL)
        return rpe_error_memory(error, "shards", most, sizeof *paths);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < all->count; i++) {
        const rpe_earlier *part = &all->parts[i];
        if (part->shard > most)
            continue;
        if (paths[part->shard - 1] != NULL)
            status = rpe_error_set(error, RPE_ERROR_INPUT,
                                   "%s: expected each shard once, found shard %zu in %s too",
                                   part->document.path, part->shard, paths[part->shard - 1]);
        paths[part->shard - 1] = part->document.path;
    }
    for (size_t i = 0; status == RPE_OK && i < most; i++)
        if (paths[i] == NULL)
            status = rpe_error_set(error, RPE_ERROR_INPUT,
                                   "%s: expected shards 1 to %zu, found no finished shard %zu: run it by "
                                   "--shard %zu/%zu --resume",
                                   name, shards, i + 1, i + 1, shards);
    rpe_memory_free(paths);
    return status;
}

static rpe_status parts_open(parts *all, const text_list *directories, const char *name, rpe_error *error)
{
    rpe_status status = RPE_OK;
    all->parts = rpe_memory_allocate_zero(directories->count, sizeof *all->parts);
    if (all->parts == NULL)
        return rpe_error_memory(error, "shards", directories->count, sizeof *all->parts);
    for (size_t i = 0; status == RPE_OK && i < directories->count; i++) {
        bool found;
        status = rpe_earlier_open(&all->parts[all->count], directories->texts[i], name, &found, error);
        if (status == RPE_OK && found)
            all->count++;
    }
    for (size_t i = 0; status == RPE_OK && i < all->count; i++)
        status = part_check(&all->parts[i], &all->parts[0], error);
    return status == RPE_OK ? shards_check(all, name, error) : status;
}

static rpe_status experiment_merge(const text_list *directories, const char *name,
                                   const rpe_run_settings *settings, rpe_error *error)
{
    parts all = {0};
    rpe_run_settings own = *settings;
    rpe_status status = parts_open(&all, directories, name, error);
    if (status == RPE_OK) {
        own.trials = all.parts[0].trials;
        own.quick = all.parts[0].quick;
        own.seed_given = true;
        own.seed = all.parts[0].identity.seed;
        own.parts = all.parts;
        own.part_count = all.count;
        char *path = rpe_memory_text(all.parts[0].document.path);
        status = path == NULL ? rpe_error_memory(error, "path of a shard", 1, 1)
                              : rpe_experiment_run(path, &own, error);
        rpe_memory_free(path);
    }
    for (size_t i = 0; i < all.count; i++)
        rpe_earlier_destroy(&all.parts[i]);
    rpe_memory_free(all.parts);
    return status;
}

/* The joined results would take the place of a shard's. */
static rpe_status output_check(const text_list *directories, const char *output, rpe_error *error)
{
    struct stat target, part;
    for (size_t i = 0; stat(output, &target) == 0 && i < directories->count; i++)
        if (stat(directories->texts[i], &part) == 0 && part.st_dev == target.st_dev &&
            part.st_ino == target.st_ino)
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: expected another directory for the joined results than that of a shard, "
                "found the same",
                output);
    return RPE_OK;
}

rpe_status rpe_experiment_merge(size_t count, const char *const *directories,
                                const rpe_run_settings *settings, rpe_error *error)
{
    text_list found = {0}, names = {0};
    rpe_status status = directories_find(&found, count, directories, error);
    if (status == RPE_OK)
        status = output_check(&found, settings->output, error);
    if (status == RPE_OK)
        status = names_find(&names, &found, error);
    for (size_t i = 0; status == RPE_OK && i < names.count; i++)
        status = experiment_merge(&found, names.texts[i], settings, error);
    list_destroy(&names);
    list_destroy(&found);
    return status;
}

rpe_status rpe_experiment_settings_read(const char *path, rpe_run_settings *settings, char **revision,
                                        rpe_error *error)
{
    rpe_earlier earlier = {0};
    bool found = false;
    char *directory = rpe_path_directory(path), *name = NULL;
    const char *slash = strrchr(path, '/');
    name = rpe_memory_text(slash == NULL ? path : slash + 1);
    rpe_status status =
        directory == NULL || name == NULL ? rpe_error_memory(error, path, strlen(path), 1) : RPE_OK;
    if (status == RPE_OK && !is_result_name(name))
        status =
            rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected the JSON that a run wrote (NAME.json)", path);
    if (status == RPE_OK)
        status = rpe_earlier_open(&earlier, directory, name, &found, error);
    if (status == RPE_OK && !found)
        status = rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a readable file, found none", path);
    if (status == RPE_OK) {
        *revision = rpe_memory_text(earlier.identity.revision);
        settings->seed = settings->seed_given ? settings->seed : earlier.identity.seed;
        settings->seed_given = true;
        settings->trials = settings->trials > 0 ? settings->trials : earlier.trials;
        settings->quick = settings->quick || earlier.quick;
        if (*revision == NULL)
            status = rpe_error_memory(error, "program revision", 1, 1);
    }
    rpe_earlier_destroy(&earlier);
    rpe_memory_free(directory);
    rpe_memory_free(name);
    return status;
}
