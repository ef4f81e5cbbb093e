/* Changes of a file that keep its form: what a byte that is flipped would break before a reader's checks are reached. */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "fuzz.h"

#define DRAFT_ROOM ((size_t)1 << 17)

/* A part that is being changed. */
typedef struct fuzz_draft {
    char name[FUZZ_NAME_CAPACITY];
    size_t count;
    uint8_t bytes[DRAFT_ROOM];
} fuzz_draft;

/* The parts of an input. */
typedef struct fuzz_drafts {
    fuzz_draft items[FUZZ_PARTS_MAX];
    size_t count;
} fuzz_drafts;

typedef void (*fuzz_mutator)(fuzz_draft *draft);

/* What libFuzzer calls, and its own changes of bytes. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t room);

/* One of 0 .. count-1. */
size_t fuzz_roll(size_t count);
/* One of the words between the bars of a list, in a static buffer that the fourth next call takes again; numbers and texts that readers may stumble over. */
#define FUZZ_WORD_CAPACITY 128
const char *fuzz_word(const char *list);
const char *fuzz_number_text(void);
const char *fuzz_odd_text(void);
/* Bytes first .. first+count-1 become the text; nothing happens where that has no room. */
void fuzz_splice(fuzz_draft *draft, size_t first, size_t count, const void *text, size_t length);

void fuzz_bytes_mutate(fuzz_draft *draft);
void fuzz_json_mutate(fuzz_draft *draft);
void fuzz_csv_mutate(fuzz_draft *draft);
void fuzz_npy_mutate(fuzz_draft *draft);
void fuzz_svg_mutate(fuzz_draft *draft);
void fuzz_words_mutate(fuzz_draft *draft);
void fuzz_journal_mutate(fuzz_draft *draft);

/* An array of these numbers, as NumPy writes it. */
void fuzz_npy_make(fuzz_draft *draft, size_t count);
/* As many numbers as the rows say, and a picture of these rows. */
void fuzz_drafts_agree(fuzz_drafts *drafts);

#endif
