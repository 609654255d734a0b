/** The `node` program as it is evaluated inside QuickJS: one classic script, given to the engine as text. */
import { installPolyfills } from '../../process/engines/polyfills.ts';
import { installIntl } from '../../process/engines/quickjs/intl-program.ts';
import { askIntl, connect, makePlatform } from '../../process/engines/quickjs/program-side.ts';
import type { SyncSpawnAnswer } from '../../process/nested/sync-spawner.ts';
import { bootNode } from './boot.ts';
import { domainToUnicode } from './domain-to-unicode.ts';
import type { LibraryMeta } from './library.ts';
import { openPart } from './parts/all.ts';

installPolyfills();
installIntl(askIntl);
connect((host, timeOrigin) => {
  const meta = JSON.parse(host.meta) as LibraryMeta;
  const library = { meta, part: openPart, source: (id: string) => host.source(id) };
  return bootNode(makePlatform(timeOrigin, domainToUnicode), library, (spawn) => host.spawnSync(spawn) as SyncSpawnAnswer);
});
