#include "fuzz.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/json.h"

#define MEMORY_MOST ((size_t)64 << 20) /* of one input, all of which are small */
#define PATH_CAPACITY 512
#define MARK "=== "

/* ---- inputs ---- */

static bool name_take(char name[FUZZ_NAME_CAPACITY], const uint8_t *bytes, size_t count)
{
    size_t folder = count > 2 && memcmp(bytes, "b/", 2) == 0 ? 2 : 0;
    if (count <= folder || count >= FUZZ_NAME_CAPACITY || bytes[folder] == '.')
        return false;
    for (size_t i = folder; i < count; i++)
        if (bytes[i] >= 0x80 || (!isalnum(bytes[i]) && strchr("._-", bytes[i]) == NULL) || bytes[i] == '\0')
            return false;
    memcpy(name, bytes, count);
    name[count] = '\0';
    return true;
}

/* The next "\n=== ", or one at the very beginning; the end where there is none. */
static const uint8_t *mark_find(const uint8_t *at, const uint8_t *start, const uint8_t *end)
{
    while ((at = memmem(at, (size_t)(end - at), MARK, strlen(MARK))) != NULL) {
        if (at == start || at[-1] == '\n')
            return at;
        at++;
    }
    return end;
}

size_t fuzz_parts_take(fuzz_part parts[FUZZ_PARTS_MAX], const uint8_t *bytes, size_t count)
{
    const uint8_t *end = bytes + count, *at = mark_find(bytes, bytes, end);
    size_t found = 0;
    while (at < end && found < FUZZ_PARTS_MAX) {
        const uint8_t *name = at + strlen(MARK), *stop = memchr(name, '\n', (size_t)(end - name));
        if (stop == NULL)
            break;
        const uint8_t *content = stop + 1;
        at = mark_find(content, bytes, end);
        fuzz_part *part = &parts[found];
        part->bytes = content;
        part->count = (size_t)(at - content) - (at < end && at > content ? 1 : 0);
        found += name_take(part->name, name, (size_t)(stop - name));
    }
    return found;
}

bool fuzz_name_ends(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcmp(name + length - tail, ending) == 0;
}

size_t fuzz_repeat_take(const uint8_t *line, size_t count, size_t *length)
{
    size_t repeat = 0, at = 1;
    *length = 0;
    if (count == 0 || line[0] != '@')
        return 1;
    for (; at < count && isdigit(line[at]) && repeat <= FUZZ_REPEAT_MAX; at++)
        repeat = 10 * repeat + (line[at] - '0');
    if (at == 1 || at == count || line[at] != '@' || repeat > FUZZ_REPEAT_MAX)
        return 1;
    *length = at + 1;
    return repeat;
}

/* The number of the copy in the place of each '#'. */
static void line_print(const uint8_t *at, const uint8_t *stop, bool repeated, size_t number, FILE *stream)
{
    const uint8_t *sign;
    while (repeated && (sign = memchr(at, '#', (size_t)(stop - at))) != NULL) {
        fwrite(at, 1, (size_t)(sign - at), stream);
        fprintf(stream, "%08zx", number);
        at = sign + 1;
    }
    fwrite(at, 1, (size_t)(stop - at), stream);
}

static bool lines_print(const fuzz_part *part, FILE *stream)
{
    const uint8_t *at = part->bytes, *end = at + part->count;
    while (at < end) {
        size_t mark, repeat = fuzz_repeat_take(at, (size_t)(end - at), &mark);
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop == NULL ? end : stop + 1;
        for (size_t i = 0; i < repeat; i++)
            line_print(at + mark, stop, mark > 0, i, stream);
        at = stop;
    }
    return !ferror(stream);
}

bool fuzz_part_print(const fuzz_part *part, FILE *stream)
{
    if (fuzz_name_ends(part->name, ".csv"))
        return lines_print(part, stream);
    return fwrite(part->bytes, 1, part->count, stream) == part->count;
}

/* ---- the folder ---- */

static char folder[PATH_CAPACITY / 2], inner[PATH_CAPACITY / 2 + 2];

