#!/usr/bin/env python3
"""A NumPy user calls librpebench in the same process, without files: exact attention, and encoded queries and keys."""
import ctypes
import ctypes.util
import os
import sys
import tempfile

import common

try:
    import numpy as np
except ImportError as reason:
    common.skip("numpy", reason)


class Problem(ctypes.Structure):
    """rpebench_problem of rpebench.h"""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("batch", ctypes.c_size_t),
        ("heads", ctypes.c_size_t),
        ("features", ctypes.c_size_t),
        ("value_features", ctypes.c_size_t),
        ("queries", ctypes.c_size_t * 3),
        ("keys", ctypes.c_size_t * 3),
        ("single", ctypes.c_int),
        ("causal", ctypes.c_int),
        ("shared_heads", ctypes.c_int),
        ("threads", ctypes.c_int),
        ("sampler", ctypes.c_char_p),
        ("realizations", ctypes.c_size_t),
        ("projections", ctypes.c_size_t),
        ("seed", ctypes.c_uint64),
    ]


def library():
    """The first argument, else build/librpebench.so of this checkout, else the one that is installed."""
    here = os.path.dirname(os.path.abspath(__file__))
    built = os.path.join(here, "..", "..", "build", "librpebench.so")
    path = sys.argv[1] if len(sys.argv) > 1 else built if os.path.exists(built) else ctypes.util.find_library("rpebench")
    if path is None:
        sys.exit("librpebench.so: expected it to be built or installed, or its path as the first argument")
    loaded = ctypes.CDLL(path)
    for name in ("rpebench_version", "rpebench_error_text", "rpebench_method_name"):
        getattr(loaded, name).restype = ctypes.c_char_p
    loaded.rpebench_method_name.argtypes = [ctypes.c_size_t]
    loaded.rpebench_kernel_read.restype = ctypes.c_void_p
    loaded.rpebench_kernel_destroy.argtypes = [ctypes.c_void_p]
    pointer, problem = ctypes.c_void_p, ctypes.POINTER(Problem)
    loaded.rpebench_encode.argtypes = [pointer, problem, pointer, pointer, pointer, pointer]
    loaded.rpebench_attend.argtypes = [ctypes.c_char_p, pointer, problem, pointer, pointer, pointer, pointer]
    return loaded


rpebench = library()
print("librpebench", rpebench.rpebench_version().decode())


def check(status):
    if status != 0:
        raise RuntimeError(rpebench.rpebench_error_text().decode())


def expect(what, error, limit):
    print(f"{what}: {error:.3g}, expected below {limit:g}")
    if not error < limit:
        sys.exit(1)


M, H, D, K, R, V = 48, 2, 4, 3, 4096, 8
random = np.random.default_rng(1)
frequency = random.uniform(0.02, 0.5, (H, D, K))
phase = random.uniform(0, 2 * np.pi, (H, D, K))
gain = random.uniform(0.2, 1, (H, D, K))
q, k = random.standard_normal((2, M, H, D))
v = random.standard_normal((M, H, V))

lag = np.arange(M)[:, None] - np.arange(M)
p = np.einsum("hdk,hdkmn->hdmn", gain**2, np.cos(2 * np.pi * frequency[..., None, None] * lag + phase[..., None, None]))
scores = np.einsum("mhd,nhd,hdmn->hmn", q, k, p) / np.sqrt(D)
weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
exact = np.einsum("hmn,nhv->mhv", weights / weights.sum(axis=-1, keepdims=True), v)

with tempfile.TemporaryDirectory(prefix="rpebench-") as directory:
    path = os.path.join(directory, "kernel.json")
    common.kernel_write(path, frequency.tolist(), phase.tolist(), gain.tolist())
    kernel = rpebench.rpebench_kernel_read(path.encode())
if not kernel:
    check(1)

problem = Problem(
    struct_size=ctypes.sizeof(Problem), heads=H, features=D, value_features=V, queries=(M,), keys=(M,), realizations=R, seed=1
)
output = np.empty((M, H, V))
check(rpebench.rpebench_attend(b"explicit", kernel, problem, q.ctypes.data, k.ctypes.data, v.ctypes.data, output.ctypes.data))
expect("exact attention, largest difference from NumPy", np.abs(output - exact).max(), 1e-12)

query_codes, key_codes = np.empty((2, M, H, R))
check(rpebench.rpebench_encode(kernel, problem, q.ctypes.data, k.ctypes.data, query_codes.ctypes.data, key_codes.ctypes.data))
approximate = np.einsum("mhr,nhr->hmn", query_codes, key_codes) / np.sqrt(R)
error = np.linalg.norm(approximate - scores) / np.linalg.norm(scores)
expect(f"encoded scores with R = {R}, relative error", error, 0.2)

problem.realizations = 0
try:
    check(rpebench.rpebench_encode(kernel, problem, q.ctypes.data, k.ctypes.data, query_codes.ctypes.data, key_codes.ctypes.data))
    sys.exit("R = 0: expected an error, found none")
except RuntimeError as reason:
    print("R = 0 is refused:", reason)
rpebench.rpebench_kernel_destroy(kernel)
print("all as expected")
