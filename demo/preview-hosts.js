const asked = new URLSearchParams(location.search);
const host = asked.get('host') ?? 'service-worker';
const next = new URL(location.href);
next.port = String(Number(location.port || 80) + 1);
const origin = new URL(asked.get('origin') ?? '/dist/preview-host/', next.origin).href;

document.querySelector('bv-container').setAttribute('preview', host);
if (host === 'origin') document.querySelector('bv-preview').setAttribute('origin', origin);
document.querySelector(`nav a[href="?host=${host}"]`)?.setAttribute('aria-current', 'page');
