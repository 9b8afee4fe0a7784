"""A question about adoption, what is read of the store for it, and the shape of its answer."""
