"""Layer 2, data and core platforms: registers, their quality, who is who, and numbers computed from them."""
