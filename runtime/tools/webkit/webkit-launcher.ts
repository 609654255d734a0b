/** Lets Web Test Runner use WebKitGTK: one browser for each test file, one after the other (the driver allows one session). */
import { WebKitDriver } from './webkit-driver.ts';

/** What Web Test Runner asks of a launcher. */
export interface Launcher {
  readonly name: string;
  readonly type: string;
  readonly concurrency: number;
  initialize(): Promise<void>;
  startSession(sessionId: string, url: string): Promise<void>;
  isActive(sessionId: string): boolean;
  getBrowserUrl(sessionId: string): string | undefined;
  stopSession(sessionId: string): Promise<object>;
  stop(): Promise<void>;
}

export function webkitLauncher(): Launcher {
  let driver: WebKitDriver | undefined;
  const open = new Map<string, { readonly url: string; readonly close: () => Promise<void> }>();
  const closeSession = async (sessionId: string) => {
    const session = open.get(sessionId);
    open.delete(sessionId);
    await session?.close();
  };
  return {
    name: 'WebKitGTK',
    type: 'webkitgtk',
    concurrency: 1,
    async initialize() {
      driver = await WebKitDriver.start();
    },
    async startSession(sessionId, url) {
      if (driver === undefined) throw new Error('Cannot open a page: the driver was not started');
      open.set(sessionId, { url, close: await driver.open(url) });
    },
    isActive: (sessionId) => open.has(sessionId),
    getBrowserUrl: (sessionId) => open.get(sessionId)?.url,
    async stopSession(sessionId) {
      await closeSession(sessionId);
      return {};
    },
    async stop() {
      for (const sessionId of open.keys()) await closeSession(sessionId);
      driver?.stop();
    },
  };
}
