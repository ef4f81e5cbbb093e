#include "report/picture/gnuplot_text.h"

#include <stdbool.h>
#include <string.h>

#include "file/character.h"

/* Every byte that gnuplot could see anything in is written by its number: a macro, a command, a quote; and so are digits, which
   would be read as digits of a number before them. */
static rpe_status bytes_write(rpe_output *output, const char *text, size_t count, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const unsigned char c = (unsigned char)text[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c == '/' || c == '.' ||
                     c == ',' || c == '_' || c == '-';
        status = plain ? rpe_output_write(output, &text[i], 1, error)
                       : rpe_output_print(output, error, "\\%03o", c);
    }
    return status;
}

/* A string of gnuplot.  Control characters become spaces, and what is no UTF-8 question marks, as where a long text was cut. */
rpe_status rpe_gnuplot_quoted(rpe_output *output, const char *text, size_t count, rpe_error *error)
{
    rpe_status status = rpe_output_write(output, "\"", 1, error);
    for (size_t i = 0, length; status == RPE_OK && i<count; i += length> 0 ? length : 1) {
        length = rpe_character_length(text + i, count - i);
        const char *c = length == 0 ? "?" : (unsigned char)text[i] < ' ' ? " " : &text[i];
        status = bytes_write(output, c, length > 0 ? length : 1, error);
    }
    return status == RPE_OK ? rpe_output_write(output, "\"", 1, error) : status;
}

rpe_status rpe_gnuplot_text(rpe_output *output, const char *name, const char *text, rpe_error *error)
{
    rpe_status status = rpe_output_print(output, error, "%s = ", name);
    if (status == RPE_OK)
        status = rpe_gnuplot_quoted(output, text, strlen(text), error);
    return status == RPE_OK ? rpe_output_write(output, "\n", 1, error) : status;
}

/* Bytes of text's first line: up to so many characters, cut at a space where there is one. */
static size_t line_length(const char *text, size_t capacity)
{
    size_t characters = 0, i = 0, space = 0;
    for (; text[i] != '\0'; i++) {
        if (text[i] == ' ')
            space = i;
        characters += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
        if (characters > capacity)
            return space > 0 ? space : i;
    }
    return i;
}

/* NAME = "first line"."\n"."second line"; the number of lines goes to *lines unless it is NULL. */
rpe_status rpe_gnuplot_wrapped(rpe_output *output, const char *name, const char *text, size_t capacity,
                               size_t *lines, rpe_error *error)
{
    size_t count = 0;
    rpe_status status = rpe_output_print(output, error, "%s = ", name);
    do {
        size_t length = line_length(text, capacity);
        if (status == RPE_OK && count > 0)
            status = rpe_output_print(output, error, ".\"\\n\".");
        if (status == RPE_OK)
            status = rpe_gnuplot_quoted(output, text, length, error);
        count++;
        text += length;
        text += strspn(text, " ");
    } while (status == RPE_OK && *text != '\0');
    if (lines != NULL)
        *lines = count;
    return status == RPE_OK ? rpe_output_write(output, "\n", 1, error) : status;
}

/* A wrapped text and, for the layout, NAME_LINES. */
rpe_status rpe_gnuplot_paragraph(rpe_output *output, const char *name, const char *text, size_t capacity,
                                 rpe_error *error)
{
    size_t lines = 0;
    rpe_status status = rpe_gnuplot_wrapped(output, name, text, capacity, &lines, error);
    return status == RPE_OK ? rpe_output_print(output, error, "%s_LINES = %zu\n", name, lines) : status;
}

/* A file name that gnuplot cannot take for a pipe, an option or a home directory. */
rpe_status rpe_gnuplot_path(rpe_output *output, const char *name, const char *path, rpe_error *error)
{
    rpe_status status = rpe_output_print(output, error, "%s = \"%s", name, path[0] == '/' ? "" : "./");
    if (status == RPE_OK)
        status = bytes_write(output, path, strlen(path), error);
    return status == RPE_OK ? rpe_output_print(output, error, "\"\n") : status;
}
