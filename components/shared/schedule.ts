/** When to do what nobody asked for yet. */

/** Resolves when `element` is within a screen of the viewport. Rejects with the signal's reason. */
export function nearViewport(element: Element, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        resolve();
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
