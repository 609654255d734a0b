for (const name of ['document', 'window', 'localStorage', 'indexedDB', 'cookieStore', 'XMLHttpRequest', 'process'])
  console.log(`${name}: ${typeof globalThis[name]}`);
