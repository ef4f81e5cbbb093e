/* The registry: one line of methods.def or of feature_maps.def, one entry. */
#include "method/method.h"

#include <string.h>

#define RPE_METHOD(identifier) extern const rpe_method rpe_method_##identifier;
#define RPE_FEATURE_MAP(identifier, name, title)                                                             \
    RPE_METHOD(identifier)                                                                                   \
    RPE_METHOD(rope_##identifier)                                                                            \
    RPE_METHOD(scan_##identifier) RPE_METHOD(sine_exact_##identifier) RPE_METHOD(sum_##identifier)
#include "attention/feature_maps.def"
#include "method/methods.def"
#undef RPE_FEATURE_MAP
#define RPE_RECURRENT_METHOD(identifier, name, family, form, title, source) RPE_METHOD(identifier)
#include "method/recurrent_methods.def"
#undef RPE_RECURRENT_METHOD
#undef RPE_METHOD

static const rpe_method *const methods[] = {
#define RPE_METHOD(identifier) &rpe_method_##identifier,
#define RPE_FEATURE_MAP(identifier, name, title) RPE_METHOD(identifier)
#include "method/methods.def"
/* behind the others, one composition after the other */
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#define RPE_FEATURE_MAP(identifier, name, title) RPE_METHOD(rope_##identifier)
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#define RPE_FEATURE_MAP(identifier, name, title) RPE_METHOD(scan_##identifier)
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#define RPE_RECURRENT_METHOD(identifier, name, family, form, title, source) RPE_METHOD(identifier)
#include "method/recurrent_methods.def"
#undef RPE_RECURRENT_METHOD
#define RPE_FEATURE_MAP(identifier, name, title) RPE_METHOD(sine_exact_##identifier)
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#define RPE_FEATURE_MAP(identifier, name, title) RPE_METHOD(sum_##identifier)
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
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

bool rpe_method_encodes(const rpe_method *method)
{
    return method->encode != NULL || method->codes != NULL;
}

size_t rpe_method_size(const rpe_method *method, const rpe_problem *problem)
{
    if (method->size != NULL)
        return method->size(problem);
    return problem->kernel != NULL && method->encode != NULL ? problem->realizations : problem->features;
}

bool rpe_method_is_oracle(const rpe_method *method)
{
    return strcmp(method->name, method->oracle->name) == 0;
}

bool rpe_method_projects(const rpe_method *method)
{
    return method->map != NULL && method->map->projection != NULL;
}

bool rpe_method_takes_family(const rpe_method *method, const rpe_family *family)
{
    if (family == NULL) {
        return !method->needs_position;
    }
    return method->position == NULL || method->position == family;
}

bool rpe_method_takes(const rpe_method *method, const rpe_kernel *kernel)
{
    return rpe_method_takes_family(method, kernel == NULL ? NULL : kernel->type->family);
}
