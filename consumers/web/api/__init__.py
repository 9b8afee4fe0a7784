"""The JSON API: the same answers that pages show, with their shapes for OpenAPI."""
