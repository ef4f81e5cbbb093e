/* The journal of a run that was killed: x.journal. */
#include "fuzz_store.h"

void fuzz_journal(const char *directory)
{
    rpe_store store = {.journal = {.descriptor = -1}};
    rpe_identity found_identity;
    bool found = false;
    rpe_error error = {""};
    rpe_status status =
        rpe_store_open(&store, fuzz_path(directory, "x.journal"), &found, &found_identity, &error);
    if (status == RPE_OK && found) {
        fuzz_identity_check(&found_identity);
        status = rpe_store_scan(&store, &error);
    }
    if (status == RPE_OK)
        fuzz_store_take(&store);
    fuzz_status_check(status, &error);
    rpe_store_close(&store, true);
}
