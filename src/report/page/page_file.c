/* Files of a run as parts of the page. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "report/page/page_parts.h"
#include "report/picture/picture_tie.h"

rpe_status rpe_page_file_read(rpe_page_file *file, const char *path, rpe_error *error)
{
    struct stat found;
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL && errno == ENOENT)
        return RPE_OK;
    if (stream == NULL || fstat(fileno(stream), &found) != 0 || !S_ISREG(found.st_mode)) {
        rpe_status status = rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a readable file, found: %s",
                                          path, stream == NULL ? strerror(errno) : "no regular file");
        if (stream != NULL)
            fclose(stream);
        return status;
    }
    size_t size = (size_t)found.st_size;
    char *bytes = rpe_memory_allocate(size + 1, 1);
    rpe_status status = bytes == NULL ? rpe_error_memory(error, path, size + 1, 1) : RPE_OK;
    if (status == RPE_OK && fread(bytes, 1, size, stream) != size)
        status = rpe_error_set(error, RPE_ERROR_FILE, "%s: expected %zu bytes, found: %s", path, size,
                               ferror(stream) ? strerror(errno) : "fewer");
    fclose(stream);
    if (status != RPE_OK) {
        rpe_memory_free(bytes);
        return status;
    }
    bytes[size] = '\0';
    *file = (rpe_page_file){bytes, size};
    return RPE_OK;
}

void rpe_page_file_destroy(rpe_page_file *file)
{
    rpe_memory_free(file->bytes);
    *file = (rpe_page_file){0};
}

/* ---- pictures ---- */

static rpe_status kind_read(rpe_page_picture *picture, const char *directory, const char *name,
                            const char *suffix, const char *ending, rpe_error *error)
{
    char last[32];
    snprintf(last, sizeof last, "%s%s", suffix, ending);
    char *path = rpe_path_make(directory, name, last);
    if (path == NULL)
        return rpe_error_memory(error, "path of a picture", strlen(name), 1);
    rpe_status status = rpe_page_file_read(&picture->file, path, error);
    rpe_memory_free(path);
    return status;
}

/* A picture of other rows is as good as none. */
static void tie_check(rpe_page_picture *picture, const char *rows)
{
    rpe_picture_tie tie = {.pages = 0};
    picture->untied = !rpe_picture_tie_read(&tie, picture->file.bytes, picture->file.count);
    picture->stale = !picture->untied && strcmp(tie.rows, rows) != 0;
    picture->pages = tie.pages;
    if (picture->stale)
        rpe_page_file_destroy(&picture->file);
}

rpe_status rpe_page_picture_read(rpe_page_picture *picture, const char *directory, const char *name,
                                 const char *suffix, const char *rows, rpe_error *error)
{
    rpe_page_picture read = {0};
    rpe_status status = kind_read(&read, directory, name, suffix, ".svg", error);
    if (status == RPE_OK && read.file.bytes != NULL &&
        !rpe_svg_read(&read.svg, read.file.bytes, read.file.count))
        read.type = "image/svg+xml";
    if (status == RPE_OK && read.file.bytes == NULL) {
        read.type = "image/png";
        status = kind_read(&read, directory, name, suffix, ".png", error);
    }
    if (status == RPE_OK && read.file.bytes != NULL)
        tie_check(&read, rows);
    if (status == RPE_OK)
        *picture = read;
    return status;
}

rpe_status rpe_page_pictures_read(rpe_page_experiment *experiment, rpe_error *error)
{
    char suffix[16] = "";
    rpe_status status = RPE_OK;
    for (size_t sheet = 0; status == RPE_OK && sheet <= RPE_PAGE_SHEETS; sheet++) {
        rpe_page_picture picture = {0};
        if (sheet > 0)
            snprintf(suffix, sizeof suffix, "-%zu", sheet);
        status = rpe_page_picture_read(&picture, experiment->directory, experiment->record.name, suffix,
                                       experiment->record.rows.hash, error);
        experiment->stale = experiment->stale || picture.stale;
        if (status != RPE_OK || (!rpe_page_picture_there(&picture) && sheet > experiment->page_count))
            break;
        if (rpe_page_picture_there(&picture))
            experiment->pictures[experiment->picture_count++] = picture;
        experiment->page_count = picture.pages > 0 ? picture.pages : experiment->page_count;
        if (sheet == 0 && experiment->picture_count > 0)
            break; /* NAME.svg: the only one */
    }
    return status;
}

