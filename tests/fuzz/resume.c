/* The results of a run that is taken up or extended: x.json, x.csv and x.npy. */
#include "experiment/store/earlier.h"
#include "fuzz_store.h"

void fuzz_resume(const char *directory)
{
    rpe_store store = {.journal = {.descriptor = -1}};
    rpe_earlier earlier = {0};
    rpe_identity identity;
    bool found = false, begun = false;
    rpe_error error = {""};
    rpe_status status = rpe_store_open(&store, fuzz_path(directory, "x.journal"), &begun, &identity, &error);
    if (status == RPE_OK)
        status = rpe_earlier_open(&earlier, directory, "x", &found, &error);
    if (status == RPE_OK && found) {
        fuzz_identity_check(&earlier.identity);
        status = rpe_earlier_take(&earlier, &store, &error);
    }
    if (status == RPE_OK)
        fuzz_store_take(&store);
    fuzz_status_check(status, &error);
    rpe_earlier_destroy(&earlier);
    rpe_store_close(&store, false);
}
