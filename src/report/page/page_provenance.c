/* What made the results, and what to cite. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "report/page/page_parts.h"

/* The machine of an experiment, without what differs from run to run on it. */
static bool machines_alike(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"version",   "revision",  "compiler",   "flags",  "build_type",
                                       "libraries", "processor", "processors", "system", "memory_bytes"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *left = json_object_get(a, keys[i]), *right = json_object_get(b, keys[i]);
        if (left != right && !json_equal(left, right))
            return false;
    }
    return true;
}

static void runs_print(rpe_html *html, const rpe_page *page)
{
    static const char *const heads[] = {"experiment",    "measured", "revision", "seed",
                                        "quick",         "points",   "threads",  "seconds",
                                        "configuration", "inputs",   NULL};
    static const char *const keys[] = {
        "seed", "quick", "points", "threads", "seconds", "configuration_hash", "inputs_hash"};
    char text[RPE_PAGE_TEXT];
    rpe_page_table_open(html, "Runs; configuration and inputs are hashes", heads);
    for (size_t i = 0; i < page->experiment_count; i++) {
        const json_t *root = page->experiments[i].record.document.root, *machine = rpe_page_machine(root);
        rpe_html_open(html, "tr");
        rpe_page_cell(html, page->experiments[i].id);
        rpe_page_cell(html, rpe_page_value(machine, "date", text));
        rpe_page_cell(html, rpe_page_value(machine, "revision", text));
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            rpe_page_cell(html, rpe_page_value(root, keys[k], text));
        rpe_html_close(html);
    }
    rpe_page_table_close(html);
}

static void entry_print(rpe_html *html, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    rpe_html_element(html, "dt", name);
    rpe_html_element(html, "dd", text);
}

static void machine_print(rpe_html *html, const char *of, const json_t *machine)
{
    static const char *const keys[] = {"version",   "revision",   "compiler", "flags",       "build_type",
                                       "processor", "processors", "system",   "memory_bytes"};
    char text[RPE_PAGE_TEXT];
    const char *name;
    json_t *value;
    rpe_html_element(html, "h3", of);
    rpe_html_open(html, "dl");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        entry_print(html, keys[i], rpe_page_value(machine, keys[i], text));
    json_t *libraries = json_object_get(machine, "libraries");
    json_object_foreach(libraries, name, value)
    {
        (void)value;
        entry_print(html, name, rpe_page_value(libraries, name, text));
    }
    rpe_html_close(html);
}

static bool machine_is_new(const rpe_page *page, size_t experiment)
{
    const json_t *machine = rpe_page_machine(page->experiments[experiment].record.document.root);
    for (size_t i = 0; i < experiment; i++)
        if (machines_alike(machine, rpe_page_machine(page->experiments[i].record.document.root)))
            return false;
    return machine != NULL;
}

/* A machine that is none of the experiments'. */
static void other_machine_print(rpe_html *html, const rpe_page *page, const char *of, const json_t *root)
{
    const json_t *machine = rpe_page_machine(root);
    for (size_t i = 0; i < page->experiment_count; i++)
        if (machines_alike(machine, rpe_page_machine(page->experiments[i].record.document.root)))
            return;
    if (machine != NULL)
        machine_print(html, of, machine);
}

static void configurations_print(rpe_html *html, const rpe_page *page)
{
    json_free_t release;
    json_get_alloc_funcs(NULL, &release);
    for (size_t i = 0; i < page->experiment_count; i++) {
        const json_t *configuration =
            json_object_get(page->experiments[i].record.document.root, "configuration");
        char *text =
            configuration != NULL ? json_dumps(configuration, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        if (text == NULL)
            continue;
        rpe_page_details_open(html, "Configuration of %.200s", page->experiments[i].id);
        rpe_html_open(html, "pre", "class", "wrapped");
        rpe_html_text(html, text);
        rpe_html_close(html);
        rpe_html_close(html);
        release(text);
    }
}

void rpe_page_provenance_print(rpe_html *html, const rpe_page *page)
{
    char of[RPE_PAGE_TEXT];
    rpe_html_open(html, "section", "id", "provenance");
    rpe_html_element(html, "h2", "Provenance");
    if (page->experiment_count > 0)
        runs_print(html, page);
    for (size_t i = 0; i < page->experiment_count; i++)
        if (machine_is_new(page, i)) {
            snprintf(of, sizeof of, "Program and machine of %.200s%s", page->experiments[i].id,
                     page->experiment_count > 1 ? " and those like it" : "");
            machine_print(html, of, rpe_page_machine(page->experiments[i].record.document.root));
        }
    other_machine_print(html, page, "Program and machine of the verdicts", page->verification.document.root);
    other_machine_print(html, page, "Program and machine of the calibration",
                        page->calibration.document.root);
    configurations_print(html, page);
    rpe_html_close(html);
}

void rpe_page_citation_print(rpe_html *html, const rpe_page *page)
{
    static const char entry[] =
        "@inproceedings{liutkus2021relative,\n"
        "  title     = {Relative Positional Encoding for {Transformers} with Linear Complexity},\n"
        "  author    = {Liutkus, Antoine and C{\\'i}fka, Ond{\\v r}ej and Wu, Shih-Lun and {\\c S}im{\\c "
        "s}ekli, Umut and Yang, "
        "Yi-Hsuan and Richard, Ga{\\\"e}l},\n"
        "  booktitle = {Proceedings of the 38th International Conference on Machine Learning},\n"
        "  year      = {2021},\n"
        "  note      = {arXiv:2105.08399}\n"
        "}";
    (void)page;
    rpe_html_open(html, "section", "id", "citation");
    rpe_html_element(html, "h2", "Citation");
    rpe_html_element(html, "p",
                     "The method is stochastic positional encoding: Antoine Liutkus, Ondřej Cífka, Shih-Lun "
                     "Wu, Umut Şimşekli, "
                     "Yi-Hsuan Yang, Gaël Richard, Relative Positional Encoding for Transformers with Linear "
                     "Complexity, ICML "
                     "2021, arXiv 2105.08399. When these numbers are quoted, name the program's revision and "
                     "the seed too.");
    rpe_html_open(html, "pre");
    for (const char *line = entry; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        rpe_html_format(html, "%.*s", (int)length, line);
        fputc('\n', html->stream);
        line += length + (line[length] == '\n');
    }
    rpe_html_close(html);
    rpe_html_close(html);
}
