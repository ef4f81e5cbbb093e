#!/usr/bin/env python3
"""A NumPy user compares an implementation of sine position codes and of exact attention with rpebench."""
import common

try:
    import numpy as np
except ImportError as reason:
    common.skip("numpy", reason)

M, H, D, K, R, V = 48, 2, 4, 3, 256, 8
random = np.random.default_rng(1)
frequency = random.uniform(0.02, 0.5, (H, D, K))
phase = random.uniform(0, 2 * np.pi, (H, D, K))
gain = random.uniform(0.2, 1, (H, D, K))
q, k = random.standard_normal((2, M, H, D))
v = random.standard_normal((M, H, V))
noise = random.standard_normal((H, D, 2 * K, R))  # rows cos_0, sin_0, cos_1, ...


def sine_codes(theta):
    """sum_k lambda_k (cos(2 pi f_k m + theta_k) z_2k + sin(2 pi f_k m + theta_k) z_2k+1), [M,H,D,R]"""
    angle = 2 * np.pi * frequency * np.arange(M)[:, None, None, None] + theta
    waves = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * gain[..., None]
    return np.einsum("mhdj,hdjr->mhdr", waves.reshape(M, H, D, 2 * K), noise)


def attention():
    """softmax(S) v, S(m,n) = sum_d q_md k_nd P_d(m-n) / sqrt(D), exactly and in quadratic time"""
    lag = np.arange(M)[:, None] - np.arange(M)
    p = np.einsum("hdk,hdkmn->hdmn", gain**2, np.cos(2 * np.pi * frequency[..., None, None] * lag + phase[..., None, None]))
    scores = np.einsum("mhd,nhd,hdmn->hmn", q, k, p) / np.sqrt(D)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.einsum("hmn,nhv->mhv", weights / weights.sum(axis=-1, keepdims=True), v)


query_codes, key_codes = sine_codes(phase), sine_codes(np.zeros_like(phase))
scale = (R * D) ** -0.25
mine = {
    "my_queries": scale * np.einsum("mhd,mhdr->mhr", q, query_codes),
    "my_keys": scale * np.einsum("nhd,nhdr->nhr", k, key_codes),
    "my_output": attention(),
}

directory = common.workspace()
for name, array in dict(q=q, k=k, v=v, noise=noise, Q=query_codes, K=key_codes, **mine).items():
    np.save(name + ".npy", array)
common.kernel_write("kernel.json", frequency.tolist(), phase.tolist(), gain.tolist())

arrays = ["--kernel", "kernel.json", "--queries", "q.npy", "--keys", "k.npy"]
# Deterministic: the same noise must give the same numbers.
common.run("encode", *arrays, "--noise", "noise.npy", "--output", "encoded")
common.run("compare", "encoded/queries.npy", "my_queries.npy")
common.run("compare", "encoded/keys.npy", "my_keys.npy")
common.run("attend", "--method", "explicit", *arrays, "--values", "v.npy", "--output", "output.npy")
common.run("compare", "output.npy", "my_output.npy")
# Statistical: are these codes, from whatever noise, draws for this kernel?  And are they with a sign wrong?
common.run("check", "--kernel", "kernel.json", "--query-codes", "Q.npy", "--key-codes", "K.npy")
np.save("Q.npy", sine_codes(-phase))
common.run("check", "--kernel", "kernel.json", "--query-codes", "Q.npy", "--key-codes", "K.npy", expected=1)
print("all as expected")
