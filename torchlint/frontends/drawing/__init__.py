"""The picture of a story: one scene, drawn as SVG or with the characters of a terminal."""
