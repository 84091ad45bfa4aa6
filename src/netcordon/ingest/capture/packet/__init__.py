"""One packet at a time: link to transport layer, tunnels, fragments, a verdict for each frame."""
