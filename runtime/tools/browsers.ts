/** Where the browsers for the tests are on this machine. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type BrowserName = 'chromium' | 'firefox';

/** Sandboxing needs a user other than root; the rest keeps the browser quiet and offline. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const places: Readonly<
  Record<BrowserName, { readonly variable: string; readonly commands: readonly string[]; readonly paths: readonly string[] }>
> = {
  chromium: {
    variable: 'CHROME_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'],
    paths: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    ],
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    commands: ['firefox-esr', 'firefox'],
    paths: ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
  },
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not ours to run: the next place is tried.
  }
}

/** The browser's binary, or undefined. The environment variable wins: `CHROME_PATH`, `FIREFOX_PATH`. */
export function findBrowser(name: BrowserName): string | undefined {
  const { variable, commands, paths } = places[name];
  const named = process.env[variable];
  if (named !== undefined) {
    if (!isExecutable(named)) throw new Error(`Cannot run "${named}", which ${variable} names`);
    return named;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...paths].find(isExecutable);
}
