/* Rows, words, tags: what is made of lines, or of what stands between two characters. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "file/provenance.h"
#include "mutate.h"

#define REPEAT_BITS 12 /* of FUZZ_REPEAT_MAX */

/* Bytes first .. first+count-1 of a draft. */
typedef struct span {
    size_t first, count;
} span;

/* The n-th piece between separators, from 0; after the last, an empty one at the end. */
static span piece_find(const fuzz_draft *draft, span within, char separator, size_t n)
{
    size_t at = within.first, end = within.first + within.count;
    for (;; n--) {
        const uint8_t *stop = memchr(draft->bytes + at, separator, end - at);
        const size_t next = stop == NULL ? end : (size_t)(stop - draft->bytes);
        if (n == 0 || stop == NULL)
            return n == 0 ? (span){at, next - at} : (span){end, 0};
        at = next + 1;
    }
}

static size_t pieces_count(const fuzz_draft *draft, span within, char separator)
{
    size_t count = 1;
    for (size_t i = 0; i < within.count; i++)
        count += draft->bytes[within.first + i] == (uint8_t)separator;
    return count;
}

static span whole(const fuzz_draft *draft)
{
    return (span){0, draft->count};
}

static void span_set(fuzz_draft *draft, span at, const char *text)
{
    fuzz_splice(draft, at.first, at.count, text, strlen(text));
}

/* The place of the column of that name. */
static size_t column_find(const fuzz_draft *draft, const char *name)
{
    const span head = piece_find(draft, whole(draft), '\n', 0);
    const size_t columns = pieces_count(draft, head, ',');
    size_t column = 0;
    for (; column < columns; column++) {
        const span cell = piece_find(draft, head, ',', column);
        if (cell.count == strlen(name) && memcmp(draft->bytes + cell.first, name, cell.count) == 0)
            break;
    }
    return column;
}

/* ---- rows ---- */

/* A copy of the line behind it, or none of it. */
static void line_repeat(fuzz_draft *draft, span line)
{
    static uint8_t copy[DRAFT_ROOM + 1];
    memcpy(copy, draft->bytes + line.first, line.count);
    copy[line.count] = '\n';
    fuzz_splice(draft, line.first, 0, copy, line.count + 1);
}

static void line_multiply(fuzz_draft *draft, span line, size_t bits)
{
    char mark[32];
    size_t length;
    (void)fuzz_repeat_take(draft->bytes + line.first, line.count, &length);
    snprintf(mark, sizeof mark, "@%zu@", (size_t)1 << bits);
    fuzz_splice(draft, line.first, length, mark, strlen(mark));
}

/* 2^bits lines of 2^(64 - bits) trials, each of a point of its own: a sum of 64 bits does not see them. */
static void line_overflow(fuzz_draft *draft, span line)
{
    const size_t bits = REPEAT_BITS - fuzz_roll(3);
    char number[32];
    snprintf(number, sizeof number, "%llu", 1ULL << (64 - bits));
    span_set(draft, piece_find(draft, line, ',', column_find(draft, "trials")), number);
    span_set(draft, piece_find(draft, line, ',', column_find(draft, "point")), "#");
    line_multiply(draft, line, bits);
}

static void cell_mutate(fuzz_draft *draft, span line)
{
    const size_t lines = pieces_count(draft, whole(draft), '\n'), columns = pieces_count(draft, line, ',');
    const size_t column = fuzz_roll(2) == 0 ? column_find(draft, "trials") : fuzz_roll(columns);
    const span cell = piece_find(draft, line, ',', column);
    char copy[256] = "";
    switch (fuzz_roll(5)) {
    case 0:
        span_set(draft, cell, "");
        break;
    case 1:
        span_set(draft, cell, fuzz_odd_text());
        break;
    case 2: { /* of another row */
        const span other =
            piece_find(draft, piece_find(draft, whole(draft), '\n', fuzz_roll(lines)), ',', column);
        if (other.count < sizeof copy)
            memcpy(copy, draft->bytes + other.first, other.count);
        span_set(draft, cell, copy);
        break;
    }
    default:
        span_set(draft, cell, fuzz_number_text());
    }
}

void fuzz_csv_mutate(fuzz_draft *draft)
{
    const size_t lines = pieces_count(draft, whole(draft), '\n');
    const span line = piece_find(draft, whole(draft), '\n', fuzz_roll(8) == 0 ? 0 : fuzz_roll(lines));
    switch (fuzz_roll(8)) {
    case 0:
        line_repeat(draft, line);
        break;
    case 1:
        if (line.first + line.count < draft->count)
            fuzz_splice(draft, line.first, line.count + 1, "", 0);
        break;
    case 2:
        if (line.first > 0)
            line_multiply(draft, line, fuzz_roll(fuzz_roll(8) == 0 ? REPEAT_BITS + 1 : 4));
        break;
    case 3:
        if (line.first > 0 && fuzz_roll(4) == 0)
            line_overflow(draft, line);
        break;
    default:
        cell_mutate(draft, line);
    }
}

