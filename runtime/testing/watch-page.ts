/** Watches how long the page was without a turn of its event loop, in milliseconds; the answer ends the watch. */
export function watchPage(): () => number {
  let longest = 0;
  let last = performance.now();
  const { port1, port2 } = new MessageChannel();
  let running = true;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setTimeout(() => port2.postMessage(0), 4);
  };
  port1.onmessage = tick;
  port2.postMessage(0);
  return () => {
    running = false;
    tick();
    port1.close();
    port2.close();
    return longest;
  };
}
