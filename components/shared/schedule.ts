/** When to do what nobody asked for yet. */

let reader: Promise<void> | undefined;

/**
 * Resolves when the reader touches or scrolls the page, or uses its keyboard, where a finger is what they point with: such a device is
 * slow, its line costs, and pages are read on it before they are edited. Elsewhere at once.
 */
function readerActive(): Promise<void> {
  return (reader ??= new Promise((resolve) => {
    if (navigator.userActivation?.hasBeenActive || !matchMedia('(pointer: coarse)').matches) return resolve();
    const heard = new AbortController();
    const listener = () => {
      heard.abort();
      resolve();
    };
    for (const type of ['pointerdown', 'scroll', 'keydown', 'focusin'])
      addEventListener(type, listener, { capture: true, signal: heard.signal });
  }));
}

/** Resolves when `element` is within a screen of the viewport of a reader who is active. Rejects with the signal's reason. */
export function nearViewport(element: Element, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        resolve(readerActive());
      },
      { rootMargin: '100%' },
    );
    signal.addEventListener('abort', () => {
      observer.disconnect();
      reject(signal.reason as Error);
    });
    observer.observe(element);
  });
}

/** Resolves when the page has loaded and has nothing better to do. Rejects with the signal's reason. */
export async function pageIdle(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (document.readyState !== 'complete') {
    await new Promise<void>((resolve) => window.addEventListener('load', () => resolve(), { once: true, signal }));
  }
  await new Promise<void>((resolve) => {
    // Safari has no requestIdleCallback.
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 2000 });
    else setTimeout(resolve, 200);
  });
  signal.throwIfAborted();
}
