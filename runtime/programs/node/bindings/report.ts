import type { NodeRealm, Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('report')`: the settings are kept; a report cannot be made, for it shows a machine that is not there. */
export function makeReport(realm: NodeRealm): Untyped {
  const kept = {
    compact: false,
    excludeNetwork: false,
    excludeEnv: false,
    directory: '',
    filename: '',
    signal: 'SIGUSR2',
    onError: false,
    onSignal: false,
    onException: false,
  };
  const accessor = <K extends keyof typeof kept>(key: K) => ({
    get: () => kept[key],
    set: (value: (typeof kept)[K]) => void (kept[key] = value),
  });
  const refuse = () => {
    throw unavailable('process.report', 'a diagnostic report shows a native process, and this one runs in a browser');
  };
  const [compact, network, env, directory, filename, signal] = [
    accessor('compact'),
    accessor('excludeNetwork'),
    accessor('excludeEnv'),
    accessor('directory'),
    accessor('filename'),
    accessor('signal'),
  ];
  const [onError, onSignal, onException] = [accessor('onError'), accessor('onSignal'), accessor('onException')];
  void realm;
  return {
    writeReport: refuse,
    getReport: refuse,
    getCompact: compact.get,
    setCompact: compact.set,
    getExcludeNetwork: network.get,
    setExcludeNetwork: network.set,
    getExcludeEnv: env.get,
    setExcludeEnv: env.set,
    getDirectory: directory.get,
    setDirectory: directory.set,
    getFilename: filename.get,
    setFilename: filename.set,
    getSignal: signal.get,
    setSignal: signal.set,
    shouldReportOnFatalError: onError.get,
    setReportOnFatalError: onError.set,
    shouldReportOnSignal: onSignal.get,
    setReportOnSignal: onSignal.set,
    shouldReportOnUncaughtException: onException.get,
    setReportOnUncaughtException: onException.set,
  };
}
