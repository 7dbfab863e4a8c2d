"""Storage: files by the hash of their content, in a folder or in S3-compatible storage.

A content is kept once however many files have it; what is read is compared with its hash on the way.

Not here: what a file means to a module, which keeps the file's id. Who stored and removed a file is recorded by the module
that let them.
Needs: nothing but the kernel.
"""
