/** Entry of a native worker of the sandbox realm that runs one `node` process. Boots the library while it waits for it. */
import { domainToUnicode } from './domain-to-unicode.ts';
import { WorkerConnection } from '../../process/connection.ts';
import { nativePlatform, readBlobSync } from '../../process/native-platform.ts';
import { ProcessSyscalls } from '../../process/process-syscalls.ts';
import { bootNode, type NodeProgram } from './boot.ts';
import { libraryOfLayer } from './layer-library.ts';

const closeWorker = close.bind(globalThis);
const platform = nativePlatform({ domainToUnicode });
let program: NodeProgram | undefined;

addEventListener(
  'message',
  ({ data }: MessageEvent<{ port: MessagePort }>) => {
    new WorkerConnection(data.port, {
      readBlob: readBlobSync,
      onWelcome(connection) {
        program = bootNode(platform, libraryOfLayer(connection.replica, platform));
      },
      onStart(start, connection) {
        const syscalls = new ProcessSyscalls(start, connection, { randomFill: (bytes) => platform.randomFill(bytes), onEnd: closeWorker });
        platform.postTask(() => program!.run(syscalls));
        return syscalls;
      },
    });
  },
  { once: true },
);
