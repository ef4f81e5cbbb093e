#include "file/csv.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "file/path.h"

static rpe_status field_write(rpe_output *output, const char *field, bool alone, rpe_error *error)
{
    /* A line that is one empty field would be a blank line without its quotes. */
    if (strpbrk(field, ",\"\r\n") == NULL && !(alone && field[0] == '\0'))
        return rpe_output_write(output, field, strlen(field), error);
    rpe_status status = rpe_output_write(output, "\"", 1, error);
    for (const char *c = field; status == RPE_OK && *c != '\0'; c++)
        status = rpe_output_write(output, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1, error);
    return status == RPE_OK ? rpe_output_write(output, "\"", 1, error) : status;
}

rpe_status rpe_csv_write_line(rpe_output *output, size_t count, const char *const *fields, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        if (i > 0)
            status = rpe_output_write(output, ",", 1, error);
        if (status == RPE_OK)
            status = field_write(output, fields[i], count == 1, error);
    }
    return status == RPE_OK ? rpe_output_write(output, "\n", 1, error) : status;
}

const char *rpe_number_text(double number, char text[RPE_NUMBER_CAPACITY])
{
    text[0] = '\0';
    if (!isfinite(number))
        return text;
    snprintf(text, RPE_NUMBER_CAPACITY, "%.15g", number);
    if (strtod(text, NULL) != number)
        snprintf(text, RPE_NUMBER_CAPACITY, "%.16g", number);
    if (strtod(text, NULL) != number)
        snprintf(text, RPE_NUMBER_CAPACITY, "%.17g", number);
    return text;
}

bool rpe_number_read(const char *text, double *number)
{
    char *end;
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    const double found = strtod(text, &end);
    if (*end != '\0' || !isfinite(found))
        return false;
    *number = found;
    return true;
}

bool rpe_count_read(const char *text, size_t *count)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    const unsigned long long found = strtoull(text, NULL, 10);
    if (errno != 0 || found > SIZE_MAX)
        return false;
    *count = (size_t)found;
    return true;
}

/* The whole file and a final zero; *length without it. */
static rpe_status text_read(const char *path, char **text, size_t *length, rpe_error *error)
{
    char *block = NULL;
    size_t found = 0;
    struct stat file;
    rpe_status status = RPE_OK;
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL || fstat(fileno(stream), &file) != 0) {
        status = rpe_path_error(path, "a readable file", errno, error);
        goto done;
    }
    if (!S_ISREG(file.st_mode)) {
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a CSV file, found a %s", path,
                               S_ISDIR(file.st_mode) ? "directory" : "device or pipe");
        goto done;
    }
    block = rpe_memory_allocate((size_t)file.st_size + 1, 1);
    if (block == NULL) {
        status = rpe_error_memory(error, path, (size_t)file.st_size + 1, 1);
        goto done;
    }
    found = fread(block, 1, (size_t)file.st_size, stream);
    if (ferror(stream)) {
        status = rpe_path_error(path, "a readable file", errno, error);
        rpe_memory_free(block);
        goto done;
    }
    block[found] = '\0';
    *text = block;
    *length = found;
done:
    if (stream != NULL)
        fclose(stream);
    return status;
}

/* A file being taken apart in place. */
typedef struct parser {
    const char *path;
    char *position, *end;
    size_t line; /* counted from 1 */
    rpe_error *error;
} parser;

static rpe_status parser_error(const parser *p, size_t line, const char *expected, const char *found)
{
    return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s:%zu: expected %s, found %s", p->path, line, expected,
                         found);
}

/* Behind the opening quote; "" becomes ".  *stop: one past the field's text. */
static rpe_status quoted_take(parser *p, char **stop)
{
    const size_t line = p->line;
    char *to = p->position;
    for (; p->position < p->end; p->position++) {
        if (*p->position == '"' && *++p->position != '"') {
            *stop = to;
            return RPE_OK;
        }
        if (*p->position == '\n')
            p->line++;
        *to++ = *p->position;
    }
    return parser_error(p, line, "a closing quote", "the end of the file");
}

