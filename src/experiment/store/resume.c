/* Taking up a run that was interrupted or killed, and extending one that is finished: trials that are there are not run again,
   so that the result has the bytes of an undisturbed run. */
#include "experiment/store/resume.h"

#include "base/memory.h"
#include "experiment/run/result_file.h"
#include "experiment/store/earlier.h"

#define WHO "--resume"

/* A run that is being taken up. */
typedef struct taking {
    rpe_store *store;
    const rpe_configuration *configuration;
    const rpe_run_settings *settings;
    const rpe_identity *identity;
    rpe_taken *taken;
} taking;

/* Whether trials of the identity found in the file of that path may be taken. */
static rpe_status identity_take(const taking *run, const rpe_identity *found, const char *path,
                                rpe_error *error)
{
    const bool force = run->settings->resume == RPE_RESUME_FORCE;
    rpe_status status = rpe_identity_check(run->identity, found, path, WHO, force, error);
    if (status == RPE_OK && rpe_identity_check(run->identity, found, path, WHO, false, NULL) != RPE_OK)
        run->taken->forced = *found;
    return status;
}

static rpe_status journal_take(const taking *run, bool found, const rpe_identity *earlier, rpe_error *error)
{
    rpe_store *store = run->store;
    FILE *progress = run->settings->progress;
    if (found && run->settings->resume != RPE_RESUME_NOT) {
        rpe_status status = identity_take(run, earlier, store->journal.path, error);
        return status == RPE_OK ? rpe_store_scan(store, error) : status;
    }
    if (found && rpe_journal_holds(&store->journal) && progress != NULL)
        fprintf(progress, "%s: the unfinished run that it holds is given up; --resume goes on with one\n",
                store->journal.path);
    return rpe_journal_start(&store->journal, run->identity, error);
}

static rpe_status results_take(const taking *run, rpe_error *error)
{
    const rpe_run_settings *settings = run->settings;
    rpe_earlier earlier = {0};
    bool found;
    rpe_status status = rpe_earlier_open(&earlier, settings->output, run->configuration->name, &found, error);
    if (status != RPE_OK || !found)
        return status;
    status = identity_take(run, &earlier.identity, earlier.document.path, error);
    if (status == RPE_OK)
        status = rpe_earlier_take(&earlier, run->store, error);
    if (status == RPE_OK && earlier.complete) {
        bool same = run->taken->forced.revision[0] == '\0' && earlier.trials == settings->trials &&
                    earlier.shard == settings->shard && earlier.shards == settings->shards &&
                    !rpe_journal_holds(&run->store->journal);
        run->taken->left = same ? RPE_LEFT_ALL : RPE_LEFT_WHOLE;
    }
    rpe_earlier_destroy(&earlier);
    return status;
}

/* The lock is ours: what runs that were killed have left unfinished is nobody's. */
static rpe_status stale_remove(const rpe_configuration *configuration, const rpe_run_settings *settings,
                               rpe_error *error)
{
    static const char *const endings[] = {".csv", ".npy", ".json"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char *path = rpe_result_path(configuration, settings, endings[i]);
        if (path == NULL)
            return rpe_error_memory(error, "path of the results", 1, 1);
        rpe_output_stale_remove(path);
        rpe_memory_free(path);
    }
    return RPE_OK;
}

rpe_status rpe_resume_open(rpe_store *store, const rpe_configuration *configuration,
                           const rpe_run_settings *settings, const rpe_identity *identity, rpe_taken *taken,
                           rpe_error *error)
{
    const taking run = {store, configuration, settings, identity, taken};
    rpe_identity earlier = {0};
    bool found = false;
    *taken = (rpe_taken){.left = RPE_LEFT_PART};
    char *path = rpe_result_path(configuration, settings, ".journal");
    rpe_status status = path == NULL ? rpe_error_memory(error, "path of the journal", 1, 1)
                                     : rpe_store_open(store, path, &found, &earlier, error);
    rpe_memory_free(path);
    if (status != RPE_OK)
        return status;
    status = stale_remove(configuration, settings, error);
    if (status == RPE_OK)
        status = journal_take(&run, found, &earlier, error);
    if (status == RPE_OK && settings->resume != RPE_RESUME_NOT)
        status = results_take(&run, error);
    return status;
}
