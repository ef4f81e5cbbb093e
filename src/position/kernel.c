/* Position kernels: the table of families, reading, and what all families share (the gate). */
#include "position/kernel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "position/parameter_table.h"

#define RPE_POSITION(name) extern const rpe_kernel_type rpe_kernel_type_##name;
#include "position/positions.def"
#undef RPE_POSITION

static const rpe_kernel_type *const TYPES[] = {
#define RPE_POSITION(name) &rpe_kernel_type_##name,
#include "position/positions.def"
#undef RPE_POSITION
};

size_t rpe_kernel_type_count(void)
{
    return sizeof TYPES / sizeof TYPES[0];
}

const rpe_kernel_type *rpe_kernel_type_at(size_t index)
{
    return TYPES[index];
}

const rpe_kernel_type *rpe_kernel_type_find(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (strcmp(TYPES[i]->name, name) == 0)
            return TYPES[i];
    return NULL;
}

/* How files say it. */
static const char *type_text(const rpe_kernel_type *type)
{
    return type->form != NULL ? type->family->name : type->name;
}

/* The first entry with this key: "type", or with a type "form". */
static rpe_status text_error(const rpe_json *document, const char *type, const char *found, rpe_error *error)
{
    char expected[RPE_ERROR_CAPACITY / 2] = "";
    const char *before = "";
    size_t used = 0;
    for (size_t i = 0; i < rpe_kernel_type_count() && used < sizeof expected; i++) {
        const char *text = type_text(TYPES[i]);
        bool listed =
            type == NULL ? strcmp(text, before) != 0 : TYPES[i]->form != NULL && strcmp(text, type) == 0;
        before = text;
        if (listed)
            used += (size_t)snprintf(expected + used, sizeof expected - used, "%s\"%s\"",
                                     used > 0 ? ", " : "", type == NULL ? text : TYPES[i]->form);
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected one of %s, found \"%s\"",
                         document->path, type == NULL ? "type" : "form", expected, found);
}

static rpe_status type_read(const rpe_json *document, const rpe_kernel_type **type, rpe_error *error)
{
    const char *name = NULL, *form = NULL;
    rpe_status status = rpe_json_text(document, document->root, "type", NULL, &name, error);
    bool forms = false;
    for (size_t i = 0; status == RPE_OK && i < rpe_kernel_type_count(); i++) {
        if (strcmp(name, type_text(TYPES[i])) != 0)
            continue;
        if (TYPES[i]->form == NULL) {
            *type = TYPES[i];
            return RPE_OK;
        }
        if (form == NULL)
            status = rpe_json_text(document, document->root, "form", NULL, &form, error);
        forms = true;
        if (status == RPE_OK && strcmp(form, TYPES[i]->form) == 0) {
            *type = TYPES[i];
            return RPE_OK;
        }
    }
    return status != RPE_OK ? status : text_error(document, forms ? name : NULL, forms ? form : name, error);
}

static rpe_status kernel_fill(rpe_kernel *kernel, const rpe_json *document, rpe_error *error)
{
    kernel->path = rpe_memory_text(document->path);
    if (kernel->path == NULL) {
        return rpe_error_memory(error, document->path, strlen(document->path) + 1, 1);
    }
    rpe_status status = type_read(document, &kernel->type, error);
    return status == RPE_OK ? rpe_parameter_table_read(kernel, document, error) : status;
}

/* The document's kernel; path is for memory that runs out. */
static rpe_status kernel_make(rpe_kernel **kernel, const rpe_json *document, const char *path,
                              rpe_error *error)
{
    rpe_kernel *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL) {
        return rpe_error_memory(error, path, 1, sizeof *made);
    }
    rpe_status status = kernel_fill(made, document, error);
    if (status == RPE_OK) {
        *kernel = made;
    } else {
        rpe_kernel_destroy(made);
    }
    return status;
}

rpe_status rpe_kernel_read(rpe_kernel **kernel, const char *path, rpe_error *error)
{
    rpe_json document = {0};
    rpe_status status = rpe_json_read(&document, path, error);
    if (status == RPE_OK) {
        status = kernel_make(kernel, &document, path, error);
    }
    rpe_json_destroy(&document);
    return status;
}

