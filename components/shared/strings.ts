/** All that the elements say to readers, in English; the other languages are in `components/locales`. A page may replace any text. */
import { spokenTexts, tellTexts } from './language.ts';

export const english = {
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
  notKept: 'Edits made here are not kept.',
  editorLabel: (file: string) => `Code editor, ${file}`,
  codeLabel: (file: string) => `Code, ${file}`,
  editorHelp: 'Tab indents. To leave the editor press Escape, then Tab; Control M makes Tab move the focus always.',
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

/** What a page has replaced, by its whole name. */
const replaced = new Map<string, unknown>();

/** A text is the page's own, or that of the language spoken now, or English. */
function tableOf<Table extends object>(table: string, prefix: string, inEnglish: Table): Table {
  return new Proxy(inEnglish, {
    get(target, name: string) {
      return replaced.get(`${prefix}${name}`) ?? spokenTexts()?.[table]?.[name] ?? Reflect.get(target, name);
    },
  });
}

/** What is in use, in the language of the element that is rendered now. Read it when text is rendered; do not keep it. */
export const strings: Strings = tableOf('shared', '', english);

/**
 * The texts of an element that is loaded late: they are in its own chunk. A page replaces one as `setStrings({ 'files.rename': … })`.
 * Like {@link strings}: read it when text is rendered.
 *
 * @param element Without `bv-`: what stands before the dot, and the name of its texts in `components/locales`.
 */
export function stringsOf<Table extends Record<string, unknown>>(element: string, table: Table): Table {
  return tableOf(element, `${element}.`, table);
}

/** Replaces texts in all elements of the page, in every language; those that are shown, too. */
export function setStrings(changed: Partial<Strings> & Readonly<Record<`${string}.${string}`, unknown>>): void {
  for (const [name, text] of Object.entries(changed)) replaced.set(name, text);
  tellTexts();
}
