/** All that the elements say to readers. A page in another language replaces what it needs before or after they are shown. */

const english = {
  run: 'Run',
  restart: 'Restart',
  stop: 'Stop',
  reset: 'Reset',
  undo: 'Undo',
  dismiss: 'Dismiss',
  reload: 'Reload',
  address: 'Address',
  openInNewTab: 'Open in a new tab',
  back: 'Back',
  forward: 'Forward',
  environment: 'Live code',
  controls: 'Controls',
  statusIdle: 'Not started',
  statusBooting: 'Starting …',
  statusRunning: 'Running',
  statusRunningQuickjs: 'Running in the strict engine (QuickJS): this page’s policy forbids the browser’s own',
  statusStopped: 'Stopped',
  statusFailed: 'Could not start',
  resetDone: 'The original files are back.',
  resetUndone: 'Your edits are back.',
  storedElsewhere: 'This example is open in another tab. Edits made here are not kept.',
  editorLabel: (file: string) => `Code editor, ${file}`,
  codeLabel: (file: string) => `Code, ${file}`,
  editorHelp: 'Tab indents. To leave the editor press Escape, then Tab; Control M makes Tab move the focus always.',
  editorTabs: 'Open files',
  closeFile: (file: string) => `Close ${file}`,
  formatCode: 'Format',
  findInCode: 'Find',
  noSuchFile: (file: string) => `There is no file ${JSON.stringify(file)} in this example`,
  binaryFile: (file: string) => `${JSON.stringify(file)} is not text`,
  terminalLabel: (command: string) => (command === '' ? 'Terminal' : `Terminal, ${command}`),
  terminalHelp: 'Keys go to the program. To leave the terminal press Escape, then Tab.',
  terminalWaiting: 'Press Run to start it',
  terminalBooting: 'Starting …',
  terminalEnded: (code: number) => `[process ended with code ${code}; press Enter to start again]`,
  terminalStopped: '[stopped]',
  previewLabel: (port: number) => `Preview of port ${port}`,
  previewIdle: 'What the program serves appears here once it runs.',
  previewWaiting: (port: number) => `Waiting for a server on port ${port} …`,
  previewSilent: (port: number, openPorts: readonly number[]) =>
    openPorts.length === 0
      ? `Nothing listens on port ${port} yet.`
      : `Nothing listens on port ${port} yet; what listens is on ${openPorts.join(', ')}.`,
  previewStopped: (port: number) => `The server on port ${port} stopped.`,
  previewLoading: 'Loading …',
  loadFailed: (what: string) => `Could not load ${what}. Check the connection and reload the page.`,
  loadBlocked: (what: string, source: string) =>
    `Could not load ${what}: this page’s Content Security Policy blocks it; add ${source} to script-src`,
  noContainer: (tag: string, id: string) =>
    id === ''
      ? `<${tag}> must be inside a <bv-container>, or name one with for="…"`
      : `<${tag} for="${id}"> finds no <bv-container id="${id}">`,
};

export type Strings = typeof english;

/** What is in use. Read it when text is rendered; do not keep it. */
export const strings: Strings = { ...english };

const listeners = new Set<() => void>();

/** Tables of elements that are loaded late, by their element. */
const tables = new Map<string, Record<string, unknown>>();
/** What was replaced before the element was loaded. */
const waiting = new Map<string, Record<string, unknown>>();

/**
 * The texts of an element that is loaded late: they are in its own chunk. A page replaces one as `setStrings({ 'files.rename': … })`.
 * Like {@link strings}: read it when text is rendered.
 *
 * @param element Without `bv-`: what stands before the dot.
 */
export function stringsOf<Table extends Record<string, unknown>>(element: string, table: Table): Table {
  const inUse = { ...table, ...waiting.get(element) };
  tables.set(element, inUse);
  return inUse;
}

/** Replaces texts in all elements of the page, those that are shown too. */
export function setStrings(changed: Partial<Strings> & Readonly<Record<`${string}.${string}`, unknown>>): void {
  for (const [name, text] of Object.entries(changed)) {
    const dot = name.indexOf('.');
    if (dot < 0) {
      Object.assign(strings, { [name]: text });
      continue;
    }
    const [element, key] = [name.slice(0, dot), name.slice(dot + 1)];
    waiting.set(element, { ...waiting.get(element), [key]: text });
    Object.assign(tables.get(element) ?? {}, { [key]: text });
  }
  for (const listener of listeners) listener();
}

/** Calls `listener` after every change until the returned function is called. */
export function onStringsChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
