// Owns the precompiled header that every layer with MLIR reuses; holds nothing itself.
