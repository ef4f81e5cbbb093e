#include "rpe_fit_type.h"

#include <string.h>

static const rpe_fit_type types[] = {{"sine", "sinusoids", rpe_kernel_fit_sine},
                                     {"conv", "taps", rpe_kernel_fit_conv}};

const rpe_fit_type *rpe_fit_type_at(size_t index)
{
    return index < sizeof types / sizeof types[0] ? &types[index] : NULL;
}

const rpe_fit_type *rpe_fit_type_find(const char *name)
{
    for (size_t i = 0; rpe_fit_type_at(i) != NULL; i++)
        if (strcmp(rpe_fit_type_at(i)->name, name) == 0)
            return rpe_fit_type_at(i);
    return NULL;
}
