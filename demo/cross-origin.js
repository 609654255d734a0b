const next = new URL(location.href);
next.port = String(Number(location.port || 80) + 1);
const from = new URL(new URLSearchParams(location.search).get('from') ?? '/dist/', next.origin).href;
const script = Object.assign(document.createElement('script'), {
  type: 'module',
  crossOrigin: 'anonymous',
  src: new URL('bavini.js', from).href,
});
const told = document.querySelector('output');
script.onload = () => (told.textContent = `Loaded from ${from}.`);
script.onerror = () => (told.textContent = `There is no bavini.js at ${from}.`);
document.head.append(script);
