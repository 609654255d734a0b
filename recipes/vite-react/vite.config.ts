import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Nothing of it is for bavini. The site is served below a path.
export default defineConfig({ base: '/docs/', plugins: [react()] });
