/* The registry: one line of methods.def, one entry. */
#include "rpe_method.h"

#include <string.h>

#define RPE_METHOD(name) extern const rpe_method rpe_method_##name;
#include "methods.def"
#undef RPE_METHOD

static const rpe_method *const methods[] = {
#define RPE_METHOD(name) &rpe_method_##name,
#include "methods.def"
#undef RPE_METHOD
};

size_t rpe_method_count(void)
{
    return sizeof methods / sizeof methods[0];
}

const rpe_method *rpe_method_at(size_t index)
{
    return methods[index];
}

const rpe_method *rpe_method_find(const char *name)
{
    for (size_t i = 0; i < rpe_method_count(); i++) {
        if (strcmp(methods[i]->name, name) == 0) {
            return methods[i];
        }
    }
    return NULL;
}
