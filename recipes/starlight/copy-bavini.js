// The package's own files are served as they are: they find each other by their addresses.
import { cpSync } from 'node:fs';

cpSync('node_modules/bavini/dist', 'public/bavini', { recursive: true });
