#include "encoding/code.h"

#include <string.h>

#define RPE_CODE(name) extern const rpe_code rpe_code_##name;
#include "encoding/codes.def"
#undef RPE_CODE

static const rpe_code *const codes[] = {
#define RPE_CODE(name) &rpe_code_##name,
#include "encoding/codes.def"
#undef RPE_CODE
};

const rpe_code *rpe_code_find(const char *kernel_type)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i]->name, kernel_type) == 0)
            return codes[i];
    return NULL;
}
