import type { Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('mksnapshot')`: no user-land snapshots are built here. */
export function makeMksnapshot(): Untyped {
  const refuse = () => {
    throw unavailable('A startup snapshot');
  };
  return {
    runEmbedderPreload: refuse,
    compileSerializeMain: refuse,
    setSerializeCallback: () => {},
    setDeserializeCallback: () => {},
    setDeserializeMainFunction: refuse,
    anonymousMainPath: '__node_anonymous_main',
    isBuildingSnapshotBuffer: new Uint8Array(1),
  };
}
