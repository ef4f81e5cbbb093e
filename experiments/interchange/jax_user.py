#!/usr/bin/env python3
"""A JAX user compares sine position codes, in float32 and scaled by (R D)^(-1/4), with rpebench.  Arrays become files by
np.save(path, np.asarray(array))."""
import common

try:
    import jax
    import jax.numpy as jnp
    import numpy as np
except ImportError as reason:
    common.skip("numpy or jax", reason)

M, H, D, K, R = 48, 2, 4, 3, 256
keys = jax.random.split(jax.random.PRNGKey(1), 6)
frequency = jax.random.uniform(keys[0], (H, D, K), minval=0.02, maxval=0.5)
phase = jax.random.uniform(keys[1], (H, D, K), maxval=6.28)
gain = jax.random.uniform(keys[2], (H, D, K), minval=0.2)
q, k = jax.random.normal(keys[3], (M, H, D)), jax.random.normal(keys[4], (M, H, D))
noise = jax.random.normal(keys[5], (H, D, 2 * K, R))


@jax.jit
def sine_codes(theta):
    angle = 2 * jnp.pi * frequency * jnp.arange(M)[:, None, None, None] + theta
    waves = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=-1) * gain[..., None]
    return (R * D) ** -0.25 * jnp.einsum("mhdj,hdjr->mhdr", waves.reshape(M, H, D, 2 * K), noise)


query_codes, key_codes = sine_codes(phase), sine_codes(jnp.zeros_like(phase))
mine_q = jnp.einsum("mhd,mhdr->mhr", q, query_codes)
mine_k = jnp.einsum("nhd,nhdr->nhr", k, key_codes)

directory = common.workspace()
arrays = dict(q=q, k=k, noise=noise, Q=query_codes, K=key_codes, my_queries=mine_q, my_keys=mine_k)
for name, array in arrays.items():
    np.save(name + ".npy", np.asarray(array))
common.kernel_write("kernel.json", *(np.asarray(p).tolist() for p in (frequency, phase, gain)))

arrays = ["--kernel", "kernel.json", "--queries", "q.npy", "--keys", "k.npy"]
common.run("encode", *arrays, "--noise", "noise.npy", "--output", "encoded")
# float32 phases cost some 1e-5 at 48 positions, which is all that torch.testing allows float32 by default.
common.run("compare", "encoded/queries.npy", "my_queries.npy", "--tolerance", "1e-4")
common.run("compare", "encoded/keys.npy", "my_keys.npy", "--tolerance", "1e-4")
common.run("check", "--kernel", "kernel.json", "--query-codes", "Q.npy", "--key-codes", "K.npy", "--scaled")
print("all as expected")
