#!/usr/bin/env python3
"""A PyTorch user compares a module of sine position codes, in float32, with rpebench.  Tensors become files by
np.save(path, tensor.detach().cpu().numpy())."""
import math

import common

try:
    import numpy as np
    import torch
except ImportError as reason:
    common.skip("numpy or torch", reason)

M, H, D, K, R = 48, 2, 4, 3, 256


class SineCodes(torch.nn.Module):
    """Trainable raw parameters, as in the authors' code: f = sigmoid(x)/2, lambda^2 = softplus(g)^2/(2K)."""

    def __init__(self):
        super().__init__()
        self.frequency = torch.nn.Parameter(torch.randn(H, D, K))
        self.phase = torch.nn.Parameter(torch.randn(H, D, K))
        self.gain = torch.nn.Parameter(torch.randn(H, D, K))

    def kernel(self):
        f = torch.sigmoid(self.frequency) / 2
        return f, self.phase, torch.nn.functional.softplus(self.gain) / math.sqrt(2 * K)

    def forward(self, noise):
        f, theta, gain = self.kernel()
        position = torch.arange(M)[:, None, None, None]

        def side(offset):
            angle = 2 * math.pi * f * position + offset
            waves = torch.stack([angle.cos(), angle.sin()], dim=-1) * gain[..., None]
            return torch.einsum("mhdj,hdjr->mhdr", waves.reshape(M, H, D, 2 * K), noise)

        return side(theta), side(torch.zeros_like(theta))


torch.manual_seed(1)
module = SineCodes()
q, k, noise = torch.randn(M, H, D), torch.randn(M, H, D), torch.randn(H, D, 2 * K, R)
query_codes, key_codes = module(noise)
scale = (R * D) ** -0.25
mine_q = scale * torch.einsum("mhd,mhdr->mhr", q, query_codes)
mine_k = scale * torch.einsum("nhd,nhdr->nhr", k, key_codes)

directory = common.workspace()
tensors = dict(q=q, k=k, noise=noise, Q=query_codes, K=key_codes, my_queries=mine_q, my_keys=mine_k)
for name, tensor in tensors.items():
    np.save(name + ".npy", tensor.detach().cpu().numpy())
common.kernel_write("kernel.json", *(p.detach().double().tolist() for p in module.kernel()))

arrays = ["--kernel", "kernel.json", "--queries", "q.npy", "--keys", "k.npy"]
common.run("encode", *arrays, "--noise", "noise.npy", "--output", "encoded")
# float32 phases cost some 1e-5 at 48 positions, which is all that torch.testing allows float32 by default.
common.run("compare", "encoded/queries.npy", "my_queries.npy", "--tolerance", "1e-4")
common.run("compare", "encoded/keys.npy", "my_keys.npy", "--tolerance", "1e-4")
common.run("check", "--kernel", "kernel.json", "--query-codes", "Q.npy", "--key-codes", "K.npy")
print("all as expected")
