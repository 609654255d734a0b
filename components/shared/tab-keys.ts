/**
 * Moves the focus among tabs with the arrows, Home and End, as a list of tabs does; the arrows follow the direction of the text.
 * Gives the index of the tab that has the focus then, undefined if the key is another.
 */
export function tabFor(event: KeyboardEvent, tabs: readonly HTMLElement[], index: number, vertical = false): number | undefined {
  const list = tabs[index];
  if (list === undefined || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const leftToRight = getComputedStyle(list).direction !== 'rtl';
  const [before, after] = vertical ? ['ArrowUp', 'ArrowDown'] : leftToRight ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
  let next: number;
  if (event.key === after) next = (index + 1) % tabs.length;
  else if (event.key === before) next = (index - 1 + tabs.length) % tabs.length;
  else if (event.key === 'Home') next = 0;
  else if (event.key === 'End') next = tabs.length - 1;
  else return undefined;
  tabs[next]?.focus();
  return next;
}
