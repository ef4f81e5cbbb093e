/* Characters of UTF-8, which texts of files and of the command line need not be. */
#ifndef RPE_CHARACTER_H
#define RPE_CHARACTER_H

#include <stddef.h>

/* Bytes of the character that text, of which there are count bytes, begins with; 0: it begins with none, or with one that no
   XML may hold (surrogates, U+FFFE and U+FFFF). */
size_t rpe_character_length(const char *text, size_t count);

#endif
