// The package's own files are served as they are: they find each other by their addresses.
const { cpSync } = require('node:fs');

cpSync('node_modules/bavini/dist', 'static/bavini', { recursive: true });
