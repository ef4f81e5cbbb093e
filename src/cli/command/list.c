/* rpebench list: what is registered. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/command.h"
#include "encoding/sampler.h"
#include "experiment/experiment.h"
#include "method/method.h"
#include "position/kernel.h"
#include "quantity/claim/claim.h"
#include "quantity/measure/measure.h"

static void entry_print(const char *name, const char *title, const char *note)
{
    bool noted = note != NULL && note[0] != '\0';
    printf("  %-22s %s%s%s%s\n", name, title, noted ? "  [" : "", noted ? note : "", noted ? "]" : "");
}

static rpe_status methods_list(rpe_error *error)
{
    (void)error;
    for (size_t i = 0; i < rpe_method_count(); i++) {
        const rpe_method *method = rpe_method_at(i);
        char source[512];
        snprintf(source, sizeof source, "%s%s%s", method->source, method->map != NULL ? "; " : "",
                 method->map != NULL ? method->map->source : "");
        entry_print(method->name, method->title, source);
    }
    return RPE_OK;
}

static rpe_status kernels_list(rpe_error *error)
{
    (void)error;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        const rpe_kernel_type *type = rpe_kernel_type_at(i);
        char title[256];
        snprintf(title, sizeof title, "%s: %s", type->family->name, type->title);
        entry_print(type->name, title, type->source);
    }
    return RPE_OK;
}

static rpe_status samplers_list(rpe_error *error)
{
    (void)error;
    for (size_t i = 0; i < rpe_sampler_count(); i++)
        entry_print(rpe_sampler_at(i)->name, rpe_sampler_at(i)->title, rpe_sampler_at(i)->source);
    return RPE_OK;
}

static rpe_status measures_list(rpe_error *error)
{
    (void)error;
    for (size_t i = 0; i < rpe_measure_count(); i++)
        entry_print(rpe_measure_at(i)->name, rpe_measure_at(i)->title, rpe_measure_at(i)->source);
    return RPE_OK;
}

static rpe_status claims_list(rpe_error *error)
{
    (void)error;
    for (size_t i = 0; i < rpe_claim_count(); i++)
        entry_print(rpe_claim_at(i)->name, rpe_claim_at(i)->title, rpe_claim_at(i)->source);
    return RPE_OK;
}

static rpe_status experiment_list(const char *name, rpe_error *error)
{
    rpe_experiment_summary summary = {0};
    char *path = rpe_catalogue_path(name);
    if (path == NULL)
        return rpe_error_memory(error, "path of an experiment", strlen(name), 1);
    rpe_status status = rpe_experiment_summary_read(path, &summary, error);
    if (status == RPE_OK)
        entry_print(name, summary.title, summary.question);
    rpe_experiment_summary_destroy(&summary);
    rpe_memory_free(path);
    return status;
}

static rpe_status experiments_list(rpe_error *error)
{
    rpe_catalogue catalogue = {0};
    rpe_status status = rpe_catalogue_read(&catalogue, error);
    for (size_t i = 0; status == RPE_OK && i < catalogue.count; i++)
        status = experiment_list(catalogue.names[i], error);
    rpe_catalogue_destroy(&catalogue);
    return status;
}

typedef struct section {
    const char *name;
    rpe_status (*list)(rpe_error *error);
} section;

static const section sections[] = {
    {"methods", methods_list},         {"kernels", kernels_list},   {"samplers", samplers_list},
    {"experiments", experiments_list}, {"measures", measures_list}, {"claims", claims_list},
};

#define SECTION_COUNT (sizeof sections / sizeof sections[0])

static const char *section_name(size_t index)
{
    return index < SECTION_COUNT ? sections[index].name : NULL;
}

static rpe_status list_run(const rpe_arguments *arguments, rpe_error *error)
{
    char names[128], suggestion[RPE_SUGGESTION_CAPACITY];
    const char *wanted = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
    bool found = false;
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (wanted != NULL && strcmp(wanted, sections[i].name) != 0)
            continue;
        found = true;
        printf("%s%s\n", wanted == NULL && i > 0 ? "\n" : "", sections[i].name);
        rpe_status status = sections[i].list(error);
        if (status != RPE_OK)
            return status;
    }
    if (found)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "list: expected one of %s, found \"%s\"%s",
                         rpe_names_text(section_name, names, sizeof names), wanted,
                         rpe_suggestion_text(wanted, section_name, "", suggestion));
}

const rpe_command rpe_command_list = {
    .name = "list",
    .title = "methods, kernels, samplers, experiments, measures and claims that are there",
    .description = "SECTION is methods, kernels, samplers, experiments, measures or claims; without one all "
                   "are listed.\n",
    .operand = "SECTION",
    .operand_choice = section_name,
    .operands_maximum = 1,
    .run = list_run,
};
