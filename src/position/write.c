/* Kernels as JSON, canonical.  [spec 7] */
#include "file/json.h"
#include "position/kernel.h"
#include "position/parameter_table.h"

/* By the table of its parameters. */
static json_t *document_make(const rpe_kernel *kernel)
{
    const char *form = kernel->type->form;
    json_t *document =
        form != NULL ? json_pack("{s:s,s:s}", "type", kernel->type->family->name, "form", form)
        : kernel->type->family->gate != NULL
            ? json_pack("{s:s,s:s}", "type", kernel->type->name, "parameterization", "canonical")
            : json_pack("{s:s}", "type", kernel->type->name);
    if (document != NULL && !rpe_parameter_table_write(kernel, document)) {
        json_decref(document);
        return NULL;
    }
    return document;
}

rpe_status rpe_kernel_write(const rpe_kernel *kernel, const char *path, rpe_error *error)
{
    json_t *document = document_make(kernel);
    if (document == NULL)
        return rpe_error_memory(error, path, kernel->heads * kernel->features, sizeof(double));
    rpe_status status = rpe_json_write(document, path, error);
    json_decref(document);
    return status;
}
