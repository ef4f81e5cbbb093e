#include "file/json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "file/path.h"

#define RESERVE_BYTES ((size_t)128 << 10)
#define TOKEN_BYTES ((size_t)32 << 10) /* of one text or number */

/* jansson's lexer does not survive a failed allocation: it drops a character of the token, then aborts or returns a number
   cut short.  So while a file is read, a failed allocation is served from a reserve, and reading stops at the next piece
   (jansson asks for 1 KiB at a time).  Until then a token may double its room once: the reserve holds that of the longest. */
typedef struct reserve {
    unsigned char *block;
    size_t used;
    bool needed;
} reserve;

static _Thread_local reserve spare;

static void *memory_take(size_t size)
{
    void *block = rpe_memory_allocate(size, 1);
    if (block != NULL || spare.block == NULL)
        return block;
    spare.needed = true;
    if (size > RESERVE_BYTES - spare.used)
        return NULL;
    block = spare.block + spare.used;
    const size_t padded = (size + 15) / 16 * 16;
    spare.used = padded > RESERVE_BYTES - spare.used ? RESERVE_BYTES : spare.used + padded;
    return block;
}

static void memory_give(void *block)
{
    const uintptr_t address = (uintptr_t)block, start = (uintptr_t)spare.block;
    if (spare.block == NULL || address < start || address >= start + RESERVE_BYTES)
        rpe_memory_free(block);
}

void rpe_json_memory_install(void)
{
    json_set_alloc_funcs(memory_take, memory_give);
}

/* A stream whose first bytes are looked at before it is parsed. */
typedef struct source {
    FILE *stream;
    unsigned char head[RPE_MARK_LENGTH];
    size_t count;         /* bytes of the head that are still to be handed on */
    size_t token;         /* bytes so far of the text or number that is being read */
    bool quoted, escaped; /* within a text; behind a backslash there */
    bool token_is_too_long;
} source;

/* Follows the tokens, before jansson sees them. */
static void tokens_follow(source *from, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count && !from->token_is_too_long; i++) {
        const bool quote = bytes[i] == '"' && !from->escaped;
        const bool between = !from->quoted && strchr(" \t\r\n,:[]{}", bytes[i]) != NULL;
        from->escaped = from->quoted && bytes[i] == '\\' && !from->escaped;
        from->quoted = from->quoted != quote;
        from->token = between || (quote && from->quoted) ? 0 : from->token + 1;
        from->token_is_too_long = from->token > TOKEN_BYTES;
    }
}

/* A byte order mark is left out. */
static source source_open(FILE *stream)
{
    source opened = {.stream = stream};
    opened.count = fread(opened.head, 1, sizeof opened.head, stream);
    if (opened.count == sizeof opened.head && memcmp(opened.head, RPE_MARK, sizeof opened.head) == 0)
        opened.count = 0;
    return opened;
}

static size_t piece_read(void *buffer, size_t capacity, void *context)
{
    source *from = context;
    size_t count = from->count;
    if (spare.needed)
        return (size_t)-1;
    if (count > 0 && count <= capacity) { /* jansson asks for more than that */
        memcpy(buffer, from->head, count);
        from->count = 0;
    } else {
        count = fread(buffer, 1, capacity, from->stream);
    }
    tokens_follow(from, buffer, count);
    return ferror(from->stream) || from->token_is_too_long ? (size_t)-1 : count;
}

static rpe_status syntax_error(const char *path, const json_error_t *found, rpe_error *error)
{
    if (spare.needed || json_error_code(found) == json_error_out_of_memory || found->text[0] == '\0')
        return rpe_error_set(error, RPE_ERROR_MEMORY, "%s: out of memory while reading", path);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s:%d:%d: expected JSON, found: %s", path,
                         found->line < 1 ? 1 : found->line, found->column < 1 ? 1 : found->column,
                         found->text);
}

static rpe_status read_error(const char *path, int code, rpe_error *error)
{
    return rpe_path_error(path, "a readable file", code, error);
}

static rpe_status root_read(FILE *stream, const char *path, json_t **root, rpe_error *error)
{
    json_error_t found = {0};
    rpe_status status = RPE_OK;
    spare = (reserve){.block = rpe_memory_allocate(RESERVE_BYTES, 1)};
    if (spare.block == NULL)
        return rpe_error_memory(error, path, RESERVE_BYTES, 1);
    source from = source_open(stream);
    json_t *value = json_load_callback(piece_read, &from, JSON_REJECT_DUPLICATES, &found);
    if (ferror(stream))
        status = read_error(path, errno, error);
    else if (from.token_is_too_long)
        status =
            rpe_error_set(error, RPE_ERROR_INPUT,
                          "%s: expected texts and numbers of at most %zu bytes, found one that is longer",
                          path, TOKEN_BYTES);
    else if (value == NULL || spare.needed)
        status = syntax_error(path, &found, error);
    else if (!json_is_object(value))
        status =
            rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a JSON object {...}, found a list", path);
    if (status == RPE_OK)
        *root = value;
    else
        json_decref(value);
    rpe_memory_free(spare.block);
    spare = (reserve){0};
    return status;
}

rpe_status rpe_json_read(rpe_json *document, const char *path, rpe_error *error)
{
    rpe_json found = {0};
    struct stat file;
    rpe_status status = RPE_OK;
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL || fstat(fileno(stream), &file) != 0) {
        status = read_error(path, errno, error);
        goto done;
    }
    if (S_ISDIR(file.st_mode)) {
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a JSON file, found a directory", path);
        goto done;
    }
    found.path = rpe_memory_text(path);
    if (found.path == NULL) {
        status = rpe_error_memory(error, path, strlen(path) + 1, 1);
        goto done;
    }
    status = root_read(stream, path, &found.root, error);
    if (status == RPE_OK)
        *document = found;
    else
        rpe_memory_free(found.path);
done:
    if (stream != NULL)
        fclose(stream);
    return status;
}

void rpe_json_destroy(rpe_json *document)
{
    json_decref(document->root);
    rpe_memory_free(document->path);
    *document = (rpe_json){0};
}