void fuzz_words_mutate(fuzz_draft *draft)
{
    const char *word = fuzz_word(
        "--|-|-h|--help|--threads|--seed|--output|--kernel|--queries|--layout|--trials|--method|--length|=|--"
        "seed=|1,2,3|50%|"
        "1,,2|--resume|--shard|1/"
        "2|--trials=0x1|--level|0.05|--missing|fail|--detect|encode|attend|run|compare|verify|fit|check");
    const size_t lines = pieces_count(draft, whole(draft), '\n');
    const span line = piece_find(draft, whole(draft), '\n', fuzz_roll(lines));
    switch (fuzz_roll(6)) {
    case 0:
        line_repeat(draft, line);
        break;
    case 1:
        if (line.first + line.count < draft->count)
            fuzz_splice(draft, line.first, line.count + 1, "", 0);
        break;
    case 2:
        span_set(draft, line, fuzz_roll(2) == 0 ? fuzz_number_text() : fuzz_odd_text());
        break;
    case 3:
        fuzz_splice(draft, draft->count, 0, "\n", 1);
        fuzz_splice(draft, draft->count, 0, word, strlen(word));
        break;
    case 4:
        span_set(draft, (span){line.first + fuzz_roll(line.count + 1), 0}, word);
        break;
    default:
        span_set(draft, line, word);
    }
}

/* ---- tags ---- */

/* A run of digits somewhere becomes another number. */
static void digits_mutate(fuzz_draft *draft)
{
    size_t at = fuzz_roll(draft->count), end;
    while (at < draft->count && !isdigit(draft->bytes[at]))
        at++;
    for (end = at; end < draft->count && isdigit(draft->bytes[end]);)
        end++;
    span_set(draft, (span){at, end - at}, fuzz_number_text());
}

void fuzz_svg_mutate(fuzz_draft *draft)
{
    const char *text =
        fuzz_word("g>|/g>|text>|path d='M0,0 L1,1'/>|!-- -->|?x?>|use xlink:href='#a'/>|g fill='url(#a)'>|"
                  "title>x</title>|rect id=''/>|/svg>|svg viewBox=\"0 0 9 9\">|a>|g color='rgb(1, 2, 999)'>|"
                  "g href='#'>");
    const size_t count = pieces_count(draft, whole(draft), '<');
    const span tag = piece_find(draft, whole(draft), '<', fuzz_roll(count));
    switch (fuzz_roll(5)) {
    case 0:
        span_set(draft, tag, "");
        break;
    case 1:
        if (tag.count > 0)
            fuzz_splice(draft, tag.first, 0, "<", 1);
        span_set(draft, (span){tag.first + (tag.count > 0), 0}, text);
        break;
    case 2:
        digits_mutate(draft);
        break;
    case 3:
        span_set(draft, (span){tag.first + fuzz_roll(tag.count + 1), 0}, fuzz_odd_text());
        break;
    default:
        span_set(draft, tag, text);
    }
}

/* ---- files of one result ---- */

/* The part NAME.ENDING beside another of that NAME; NULL: there is none. */
static fuzz_draft *beside(fuzz_drafts *drafts, const fuzz_draft *part, const char *ending)
{
    const size_t stem = strlen(part->name) - strlen(".csv");
    for (size_t i = 0; i < drafts->count; i++)
        if (strncmp(drafts->items[i].name, part->name, stem) == 0 &&
            strcmp(drafts->items[i].name + stem, ending) == 0)
            return &drafts->items[i];
    return NULL;
}

/* Modulo 2^64, as who does not look adds them. */
static uint64_t trials_sum(const fuzz_draft *rows)
{
    const size_t lines = pieces_count(rows, whole(rows), '\n'), column = column_find(rows, "trials");
    uint64_t sum = 0;
    for (size_t i = 1; i < lines; i++) {
        const span line = piece_find(rows, whole(rows), '\n', i), cell = piece_find(rows, line, ',', column);
        char text[24] = "";
        size_t mark;
        if (cell.count < sizeof text)
            memcpy(text, rows->bytes + cell.first, cell.count);
        sum += strtoull(text, NULL, 10) * fuzz_repeat_take(rows->bytes + line.first, line.count, &mark);
    }
    return sum;
}

/* The last hash of the picture becomes that of the rows as they lie in the file. */
static void picture_tie(fuzz_draft *picture, const fuzz_draft *rows)
{
    static const char words[] = "picture of rows ";
    char hash[RPE_HASH_CAPACITY], *text = NULL;
    size_t length = 0;
    uint8_t *found = memmem(picture->bytes, picture->count, words, strlen(words));
    FILE *stream = open_memstream(&text, &length);
    fuzz_part part = {.bytes = rows->bytes, .count = rows->count};
    memcpy(part.name, rows->name, sizeof part.name);
    if (stream == NULL)
        return;
    (void)fuzz_part_print(&part, stream);
    fclose(stream);
    rpe_bytes_hash(text, length, hash);
    free(text);
    if (found != NULL && found + strlen(words) + strlen(hash) <= picture->bytes + picture->count)
        memcpy(found + strlen(words), hash, strlen(hash));
}

void fuzz_drafts_agree(fuzz_drafts *drafts)
{
    for (size_t i = 0; i < drafts->count; i++) {
        const fuzz_draft *rows = &drafts->items[i];
        if (!fuzz_name_ends(rows->name, ".csv"))
            continue;
        fuzz_draft *trials = beside(drafts, rows, ".npy"), *picture = beside(drafts, rows, ".svg");
        const uint64_t sum = trials == NULL ? UINT64_MAX : trials_sum(rows);
        if (sum <= DRAFT_ROOM / 16)
            fuzz_npy_make(trials, (size_t)sum);
        if (picture != NULL)
            picture_tie(picture, rows);
    }
}