const char *fuzz_path(const char *directory, const char *name)
{
    static char paths[4][PATH_CAPACITY];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_CAPACITY, "%.250s/%.250s", directory, name);
    return path;
}

static void folder_empty(const char *directory)
{
    DIR *listed = opendir(directory);
    for (struct dirent *entry; listed != NULL && (entry = readdir(listed)) != NULL;)
        unlink(fuzz_path(directory, entry->d_name));
    if (listed != NULL)
        closedir(listed);
}

static void folders_remove(void)
{
    folder_empty(inner);
    rmdir(inner);
    folder_empty(folder);
    rmdir(folder);
}

static void fault(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

static void folders_make(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.200s/rpebench-fuzz-XXXXXX", parent != NULL ? parent : P_tmpdir);
    if (mkdtemp(folder) == NULL)
        fault("expected a folder for files that can be written");
    snprintf(inner, sizeof inner, "%s/b", folder);
    rpe_json_memory_install();
    atexit(folders_remove);
}

static void files_write(const uint8_t *bytes, size_t count)
{
    fuzz_part parts[FUZZ_PARTS_MAX];
    size_t found = fuzz_parts_take(parts, bytes, count);
    folder_empty(inner);
    rmdir(inner);
    folder_empty(folder);
    for (size_t i = 0; i < found; i++) {
        if (strncmp(parts[i].name, "b/", 2) == 0)
            mkdir(inner, 0777);
        FILE *file = fopen(fuzz_path(folder, parts[i].name), "wb");
        if (file == NULL)
            continue; /* a file that has the name of the folder */
        if (!fuzz_part_print(&parts[i], file) || fclose(file) != 0)
            fault("expected room for files");
    }
}

/* ---- what is no fault ---- */

static const char null_text[] = "(null)";
static bool null_is_given; /* by a file of the input */

static bool bytes_hold(const uint8_t *bytes, size_t count, const char *text)
{
    return memmem(bytes, count, text, strlen(text)) != NULL;
}

void fuzz_text_check(const char *text)
{
    if (strstr(text, null_text) == NULL || null_is_given)
        return;
    fprintf(stderr, "%s\n", text);
    fault("a text that is not there was printed");
}

void fuzz_status_check(rpe_status status, const rpe_error *error)
{
    if (status == RPE_OK)
        return;
    fuzz_text_check(error->message);
    if (error->message[0] == '\0')
        fault("an error without a message");
    if (status != RPE_ERROR_MEMORY)
        return;
    fprintf(stderr, "%s\n", error->message);
    fault("a small input is said to need more memory than there is");
}

static char *stream_text;
static size_t stream_count;

FILE *fuzz_stream_open(void)
{
    FILE *stream = open_memstream(&stream_text, &stream_count);
    if (stream == NULL)
        fault("expected a stream into memory");
    return stream;
}

void fuzz_stream_close(FILE *stream)
{
    fclose(stream);
    fuzz_text_check(stream_text);
    free(stream_text);
}

/* Bytes that are held after the run and were not before it. */
static size_t input_run(const fuzz_target *target, const uint8_t *bytes, size_t count)
{
    files_write(bytes, count);
    rpe_memory_peak_reset();
    const size_t before = rpe_memory_usage_now().current;
    target->run(folder);
    const rpe_memory_usage after = rpe_memory_usage_now();
    if (after.peak - before > MEMORY_MOST)
        fault("a small input took more than 64 MiB");
    return after.current > before ? after.current - before : 0;
}

int fuzz_target_run(const fuzz_target *target, const uint8_t *bytes, size_t count)
{
    if (folder[0] == '\0')
        folders_make();
    null_is_given = bytes_hold(bytes, count, null_text);
    /* What is made once, when it is first needed, is not made again. */
    if (input_run(target, bytes, count) > 0 && input_run(target, bytes, count) > 0)
        fault("memory is kept");
    return 0;
}

/* ---- targets ---- */

static const fuzz_target targets[] = {
#define FUZZ_TARGET(name) {#name, fuzz_##name},
#include "targets.def"
#undef FUZZ_TARGET
};

const fuzz_target *fuzz_target_find(const char *name)
{
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(targets[i].name, name) == 0)
            return &targets[i];
    return NULL;
}
