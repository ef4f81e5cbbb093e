#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "report/page/html.h"
#include "report/verdict_report.h"

#define TEXT_CAPACITY 4096

/* Elements after which a line may end without a space appearing in a text. */
static bool is_block(const char *element)
{
    static const char *const inlines[] = {"a", "b", "code", "span", "em", "strong", "pre", "sup"};
    for (size_t i = 0; i < sizeof inlines / sizeof inlines[0]; i++)
        if (strcmp(inlines[i], element) == 0)
            return false;
    return true;
}

static void attribute_print(rpe_html *html, const char *name, const char *value)
{
    fprintf(html->stream, " %s=\"", name);
    rpe_xml_print(html->stream, value);
    fputc('"', html->stream);
}

void rpe_html_tag_print(rpe_html *html, const char *const *words)
{
    fprintf(html->stream, "<%s", words[0]);
    for (const char *const *attribute = words + 1; attribute[0] != NULL; attribute += 2)
        if (attribute[1] != NULL)
            attribute_print(html, attribute[0], attribute[1]);
    fputc('>', html->stream);
}

void rpe_html_tag_open(rpe_html *html, const char *const *words)
{
    rpe_html_tag_print(html, words);
    if (html->depth < RPE_HTML_DEPTH)
        html->elements[html->depth++] = words[0];
}

void rpe_html_close(rpe_html *html)
{
    if (html->depth == 0)
        return;
    const char *element = html->elements[--html->depth];
    fprintf(html->stream, is_block(element) ? "</%s>\n" : "</%s>", element);
}

void rpe_html_text(rpe_html *html, const char *text)
{
    rpe_xml_print(html->stream, text);
}

static void text_format(rpe_html *html, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void text_format(rpe_html *html, const char *format, va_list arguments)
{
    char text[TEXT_CAPACITY];
    vsnprintf(text, sizeof text, format, arguments);
    rpe_html_text(html, text);
}

void rpe_html_format(rpe_html *html, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format(html, format, arguments);
    va_end(arguments);
}

void rpe_html_element(rpe_html *html, const char *element, const char *text)
{
    rpe_html_open(html, element);
    rpe_html_text(html, text);
    rpe_html_close(html);
}

void rpe_html_element_format(rpe_html *html, const char *element, const char *format, ...)
{
    va_list arguments;
    rpe_html_open(html, element);
    va_start(arguments, format);
    text_format(html, format, arguments);
    va_end(arguments);
    rpe_html_close(html);
}

void rpe_html_anchor(rpe_html *html, const char *id, const char *text)
{
    fputs("<a href=\"#", html->stream);
    rpe_xml_print(html->stream, id);
    fputs("\">", html->stream);
    rpe_xml_print(html->stream, text);
    fputs("</a>", html->stream);
}

/* ---- data ---- */

size_t rpe_html_data_size(const rpe_html_data *data)
{
    return strlen(data->type) + (data->count + 2) / 3 * 4;
}

/* data:TYPE;base64,... (RFC 4648: three bytes are four characters, the last padded with '=') */
static void data_print(FILE *stream, const rpe_html_data *data)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = data->bytes;
    fprintf(stream, "data:%s;base64,", data->type);
    for (size_t i = 0; i < data->count; i += 3) {
        size_t left = data->count - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? (uint32_t)bytes[i + 2] : 0);
        fputc(digits[group >> 18], stream);
        fputc(digits[group >> 12 & 63], stream);
        fputc(left > 1 ? digits[group >> 6 & 63] : '=', stream);
        fputc(left > 2 ? digits[group & 63] : '=', stream);
    }
}

void rpe_html_image(rpe_html *html, const rpe_html_data *data, size_t width, size_t height, const char *alt)
{
    fputs("<img src=\"", html->stream);
    data_print(html->stream, data);
    fputc('"', html->stream);
    if (width > 0 && height > 0)
        fprintf(html->stream, " width=\"%zu\" height=\"%zu\"", width, height);
    attribute_print(html, "alt", alt);
    fputs(">\n", html->stream);
}

void rpe_html_download(rpe_html *html, const rpe_html_data *data, const char *name, const char *text)
{
    fputs("<a href=\"", html->stream);
    data_print(html->stream, data);
    fputc('"', html->stream);
    attribute_print(html, "download", name);
    fputc('>', html->stream);
    rpe_html_text(html, text);
    fputs("</a>", html->stream);
}
