/* Files of other programs that are given where an .npy is wanted: named for what they are, with the cure. */
#ifndef RPE_FOREIGN_H
#define RPE_FOREIGN_H

#include <stddef.h>

#define RPE_FOREIGN_BYTES 512 /* of the file's beginning: as many as there are, up to so many */

/* "a zip archive as np.savez writes (.npz): np.save(...)", by its first bytes; other content is called that. */
const char *rpe_foreign_text(const unsigned char *bytes, size_t count);

#endif
