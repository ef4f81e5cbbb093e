/* libFuzzer's entries: one input of a target, and the next input made of one. */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

static uint64_t state;

size_t fuzz_roll(size_t count)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return count == 0 ? 0 : (size_t)(state >> 33) % count;
}

const char *fuzz_word(const char *list)
{
    static char words[4][FUZZ_WORD_CAPACITY];
    static int next;
    char *word = words[next++ % 4];
    size_t count = 1;
    for (const char *at = list; *at != '\0'; at++)
        count += *at == '|';
    for (size_t skip = fuzz_roll(count); skip > 0; skip--)
        list = strchr(list, '|') + 1;
    snprintf(word, FUZZ_WORD_CAPACITY, "%.*s", (int)strcspn(list, "|"), list);
    return word;
}

const char *fuzz_number_text(void)
{
    return fuzz_word("0|1|2|3|8|-1|-0|0.5|1e308|-1e308|1e-320|1e400|255|65536|16777216|2147483647|2147483648|"
                     "4294967295|4294967296|1000000000|9007199254740992|4611686018427387904|"
                     "9223372036854775807|9223372036854775808|18446744073709551615|18446744073709551616");
}

const char *fuzz_odd_text(void)
{
    return fuzz_word(
        "|\"|'|\\|%s%n|<b>&amp;|a, b|`date`|@|\t|\n|é|nan|-inf|0x10|../x|/| |"
        "a text of more than sixty-four characters, as no name, no key and no cell has it here|"
        "realizations|method|input|lag|features|position|head|score_error|runtime|softmax|gaussian|"
        "error|budget|map|kernel|scaling|families|kernel.json|x.npy|explicit|all|ok|exact");
}

void fuzz_splice(fuzz_draft *draft, size_t first, size_t count, const void *text, size_t length)
{
    if (first > draft->count || count > draft->count - first || draft->count - count + length > DRAFT_ROOM)
        return;
    memmove(draft->bytes + first + length, draft->bytes + first + count, draft->count - first - count);
    if (length > 0)
        memcpy(draft->bytes + first, text, length);
    draft->count = draft->count - count + length;
}

void fuzz_bytes_mutate(fuzz_draft *draft)
{
    draft->count = LLVMFuzzerMutate(draft->bytes, draft->count, DRAFT_ROOM);
}

static fuzz_mutator mutator_of(const char *name)
{
    static const struct {
        const char *ending;
        fuzz_mutator mutator;
    } mutators[] = {{".json", fuzz_json_mutate}, {".csv", fuzz_csv_mutate},
                    {".npy", fuzz_npy_mutate},   {".svg", fuzz_svg_mutate},
                    {".txt", fuzz_words_mutate}, {".journal", fuzz_journal_mutate}};
    for (size_t i = 0; i < sizeof mutators / sizeof mutators[0]; i++)
        if (fuzz_name_ends(name, mutators[i].ending))
            return mutators[i].mutator;
    return fuzz_bytes_mutate;
}

/* ---- parts ---- */

static fuzz_drafts drafts;

static void drafts_make(const uint8_t *bytes, size_t count)
{
    fuzz_part parts[FUZZ_PARTS_MAX];
    const size_t found = fuzz_parts_take(parts, bytes, count);
    drafts.count = 0;
    for (size_t i = 0; i < found; i++) {
        fuzz_draft *draft = &drafts.items[drafts.count++];
        memcpy(draft->name, parts[i].name, sizeof draft->name);
        draft->count = parts[i].count < DRAFT_ROOM ? parts[i].count : DRAFT_ROOM;
        memcpy(draft->bytes, parts[i].bytes, draft->count);
    }
}

static size_t drafts_write(uint8_t *bytes, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < drafts.count; i++) {
        const fuzz_draft *draft = &drafts.items[i];
        char head[FUZZ_NAME_CAPACITY + 8];
        const size_t length =
            (size_t)snprintf(head, sizeof head, "%s=== %s\n", used == 0 ? "" : "\n", draft->name);
        if (length + draft->count > room - used)
            break;
        memcpy(bytes + used, head, length);
        memcpy(bytes + used + length, draft->bytes, draft->count);
        used += length + draft->count;
    }
    return used;
}

/* The folder b gets the part too, or loses it. */
static void part_copy(size_t from)
{
    char name[FUZZ_NAME_CAPACITY + 2];
    const fuzz_draft *source = &drafts.items[from];
    const bool inside = strncmp(source->name, "b/", 2) == 0;
    snprintf(name, sizeof name, "%s%s", inside ? "" : "b/", source->name + (inside ? 2 : 0));
    size_t to = 0;
    while (to < drafts.count && strcmp(drafts.items[to].name, name) != 0)
        to++;
    if (to == FUZZ_PARTS_MAX || strlen(name) >= FUZZ_NAME_CAPACITY)
        return;
    drafts.count += to == drafts.count;
    drafts.items[to] = *source;
    memcpy(drafts.items[to].name, name, strlen(name) + 1);
}

static void part_remove(size_t part)
{
    memmove(&drafts.items[part], &drafts.items[part + 1], (drafts.count - part - 1) * sizeof drafts.items[0]);
    drafts.count--;
}

static void part_mutate(size_t part)
{
    fuzz_draft *draft = &drafts.items[part];
    if (fuzz_roll(16) == 0)
        fuzz_bytes_mutate(draft);
    else
        mutator_of(draft->name)(draft);
}

/* ---- libFuzzer ---- */

static const fuzz_target *target;

/* One program for all targets: the environment says which. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *name = getenv("FUZZ_TARGET");
    target = name == NULL ? NULL : fuzz_target_find(name);
    if (target == NULL) {
        fprintf(stderr, "FUZZ_TARGET: expected a target of tests/fuzz/targets.def in the environment\n");
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_target_run(target, bytes, count);
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t room, unsigned seed)
{
    state = seed;
    drafts_make(bytes, count);
    if (drafts.count == 0)
        return LLVMFuzzerMutate(bytes, count, room);
    for (size_t i = 0, changes = 1 + fuzz_roll(4); i < changes; i++) {
        const size_t part = fuzz_roll(drafts.count);
        const size_t what = fuzz_roll(64);
        if (what == 0 && drafts.count > 1)
            part_remove(part);
        else if (what == 1)
            part_copy(part);
        else
            part_mutate(part);
    }
    if (fuzz_roll(4) > 0)
        fuzz_drafts_agree(&drafts);
    const size_t made = drafts_write(bytes, room);
    return made > 0 ? made : LLVMFuzzerMutate(bytes, count, room);
}
