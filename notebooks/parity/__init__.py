"""Our networks beside the official code: with the same weights and inputs they give the same numbers."""
