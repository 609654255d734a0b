/** Entry of a native worker of the sandbox realm that runs one `node` process. Boots the library while it waits for it. */
import type { MailAnswer } from '../../wires/mail-wire.ts';
import { nodeLibraryRestLayer, quickJsFiles, quickJsLayer } from '../../wires/programs.ts';
import { WorkerConnection } from '../../process/connection.ts';
import { installPolyfills } from '../../process/engines/polyfills.ts';
import { HeldPort } from '../../process/held-port.ts';
import { layerFiles, type LayerFiles } from '../../process/layer-files.ts';
import { nativePlatform, readBlobSync } from '../../process/native-platform.ts';
import { sleepSync } from '../../process/nested/sleep-sync.ts';
import { ProcessSyscalls } from '../../process/process-syscalls.ts';
import { afterInput } from '../../process/standard-input.ts';
import { bootNode, type NodeProgram } from './boot.ts';
import type { NodeLibrary } from './library.ts';
import { mayNeedLateLibrary } from './late-library.ts';
import { libraryOfLayers, partsOfLayers, type LayerLibrary } from './layer-library.ts';
import type { SyncSpawner } from './bindings/spawn-sync.ts';
import type { Llhttp } from './natives/llhttp.ts';

/** What the parts import of this script (`runtime/tools/build/node-parts.ts`). */
declare const ownExports: object;

installPolyfills();
const closeWorker = close.bind(globalThis);
const platform = nativePlatform({ domainToUnicode: (domain) => library!.part('domains').domainToUnicode(domain) });
let program: NodeProgram | undefined;
let own: ProcessSyscalls | undefined;
let layers: LayerFiles | undefined;
let library: (LayerLibrary & NodeLibrary) | undefined;

addEventListener('message', ({ data }: MessageEvent<{ port: MessagePort } | MailAnswer>) => {
  if ('row' in data) return void (platform.mail!.row = data.row);
  const port = new HeldPort(data.port);
  new WorkerConnection(port, {
    readBlob: readBlobSync,
    onWelcome(connection) {
      const mounted = (layers = layerFiles(connection));
      // Begins anew when it is there.
      const layered = libraryOfLayers(
        mounted,
        platform,
        () => own?.learn('library'),
        () => connection.failedLayers.get(nodeLibraryRestLayer.id),
      );
      const whole = (library = Object.assign(layered, { part: partsOfLayers(layered, platform, ownExports) }));
      let llhttp: Llhttp | undefined;
      Object.defineProperty(platform.native, 'llhttp', {
        get: () => (llhttp ??= whole.part('http').makeLlhttp(whole.nativeModule('llhttp') as Uint8Array<ArrayBuffer>)),
      });
      let children: SyncSpawner | undefined;
      program = bootNode(platform, whole, (request) => {
        children ??= whole.part('children').syncChildren({
          connection,
          layers: mounted,
          library: whole,
          platform,
          native: () => platform.native,
          syscalls: () => own!,
        });
        return children(request);
      });
      prepareWhileIdle(program, whole);
    },
    usage: () => (own === undefined || program === undefined ? undefined : { activeMs: Math.round(program.activeMs) }),
    beforeChanges: () => own?.beforeSeen(),
    onForeignChanges: (changes) => own?.changedByOthers(changes),
    onStart(start, connection) {
      const syscalls = new ProcessSyscalls(start, connection, {
        randomFill: (bytes) => platform.randomFill(bytes),
        onEnd: closeWorker,
        sleep: sleepSync,
        port,
        hasLibrary: () => library!.isWhole,
      });
      own = syscalls;
      // As libuv does: a write to what nobody reads fails with EPIPE in the program.
      syscalls.notify({ kind: 'disposition', signal: 'SIGPIPE', action: 'ignore' });
      const hasEngine = () => layers?.read(`${quickJsLayer.path}/${quickJsFiles.engine}`) !== undefined;
      const needsLibrary = !library!.isWhole && mayNeedLateLibrary(syscalls, library!, (bytes) => platform.decodeUtf8(bytes));
      const late = {
        hasEngine,
        hasLibrary: () => library!.isWhole,
        hasMailbox() {
          platform.mail!.tell({ kind: 'rent' });
          return platform.mail!.row !== undefined;
        },
        hasFailed: () => connection.failedLayers.size > 0,
        meanwhile: () => program!.prepare(),
      };
      afterInput(platform, syscalls, () => program!.run(syscalls), late, needsLibrary);
      return syscalls;
    },
  });
});

const lookMs = 100;

/** Each piece in a turn of its own, so that a process that comes does not wait for more than one of them. */
function prepareWhileIdle(booted: NodeProgram, whole: LayerLibrary): void {
  if (own !== undefined) return;
  if (!whole.isWhole) return void platform.setTimer(() => prepareWhileIdle(booted, whole), lookMs);
  platform.postTask(() => {
    if (booted.prepare()) prepareWhileIdle(booted, whole);
    else if (own === undefined) whole.readRest();
  });
}
