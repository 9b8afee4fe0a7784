"""Charts as SVG text: pure functions that the web and the printed reports share."""
