#include "file/foreign.h"

#include <stdbool.h>
#include <string.h>

typedef struct format {
    const char *magic;
    size_t offset, length;
    const char *contains; /* somewhere after it; NULL: anything */
    const char *text;
} format;

#define MAGIC(bytes) bytes, 0, sizeof(bytes) - 1
#define TORCH "; in Python: np.save(\"x.npy\", torch.load(...)[\"x\"].detach().cpu().numpy())"

/* The first that fits. */
static const format formats[] = {
    {MAGIC("PK\x03\x04"), ".npy",
     "a zip archive of arrays (.npz); in Python: np.save(\"x.npy\", np.load(\"x.npz\")[\"x\"])"},
    {MAGIC("PK\x03\x04"), "data.pkl", "a PyTorch file (.pt, .pth)" TORCH},
    {MAGIC("PK\x03\x04"), ".data/serialization_id", "a PyTorch file (.pt, .pth)" TORCH},
    {MAGIC("PK\x03\x04"), NULL, "a zip archive; in Python: np.save(\"x.npy\", x)"},
    {MAGIC("PK\x05\x06"), NULL, "an empty zip archive (.npz); in Python: np.save(\"x.npy\", x)"},
    {MAGIC("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20"), NULL, "a PyTorch file (.pt, .pth)" TORCH},
    {MAGIC("\x89HDF\r\n\x1a\n"), NULL,
     "an HDF5 file; in Python: np.save(\"x.npy\", h5py.File(...)[\"x\"][:])"},
    {MAGIC("MATLAB 5.0"), NULL, "a MATLAB file; in Python: np.save(\"x.npy\", scipy.io.loadmat(...)[\"x\"])"},
    {MAGIC("GGUF"), NULL, "a GGUF file; in Python: np.save(\"x.npy\", x)"},
    {MAGIC("PAR1"), NULL,
     "a Parquet file; in Python: np.save(\"x.npy\", pandas.read_parquet(...).to_numpy())"},
    {MAGIC("ARROW1"), NULL, "an Arrow file; in Python: np.save(\"x.npy\", x)"},
    {MAGIC("CDF\x01"), NULL, "a NetCDF file; in Python: np.save(\"x.npy\", x)"},
    {MAGIC("CDF\x02"), NULL, "a NetCDF file; in Python: np.save(\"x.npy\", x)"},
    {MAGIC("\x1f\x8b"), NULL, "a gzip file: gunzip it first"},
    {MAGIC("BZh"), NULL, "a bzip2 file: bunzip2 it first"},
    {MAGIC("\xfd"
           "7zXZ"),
     NULL, "an xz file: unxz it first"},
    {MAGIC("\x28\xb5\x2f\xfd"), NULL, "a zstd file: unzstd it first"},
    {MAGIC("version https://git-lfs"), NULL, "a Git LFS pointer: git lfs pull"},
    {"{\"", 8, 2, NULL,
     "a safetensors file; in Python: np.save(\"x.npy\", safetensors.numpy.load_file(...)[\"x\"])"},
};

/* Protocols 2 to 5 begin with a byte of their own and the number. */
static bool is_pickle(const unsigned char *bytes, size_t count)
{
    return count >= 2 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
}

static bool is_contained(const unsigned char *bytes, size_t count, const char *text)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i + length <= count; i++)
        if (memcmp(bytes + i, text, length) == 0)
            return true;
    return false;
}

static bool is_text(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] < ' ' && strchr("\t\r\n", bytes[i]) == NULL)
            return false;
    return true;
}

const char *rpe_foreign_text(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const format *one = &formats[i];
        if (count >= one->offset + one->length && memcmp(bytes + one->offset, one->magic, one->length) == 0 &&
            (one->contains == NULL || is_contained(bytes, count, one->contains)))
            return one->text;
    }
    if (is_pickle(bytes, count))
        return "a pickle (.pkl, .pt); in Python: np.save(\"x.npy\", x) of the array in it";
    if (is_text(bytes, count))
        return "other content, a text file (it does not start with \\x93NUMPY); in Python: "
               "np.save(\"x.npy\", x)";
    return "other content (it does not start with \\x93NUMPY); in Python: np.save(\"x.npy\", x)";
}
