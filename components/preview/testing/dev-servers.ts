/** Projects whose servers talk to a preview on their own. Their packages are those of the same names in `tools/baked-projects.ts`. */
export interface DevServer {
  readonly files: Readonly<Record<string, string>>;
  readonly command: string;
  readonly port: number;
  /** What the document's console says when all works, in any order. */
  readonly says: readonly string[];
}

export interface EditedServer extends DevServer {
  /** `prints` is what the terminal shows then. */
  readonly edit: { readonly file: string; readonly from: string; readonly to: string; readonly prints: string };
}

const vite = { command: 'npx vite --port 5173', port: 5173, says: ['[vite] connected.', 'shown'] };

const viteReact = {
  ...vite,
  files: {
    'vite.config.js': `import react from '@vitejs/plugin-react';\nexport default { plugins: [react()] };\n`,
    'index.html': '<!doctype html><div id="root"></div><script type="module" src="/src/main.jsx"></script>\n',
    'src/main.jsx': `import { createRoot } from 'react-dom/client';
import App from './App.jsx';
createRoot(document.getElementById('root')).render(<App />);
`,
    'src/App.jsx': `import { useEffect, useState } from 'react';
export default function App() {
  const [count, setCount] = useState(0);
  useEffect(() => console.log('shown'), []);
  return <button onClick={() => setCount(count + 1)}>count {count}</button>;
}
`,
  },
  edit: { file: 'src/App.jsx', from: '>count ', to: '>changed ', prints: 'hmr update /src/App.jsx' },
};

export const devServers = {
  ws: {
    files: {
      'server.mjs': `import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
const page = \`<!doctype html><title>ws</title><script>
  const socket = new WebSocket('ws://' + location.host + '/echo?a=1', ['second', 'first']);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => { console.log('protocol', socket.protocol); socket.send('héllo'); socket.send(new Uint8Array([1, 2, 255])); socket.send('x'.repeat(100000)); };
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') console.log('bytes', ...new Uint8Array(data));
    else if (data.length < 100) console.log('text', data);
    else { console.log('long', data.length); socket.close(4001, 'done'); }
  };
  socket.onclose = ({ code, reason, wasClean }) => console.log('closed', code, reason, wasClean);
</script>\`;
const server = createServer((request, response) => response.setHeader('content-type', 'text/html').end(page));
const sockets = new WebSocketServer({ server, path: '/echo', perMessageDeflate: true, handleProtocols: () => 'first' });
sockets.on('connection', (socket, { url }) => {
  socket.send(url);
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.listen(3000);
`,
    },
    command: 'node server.mjs',
    port: 3000,
    says: ['protocol first', 'text /echo?a=1', 'text héllo', 'bytes 1 2 255', 'long 100000', 'closed 4001 done true'],
  },
  'socket.io': {
    files: {
      'server.mjs': `import { createServer } from 'node:http';
import { Server } from 'socket.io';
const page = \`<!doctype html><title>socket.io</title><script src="/socket.io/socket.io.js"></script><script>
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const name = transports.join('+');
    const socket = io({ transports, forceNew: true });
    socket.io.engine.on('upgrade', (transport) => console.log(name, 'upgraded to', transport.name));
    socket.on('connect', () => socket.emit('question', 41, new Uint8Array([7]), (answer, bytes) => {
      console.log(name, 'answer', answer, ...new Uint8Array(bytes));
      socket.emit('tell');
    }));
    socket.on('news', (text) => console.log(name, 'news', text));
    socket.on('connect_error', (error) => console.log(name, 'error', error.message));
  }
</script>\`;
const server = createServer((request, response) => response.setHeader('content-type', 'text/html').end(page));
new Server(server).on('connection', (socket) => {
  socket.on('question', (number, bytes, answer) => answer(number + 1, bytes));
  socket.on('tell', () => socket.emit('news', 'from the server'));
});
server.listen(3000);
`,
    },
    command: 'node server.mjs',
    port: 3000,
    says: [
      ...['polling', 'websocket', 'polling+websocket'].flatMap((name) => [`${name} answer 42 7`, `${name} news from the server`]),
      'polling+websocket upgraded to websocket',
    ],
  },
  astro: {
    files: {
      'src/pages/index.astro': `---
const word = 'served';
---
<html><body><h1>Astro</h1><script define:vars={{ word }}>console.log(word, document.querySelector('h1').textContent);</script></body></html>
`,
      'astro.config.mjs': 'export default { devToolbar: { enabled: false } };\n',
    },
    command: 'ASTRO_TELEMETRY_DISABLED=1 npx astro dev --port 4321',
    port: 4321,
    says: ['served Astro'],
  },
  next: {
    files: {
      'app/layout.js': 'export default function Layout({ children }) {\n  return <html><body>{children}</body></html>;\n}\n',
      'app/page.js': `import Counter from './counter';\nexport default async function Page() {\n  await null;\n  return <Counter />;\n}\n`,
      'app/counter.js': `'use client';
import { useEffect, useState } from 'react';
export default function Counter() {
  const [count, setCount] = useState(0);
  useEffect(() => console.log('shown'), []);
  return <button onClick={() => setCount(count + 1)}>{'count ' + count}</button>;
}
`,
    },
    command: 'NEXT_TELEMETRY_DISABLED=1 npx next dev',
    port: 3000,
    says: ['shown'],
    edit: { file: 'app/counter.js', from: "'count '", to: "'changed '", prints: 'Compiled in' },
  },
  'vite-react': viteReact,
  'vite-8-react': viteReact,
  'vite-vue': {
    ...vite,
    files: {
      'vite.config.js': `import vue from '@vitejs/plugin-vue';\nexport default { plugins: [vue()] };\n`,
      'index.html': '<!doctype html><div id="app"></div><script type="module" src="/src/main.js"></script>\n',
      'src/main.js': `import { createApp } from 'vue';\nimport App from './App.vue';\ncreateApp(App).mount('#app');\n`,
      'src/App.vue': `<script setup>
import { onMounted, ref } from 'vue';
const count = ref(0);
onMounted(() => console.log('shown'));
</script>
<template><button @click="count++">count {{ count }}</button></template>
`,
    },
    edit: { file: 'src/App.vue', from: '>count ', to: '>changed ', prints: 'hmr update /src/App.vue' },
  },
} as const satisfies Readonly<Record<string, DevServer | EditedServer>>;
