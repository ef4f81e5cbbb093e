/* Texts and tables that several parts of the page have. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/page/page_parts.h"

const char *rpe_page_value(const json_t *object, const char *key, char text[RPE_PAGE_TEXT])
{
    const json_t *value = json_object_get(object, key);
    text[0] = '\0';
    if (json_is_string(value))
        snprintf(text, RPE_PAGE_TEXT, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, RPE_PAGE_TEXT, "%" PRIdMAX, (intmax_t)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(text, RPE_PAGE_TEXT, "%.6g", json_real_value(value));
    else if (json_is_boolean(value))
        snprintf(text, RPE_PAGE_TEXT, "%s", json_is_true(value) ? "yes" : "no");
    return text;
}

const json_t *rpe_page_machine(const json_t *root)
{
    return json_object_get(root, "machine");
}

const char *rpe_page_command(const rpe_page_experiment *experiment, char text[RPE_PAGE_TEXT])
{
    const json_t *root = experiment->record.document.root;
    char seed[RPE_PAGE_TEXT], trials[48] = "";
    size_t asked = rpe_json_count_or(root, "trials_asked_for", 0);
    if (asked > 0)
        snprintf(trials, sizeof trials, " --trials %zu", asked);
    rpe_page_value(root, "seed", seed);
    snprintf(text, RPE_PAGE_TEXT, "rpebench run %.200s%s%s%s%.40s --output DIR", experiment->record.name,
             rpe_json_flag_or(root, "quick", false) ? " --quick" : "", trials,
             seed[0] != '\0' ? " --seed " : "", seed);
    return text;
}

const char *rpe_page_title(const rpe_page_experiment *experiment)
{
    return rpe_json_text_or(experiment->record.document.root, "title", experiment->record.name);
}

/* A line, with powers as they are written: R^-0.5 with its exponent raised. */
static void sentence_print(rpe_html *html, const char *line, size_t length)
{
    char part[RPE_PAGE_TEXT];
    while (length > 0) {
        const char *power = memchr(line, '^', length);
        size_t plain = power != NULL ? (size_t)(power - line) : length;
        plain = plain < sizeof part ? plain : sizeof part - 1;
        snprintf(part, sizeof part, "%.*s", (int)plain, line);
        rpe_html_text(html, part);
        line += plain;
        length -= plain;
        if (power != line)
            continue;
        size_t minus = strncmp(line + 1, "−", strlen("−")) == 0 ? strlen("−") : 0;
        size_t digits = minus + strspn(line + 1 + minus, "0123456789.");
        rpe_html_element_format(html, "sup", "%.*s", (int)digits, line + 1);
        line += 1 + digits;
        length -= 1 + digits;
    }
}

void rpe_page_sentences_print(rpe_html *html, const rpe_page_experiment *experiment)
{
    for (const char *line = experiment->sentences; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        rpe_html_open(html, "p", "class", "sentence");
        sentence_print(html, line, length);
        rpe_html_text(html, ".");
        rpe_html_close(html);
        line += length + (line[length] == '\n');
    }
}

/* Lines become one text. */
char *rpe_page_alt(const rpe_page_experiment *experiment)
{
    const rpe_page_residuals *residuals = &experiment->residuals;
    const char *title = rpe_page_title(experiment);
    size_t capacity = strlen(title) + strlen(experiment->sentences) + 128;
    char *alt = rpe_memory_allocate(capacity, 1);
    if (alt == NULL)
        return NULL;
    snprintf(alt, capacity, "%s: %zu rows, %zu of them with a closed form. %s", title, residuals->rows,
             residuals->closed, experiment->sentences);
    for (char *c = alt; *c != '\0'; c++)
        if (*c == '\n')
            *c = c[1] == '\0' ? '.' : ';';
    return alt;
}

/* ---- tables ---- */

void rpe_page_table_open(rpe_html *html, const char *caption, const char *const *heads)
{
    rpe_html_open(html, "div", "class", "wide", "tabindex", "0");
    rpe_html_open(html, "table");
    if (caption != NULL)
        rpe_html_element(html, "caption", caption);
    rpe_html_open(html, "thead");
    rpe_html_open(html, "tr");
    for (; *heads != NULL; heads++) {
        bool right = (*heads)[0] == '>';
        rpe_html_open(html, "th", "scope", "col", "class", right ? "number" : NULL);
        rpe_html_text(html, *heads + right);
        rpe_html_close(html);
    }
    rpe_html_close(html);
    rpe_html_close(html);
    rpe_html_open(html, "tbody");
}

void rpe_page_table_close(rpe_html *html)
{
    rpe_html_close(html);
    rpe_html_close(html);
    rpe_html_close(html);
}

void rpe_page_cell(rpe_html *html, const char *text)
{
    rpe_html_element(html, "td", text);
}

void rpe_page_cell_right(rpe_html *html, const char *text)
{
    rpe_html_open(html, "td", "class", "number");
    rpe_html_text(html, text);
    rpe_html_close(html);
}

void rpe_page_cell_number(rpe_html *html, double number, int digits)
{
    rpe_html_open(html, "td", "class", "number");
    if (isfinite(number))
        rpe_html_format(html, "%.*g", digits, number);
    rpe_html_close(html);
}

void rpe_page_details_open(rpe_html *html, const char *format, ...)
{
    char text[RPE_PAGE_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    rpe_html_open(html, "details");
    rpe_html_element(html, "summary", text);
}
