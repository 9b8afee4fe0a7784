"""Pages and API for readers, who may see what, and what monitors ask."""
