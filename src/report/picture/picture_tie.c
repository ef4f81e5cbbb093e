#include "report/picture/picture_tie.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define TEXT_CAPACITY 96
#define CHUNK_END 12 /* bytes of the last chunk of a PNG: IEND, which is empty */

static const unsigned char chunk_type[4] = {'t', 'E', 'X', 't'};
static const char signature[] = "\x89PNG\r\n\x1a\n", keyword[] = "rpebench", words[] = "picture of rows ";

static size_t text_make(const rpe_picture_tie *tie, char text[TEXT_CAPACITY])
{
    return (size_t)snprintf(text, TEXT_CAPACITY, "%s%s, page %zu of %zu", words, tie->rows, tie->page,
                            tie->pages);
}

/* CRC-32 as a PNG has it (ISO 3309). */
static uint32_t checksum(const unsigned char *bytes, size_t count)
{
    uint32_t sum = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = (sum >> 1) ^ (UINT32_C(0xEDB88320) & (0U - (sum & 1U)));
    }
    return ~sum;
}

static void number_put(unsigned char bytes[4], uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(number >> (24 - 8 * i));
}

/* Length, "tEXt", the keyword with its zero, the text, and the checksum of all but the length; returns the bytes of it. */
static size_t chunk_make(const rpe_picture_tie *tie, unsigned char chunk[2 * TEXT_CAPACITY])
{
    char text[TEXT_CAPACITY];
    const size_t length = text_make(tie, text);
    size_t data = sizeof keyword + length;
    number_put(chunk, (uint32_t)data);
    memcpy(chunk + 4, chunk_type, sizeof chunk_type);
    memcpy(chunk + 8, keyword, sizeof keyword);
    for (size_t i = 0; i < length; i++)
        chunk[8 + sizeof keyword + i] = (unsigned char)text[i];
    number_put(chunk + 8 + data, checksum(chunk + 4, 4 + data));
    return 12 + data;
}

/* The chunk takes the place of the last one, which follows it. */
static bool png_write(const rpe_picture_tie *tie, FILE *file)
{
    unsigned char chunk[2 * TEXT_CAPACITY], last[CHUNK_END];
    size_t length = chunk_make(tie, chunk);
    return fseek(file, -CHUNK_END, SEEK_END) == 0 && fread(last, 1, sizeof last, file) == sizeof last &&
           fseek(file, -CHUNK_END, SEEK_END) == 0 && fwrite(chunk, 1, length, file) == length &&
           fwrite(last, 1, sizeof last, file) == sizeof last;
}

static bool svg_write(const rpe_picture_tie *tie, FILE *file)
{
    char text[TEXT_CAPACITY];
    text_make(tie, text);
    return fseek(file, 0, SEEK_END) == 0 && fprintf(file, "<!-- %s: %s -->\n", keyword, text) > 0;
}

rpe_status rpe_picture_tie_write(const rpe_picture_tie *tie, const char *path, rpe_error *error)
{
    char head[sizeof signature - 1] = "";
    FILE *file = fopen(path, "r+be");
    bool written = file != NULL;
    if (written) {
        size_t found = fread(head, 1, sizeof head, file);
        bool png = found == sizeof head && memcmp(head, signature, sizeof head) == 0;
        written = png ? png_write(tie, file) : svg_write(tie, file);
    }
    int code = errno;
    if (file != NULL && fclose(file) != 0) {
        code = errno;
        written = false;
    }
    return written
               ? RPE_OK
               : rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a picture that can be written, found: %s",
                               path, strerror(code));
}

bool rpe_picture_tie_read(rpe_picture_tie *tie, const char *bytes, size_t count)
{
    char tail[2 * TEXT_CAPACITY] = "";
    rpe_picture_tie read = {.page = 0};
    const char *found = NULL;
    size_t kept = count < sizeof tail - 1 ? count : sizeof tail - 1;
    memcpy(tail, bytes + count - kept, kept);
    for (size_t i = 0; i + sizeof words - 1 <= kept; i++)
        if (memcmp(tail + i, words, sizeof words - 1) == 0)
            found = tail + i + sizeof words - 1;
    if (found == NULL || strspn(found, "0123456789abcdef") != sizeof read.rows - 1 ||
        sscanf(found, "%16[0-9a-f], page %6zu of %6zu", read.rows, &read.page, &read.pages) != 3 ||
        read.page < 1 || read.page > read.pages)
        return false;
    *tie = read;
    return true;
}

bool rpe_picture_tie_find(rpe_picture_tie *tie, const char *path)
{
    char tail[2 * TEXT_CAPACITY];
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return false;
    if (fseek(file, -(long)sizeof tail, SEEK_END) != 0)
        rewind(file);
    size_t count = fread(tail, 1, sizeof tail, file);
    fclose(file);
    return rpe_picture_tie_read(tie, tail, count);
}
