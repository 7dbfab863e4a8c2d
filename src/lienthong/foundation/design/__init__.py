"""Design: one look for every screen. Tokens, components, the page frame, and both languages.

A string stands in both languages where it is used (``{% t "Đăng nhập" "Sign in" %}``), so none can be left out; see
docs/decisions/0003-two-languages-side-by-side.md.

Not here: any page of a module. Needs: nothing but the kernel.
"""