/* The picture of the p-values in calibration.csv; without that file nothing can be said of it. */
rpe_status rpe_page_calibration_picture_read(rpe_page_calibration *calibration, const char *directory,
                                             rpe_error *error)
{
    rpe_page_file rows = {0};
    char hash[RPE_HASH_CAPACITY] = "";
    char *path = rpe_path_join(directory, "calibration.csv");
    rpe_status status = path == NULL ? rpe_error_memory(error, directory, strlen(directory), 1)
                                     : rpe_page_file_read(&rows, path, error);
    if (status == RPE_OK && rows.bytes != NULL)
        rpe_bytes_hash(rows.bytes, rows.count, hash);
    if (status == RPE_OK)
        status = rpe_page_picture_read(&calibration->picture, directory, "calibration", "", hash, error);
    rpe_page_file_destroy(&rows);
    rpe_memory_free(path);
    return status;
}

/* Markup becomes less than half of what it is in the file: it is written once to be counted. */
static rpe_status markup_count(const rpe_page_picture *picture, size_t *size, rpe_error *error)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    rpe_html html = {.stream = stream};
    if (stream != NULL)
        rpe_svg_print(&html, &picture->svg, picture->id, "");
    bool failed = stream == NULL || fclose(stream) != 0;
    free(text);
    return failed ? rpe_error_memory(error, "a picture of the page", picture->file.count, 1) : RPE_OK;
}

rpe_status rpe_page_picture_place(rpe_page_picture *picture, size_t n, size_t *room, rpe_error *error)
{
    snprintf(picture->id, sizeof picture->id, "p%zu", n);
    if (picture->file.bytes == NULL)
        return RPE_OK;
    const rpe_html_data data = {picture->type, picture->file.bytes, picture->file.count};
    size_t size = 0;
    rpe_status status = RPE_OK;
    if (picture->type == NULL)
        status = markup_count(picture, &size, error);
    else
        size = rpe_html_data_size(&data);
    picture->left_out = size > *room;
    if (picture->left_out)
        rpe_page_file_destroy(&picture->file);
    else
        *room -= size;
    return status;
}

void rpe_page_picture_destroy(rpe_page_picture *picture)
{
    rpe_page_file_destroy(&picture->file);
}

bool rpe_page_picture_there(const rpe_page_picture *picture)
{
    return picture->file.bytes != NULL || picture->left_out;
}

/* Width and height of a PNG stand behind its signature, most significant byte first. */
static void png_size(const rpe_page_file *file, size_t size[2])
{
    const unsigned char *bytes = (const unsigned char *)file->bytes;
    for (size_t i = 0; i < 2; i++)
        size[i] = file->count < 24 ? 0
                                   : (size_t)bytes[16 + 4 * i] << 24 | (size_t)bytes[17 + 4 * i] << 16 |
                                         (size_t)bytes[18 + 4 * i] << 8 | (size_t)bytes[19 + 4 * i];
}

void rpe_page_picture_print(rpe_html *html, const rpe_page_picture *picture, const char *alt, bool again)
{
    size_t size[2] = {0};
    if (picture->left_out) {
        rpe_html_element(
            html, "p",
            "A picture is left out here, for it would make this page too large; it is beside the results.");
        return;
    }
    if (picture->type != NULL && again) {
        rpe_html_open(html, "p");
        rpe_html_anchor(html, picture->id, "The picture stands above.");
        rpe_html_close(html);
        return;
    }
    rpe_html_open(html, "div", "class", "picture", "tabindex", "0", "id",
                  picture->type != NULL ? picture->id : NULL);
    if (picture->type != NULL) {
        const rpe_html_data data = {picture->type, picture->file.bytes, picture->file.count};
        if (strcmp(picture->type, "image/png") == 0)
            png_size(&picture->file, size);
        rpe_html_image(html, &data, size[0], size[1], alt);
    } else if (again) {
        rpe_svg_again_print(html, &picture->svg, picture->id, alt);
    } else {
        rpe_svg_print(html, &picture->svg, picture->id, alt);
    }
    rpe_html_close(html);
    if (picture->untied)
        rpe_html_element(
            html, "p",
            "The picture does not say which rows it was drawn from: an earlier version or another "
            "program made it, and it may be of an earlier run.");
}
