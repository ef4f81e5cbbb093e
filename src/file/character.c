#include "file/character.h"

#include <stdbool.h>
#include <stdint.h>

size_t rpe_character_length(const char *text, size_t count)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (count == 0)
        return 0;
    const unsigned char first = (unsigned char)text[0];
    size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
    uint32_t code = length == 1 ? first : first & (0x7FU >> length);
    if (length == 0 || length > count || first >= 0xF8)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    }
    bool valid = code >= least[length] && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF) &&
                 code != 0xFFFE && code != 0xFFFF;
    return valid ? length : 0;
}
