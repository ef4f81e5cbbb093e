/* Kernels as JSON, canonical.  [spec 7] */
#include "rpe_json.h"
#include "rpe_kernel.h"
#include "rpe_parameter_table.h"

/* Whatever arrays the kernel has, under the keys that they are read from. */
static json_t *arrays_document(const rpe_kernel *kernel)
{
    const struct {
        const char *key;
        const double *values;
        size_t axes, extent[RPE_AXES_MAX]; /* beyond [heads,features] */
    } arrays[] = {
        {"frequency", kernel->frequency, 1, {kernel->sinusoids}},
        {"phase", kernel->phase, 1, {kernel->sinusoids}},
        {"gain", kernel->gain, 1, {kernel->sinusoids}},
        {"query_filter",
         kernel->query_filter,
         kernel->axes,
         {kernel->tap_extent[0], kernel->tap_extent[1], kernel->tap_extent[2]}},
        {"key_filter",
         kernel->key_filter,
         kernel->axes,
         {kernel->tap_extent[0], kernel->tap_extent[1], kernel->tap_extent[2]}},
        {"values", kernel->values, 1, {kernel->lags}},
        {"gate", kernel->gate, 0, {0}},
    };
    json_t *document = json_pack("{s:s,s:s}", "type", kernel->type->name, "parameterization", "canonical");
    for (size_t i = 0; document != NULL && i < sizeof arrays / sizeof *arrays; i++) {
        const double *next = arrays[i].values;
        if (next == NULL)
            continue;
        size_t extent[2 + RPE_AXES_MAX] = {kernel->heads, kernel->features};
        for (size_t axis = 0; axis < arrays[i].axes; axis++)
            extent[2 + axis] = arrays[i].extent[axis];
        json_t *list = rpe_parameter_list(2 + arrays[i].axes, extent, &next);
        if (list == NULL || json_object_set_new(document, arrays[i].key, list) != 0) {
            json_decref(document);
            return NULL;
        }
    }
    return document;
}

/* By the table of its parameters. */
static json_t *table_document(const rpe_kernel *kernel)
{
    const char *form = kernel->type->form;
    json_t *document = form != NULL ? json_pack("{s:s,s:s}", "type", kernel->type->family->name, "form", form)
                                    : json_pack("{s:s}", "type", kernel->type->name);
    if (document != NULL && !rpe_parameter_table_write(kernel, document)) {
        json_decref(document);
        return NULL;
    }
    return document;
}

rpe_status rpe_kernel_write(const rpe_kernel *kernel, const char *path, rpe_error *error)
{
    json_t *document = kernel->type->parameters != NULL ? table_document(kernel) : arrays_document(kernel);
    if (document == NULL)
        return rpe_error_memory(error, path, kernel->heads * kernel->features, sizeof(double));
    rpe_status status = rpe_json_write(document, path, error);
    json_decref(document);
    return status;
}
