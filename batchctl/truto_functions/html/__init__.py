"""HTML → Markdown, as the npm packages turndown 7.2.0 and @truto/turndown-plugin-gfm 1.0.2 write it."""