rpe_status rpe_kernel_type_read(const rpe_kernel_type **type, const char *path, rpe_error *error)
{
    rpe_json document = {0};
    rpe_status status = rpe_json_read(&document, path, error);
    if (status == RPE_OK) {
        status = type_read(&document, type, error);
    }
    rpe_json_destroy(&document);
    return status;
}

rpe_status rpe_kernel_parse(rpe_kernel **kernel, const char *text, const char *name, rpe_error *error)
{
    rpe_json document = {.root = json_loads(text, 0, NULL)};
    document.path = rpe_memory_text(name);
    rpe_status status = RPE_OK;
    if (document.root == NULL || document.path == NULL) {
        status =
            rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a kernel in JSON, found other text", name);
    }
    if (status == RPE_OK) {
        status = kernel_make(kernel, &document, name, error);
    }
    rpe_json_destroy(&document);
    return status;
}

void rpe_kernel_destroy(rpe_kernel *kernel)
{
    if (kernel == NULL) {
        return;
    }
    for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++) {
        rpe_memory_free(kernel->own[i].values);
    }
    rpe_memory_free(kernel->gate);
    rpe_memory_free(kernel->path);
    rpe_memory_free(kernel);
}

double rpe_kernel_gate(const rpe_kernel *kernel, size_t head, size_t feature)
{
    return kernel->gate == NULL ? 0.0 : kernel->gate[head * kernel->features + feature];
}

/* (1 - delta) P + delta */
static double kernel_gated(const rpe_kernel *kernel, size_t head, size_t feature, double value)
{
    double delta = rpe_kernel_gate(kernel, head, feature);
    return (1.0 - delta) * value + delta;
}

/* A lag between places of the grid. */
static void lag_widen(const rpe_kernel *kernel, const ptrdiff_t *lag, double wide[RPE_AXES_MAX])
{
    for (size_t axis = 0; axis < RPE_AXES_MAX; axis++) {
        wide[axis] = axis < kernel->axes ? (double)lag[axis] : 0;
    }
}

double rpe_kernel_value_at(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    return kernel_gated(kernel, head, feature, kernel->type->value(kernel, head, feature, lag));
}

double rpe_kernel_value(const rpe_kernel *kernel, size_t head, size_t feature, const ptrdiff_t *lag)
{
    double wide[RPE_AXES_MAX];
    lag_widen(kernel, lag, wide);
    return rpe_kernel_value_at(kernel, head, feature, wide);
}

double rpe_kernel_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                 const ptrdiff_t *lag)
{
    double wide[RPE_AXES_MAX];
    lag_widen(kernel, lag, wide);
    return kernel_gated(kernel, head, feature,
                        kernel->type->autocovariance(kernel, side, head, feature, wide));
}

static rpe_status axes_check(const rpe_kernel *kernel, const rpe_positions *positions, rpe_error *error)
{
    if (positions->axes == kernel->axes) {
        return RPE_OK;
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected positions on %zu %s, found %zu", kernel->path,
                         kernel->axes, kernel->axes == 1 ? "axis" : "axes", positions->axes);
}

static rpe_status whole_check(const rpe_kernel *kernel, const rpe_positions *positions, rpe_error *error)
{
    size_t count = positions->given != NULL && kernel->type->whole ? positions->count * positions->axes : 0;
    for (size_t i = 0; i < count; i++) {
        if (positions->given[i] != rint(positions->given[i])) {
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected positions that are whole numbers, found %g", kernel->path,
                                 positions->given[i]);
        }
    }
    return RPE_OK;
}

rpe_status rpe_kernel_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                             const rpe_positions *keys, rpe_error *error)
{
    rpe_status status = axes_check(kernel, queries, error);
    if (status == RPE_OK) {
        status = axes_check(kernel, keys, error);
    }
    if (status == RPE_OK) {
        status = whole_check(kernel, queries, error);
    }
    if (status == RPE_OK) {
        status = whole_check(kernel, keys, error);
    }
    if (status == RPE_OK && kernel->type->covers != NULL) {
        status = kernel->type->covers(kernel, queries, keys, error);
    }
    return status;
}
