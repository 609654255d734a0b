/** Counts the turns of the page's event loop: none come while something blocks it. The answer ends the count. */
export function watchPage(): () => number {
  let turns = 0;
  const { port1, port2 } = new MessageChannel();
  let running = true;
  port1.onmessage = () => {
    turns += 1;
    if (running) setTimeout(() => port2.postMessage(0), 4);
  };
  port2.postMessage(0);
  return () => {
    running = false;
    port1.close();
    port2.close();
    return turns;
  };
}
