"""lienthong: one national digital space, in four layers.

`ls` prints the architecture: channels (4), commons (3), data (2), foundation (1), and what they stand on, the kernel.
A package may import what stands below it in the listing; `bootstrap` alone knows them all.
"""

__version__ = "0.1.0"
