/** Opens the link that the page's URL holds: its files become edits of the reader, which a notice offers to take back. */
import { saidBy } from '../shared/language.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { isLink, readFragment, type LinkedFiles } from './permalink.ts';
import { shareStrings } from './share-strings.ts';

function containers(): ContainerHost[] {
  return [...document.querySelectorAll<ContainerHost>('bv-container')];
}

function containerOf(name: string): ContainerHost | undefined {
  const all = containers();
  return all.find(({ id }) => id !== '' && id === name) ?? all[/^\d{1,4}$/.test(name) ? Number(name) : 0];
}

/** What a container is called in links: its id, or its place in the page. */
export function nameOf(host: ContainerHost): string {
  return host.id || String(Math.max(containers().indexOf(host), 0));
}

async function use({ container, files }: LinkedFiles): Promise<void> {
  const host = containerOf(container);
  if (host === undefined) return;
  const before = new Map([...files.keys()].map((path) => [path, host.files.read(path) ?? null]));
  const write = async (texts: ReadonlyMap<string, string | null>) => {
    for (const [path, text] of texts) if (!host.files.isBinary(path)) await host.files.replace(path, text);
  };
  const undo = async () => {
    await write(before);
    return saidBy(host, () => shareStrings.linkUndone);
  };
  const writing = write(files);
  host.inform(
    saidBy(host, () => shareStrings.linkOpened(files.size)),
    undo,
  );
  await writing;
}

/**
 * Reads the link, at once; the returned function gives its files to their container, which must be defined by then.
 * Undefined where the URL holds none.
 */
export async function readLink(): Promise<() => Promise<void>> {
  const { hash } = location;
  if (!isLink(hash)) return () => Promise.resolve();
  try {
    const linked = await readFragment(hash);
    return () => use(linked);
  } catch (error) {
    return () => {
      containers()[0]?.fail(error);
      return Promise.resolve();
    };
  }
}