/* One field; *last is set when it ends its line.  The separator is overwritten by the field's final zero. */
static rpe_status field_take(parser *p, char **field, bool *last)
{
    char *stop = NULL;
    const bool quoted = *p->position == '"';
    p->position += quoted;
    *field = p->position;
    if (quoted) {
        const rpe_status status = quoted_take(p, &stop);
        if (status != RPE_OK)
            return status;
    } else {
        p->position += strcspn(p->position, ",\"\r\n");
        stop = p->position;
    }
    char *separator = p->position;
    if (separator[0] == '\r' && separator[1] == '\n')
        separator++;
    if (*separator != ',' && *separator != '\n' && separator != p->end)
        return parser_error(p, p->line, "a comma or the end of the line after a field",
                            *separator == '"' ? "a quote" : "other text");
    *last = *separator != ',';
    p->line += *separator == '\n';
    p->position = separator == p->end ? p->end : separator + 1;
    *stop = '\0';
    return RPE_OK;
}

/* Fields of the next line; room: how many of them fit. */
static rpe_status line_take(parser *p, char **fields, size_t room, size_t *count)
{
    const size_t line = p->line;
    bool last = false;
    for (*count = 0; !last; (*count)++) {
        char *field = NULL;
        const rpe_status status = field_take(p, &field, &last);
        if (status != RPE_OK)
            return status;
        if (*count == room)
            return parser_error(p, line, "as many fields as in the header", "more");
        fields[*count] = field;
    }
    return RPE_OK;
}

static rpe_status lines_take(parser *p, rpe_csv *csv, size_t room)
{
    rpe_status status = line_take(p, csv->names, room, &csv->columns);
    csv->cells = csv->names + csv->columns;
    while (status == RPE_OK && p->position < p->end) {
        size_t count;
        const size_t line = p->line;
        status = line_take(p, csv->cells + csv->rows * csv->columns, csv->columns, &count);
        if (status == RPE_OK && count != csv->columns) {
            char expected[64], found[32];
            snprintf(expected, sizeof expected, "%zu fields as in the header", csv->columns);
            snprintf(found, sizeof found, "%zu", count);
            status = parser_error(p, line, expected, found);
        }
        csv->rows++;
    }
    return status;
}

rpe_status rpe_csv_read(rpe_csv *csv, const char *path, rpe_error *error)
{
    rpe_csv found = {0};
    size_t length = 0, room = 1; /* fields of the file: at most one more than separators */
    rpe_status status = text_read(path, &found.text, &length, error);
    if (status != RPE_OK)
        return status;
    if (length == 0 || memchr(found.text, '\0', length) != NULL) {
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a CSV file with a header line, found %s",
                               path, length == 0 ? "an empty file" : "binary content");
        goto done;
    }
    rpe_bytes_hash(found.text, length, found.hash);
    for (size_t i = 0; i < length; i++)
        room += found.text[i] == ',' || found.text[i] == '\n';
    found.names = rpe_memory_allocate(room, sizeof *found.names);
    if (found.names == NULL) {
        status = rpe_error_memory(error, path, room, sizeof *found.names);
        goto done;
    }
    parser p = {.path = path,
                .position =
                    found.text + (strncmp(found.text, RPE_MARK, RPE_MARK_LENGTH) == 0 ? RPE_MARK_LENGTH : 0),
                .end = found.text + length,
                .line = 1,
                .error = error};
    status = lines_take(&p, &found, room);
    if (status == RPE_OK)
        *csv = found;
done:
    if (status != RPE_OK)
        rpe_csv_destroy(&found);
    return status;
}

void rpe_csv_destroy(rpe_csv *csv)
{
    rpe_memory_free(csv->names); /* the cells lie behind the names */
    rpe_memory_free(csv->text);
    *csv = (rpe_csv){0};
}

size_t rpe_csv_column(const rpe_csv *csv, const char *name)
{
    size_t column = 0;
    while (column < csv->columns && strcmp(csv->names[column], name) != 0)
        column++;
    return column;
}

const char *rpe_csv_cell(const rpe_csv *csv, size_t row, size_t column)
{
    return csv->cells[row * csv->columns + column];
}

double rpe_csv_number(const rpe_csv *csv, size_t row, size_t column)
{
    double number = NAN;
    (void)rpe_number_read(rpe_csv_cell(csv, row, column), &number);
    return number;
}
