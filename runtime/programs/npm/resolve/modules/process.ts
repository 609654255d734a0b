/** `process` for npm's code. Versions and platform come from the configuration, through arborist's options. */
import { currentSession } from '../session.ts';

const process = {
  platform: 'linux',
  arch: 'x64',
  pid: 1,
  /** No variable reaches npm's code but through the configuration. */
  env: {} as Readonly<Record<string, string>>,
  stderr: { isTTY: false },
  get version(): string {
    return currentSession()?.request.config.nodeVersion ?? '';
  },
  cwd() {
    const request = currentSession()?.request;
    return request?.cwd ?? request?.root ?? '/';
  },
  /** What Node would find out of the binary; our programs are neither. */
  report: { excludeNetwork: false, getReport: () => ({ header: { glibcVersionRuntime: '2.36' } }) },
};

export default process;
