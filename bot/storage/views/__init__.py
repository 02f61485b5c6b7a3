"""What pages show is read here, over connections that cannot write, and only what the reader may see."""
