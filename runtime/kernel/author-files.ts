/**
 * The author's files of a container, from one visit to the next. What the reader did to a file stays, deleting and renaming
 * included; a file that the reader left alone becomes what the author makes of it.
 *
 * Loaded where files are kept. A record of what the author gave lies in the container's own tree, where only root reads it: so it is
 * stored with the files that it speaks of, and neither can be newer than the other.
 */
import { PosixError } from '../base/errors.ts';
import { Layer } from '../fs/layer.ts';
import type { MountEntry } from '../wires/host-wire.ts';
import { AnyFiles, LayerFiles, NamedPrints, printAt, printsOf, type GivenFiles, type Print, type Prints } from './author-prints.ts';
import type { Container } from './container.ts';
import { mountEntry, mountFirst, rebuild, type AuthorFiles } from './host-files.ts';
import type { Persistence } from './persistence.ts';

/** What the author gave last. */
interface Known {
  readonly path: string;
  readonly layer: string | null;
  /** Of that layer's files; null while it is the one that is mounted, and so can be asked itself. */
  readonly layerFiles: Prints | null;
  /** Of the entries over it. */
  readonly entries: Prints;
}

const recordFolder = '/var/lib/bavini';
const recordPath = `${recordFolder}/author.json`;
const encoder = new TextEncoder();

/** Once, before anything else is mounted. In a container that was restored only what the reader left alone changes. */
export function mountKept(container: Container, files: AuthorFiles): void {
  if (!container.restored) {
    mountFirst(container, files);
    keepRecord(container, recordOf(files));
    return;
  }
  const { path, layer } = files;
  container.author = files;
  container.firstMount = files;
  if (layer !== null) {
    // The layer of an earlier visit stays mounted; after a reset this one will be.
    container.kernel.addLayer(layer);
    container.mountedLayers.set(path, layer.id);
  }
  const known = knownOf(container, path);
  const next = follow(container, files, known);
  if (next !== known) keepRecord(container, next);
}

/** As {@link rebuild}; what is stored is forgotten. */
export async function forgetKept(container: Container, persistence: Persistence): Promise<void> {
  await persistence.startOver(() => {
    rebuild(container);
    if (container.author) keepRecord(container, recordOf(container.author));
  });
  await container.sync();
}

/** Answers what is known then; the same object if there was nothing new. */
function follow(container: Container, files: AuthorFiles, known: Known | undefined): Known {
  const { path, layer } = files;
  const entries = printsOf(files.entries);
  const sameLayer = known !== undefined && known.layer === (layer?.id ?? null);
  if (sameLayer && areSame(known.entries, entries)) return known;
  const now = layer === null ? undefined : new LayerFiles(new Layer(layer, container.environment.readBlob));
  const before = sameLayer && known.layerFiles === null ? now : layerBefore(container, known);
  const givenBefore = (name: string): Print | undefined => known?.entries.get(name) ?? before?.print(name);
  const givenNow = (name: string): Print | undefined => entries.get(name) ?? now?.print(name);
  const byPath = new Map(files.entries.map((entry) => [entry.path, entry]));
  const names = new Set([...(known?.entries.keys() ?? []), ...byPath.keys()]);
  if (!sameLayer) for (const one of [before, now]) for (const name of one?.names() ?? []) names.add(name);
  // A folder comes before what is in it, and goes after that.
  const sorted = [...names].sort();
  for (const name of sorted.filter((one) => givenNow(one) === undefined).reverse()) {
    if (printAt(container, `${path}/${name}`) === givenBefore(name)) quietly(() => removeAuthored(container, path, name));
  }
  const given = new Map(entries);
  for (const name of sorted) {
    const [was, is] = [givenBefore(name), givenNow(name)];
    if (is === undefined || was === is) continue;
    // New, and nothing of the reader's in its place; or as the author left it.
    if (printAt(container, `${path}/${name}`) !== was) continue;
    if (quietly(() => replaceAuthored(container, path, { was, entry: byPath.get(name) ?? now!.entry(name)! }))) continue;
    // The next visit tries again.
    if (was === undefined) given.delete(name);
    else given.set(name, was);
  }
  return { path, layer: layer?.id ?? null, layerFiles: sameLayer ? known.layerFiles : (now?.prints() ?? null), entries: given };
}

/** The files of the layer that the author gave before. */
function layerBefore(container: Container, known: Known | undefined): GivenFiles | undefined {
  if (known === undefined || known.layer === null) return undefined;
  if (known.layerFiles !== null) return new NamedPrints(known.layerFiles);
  const layer = container.authority.tree.layers.get(known.layer);
  // The reader removed the whole of it: then all of it was there, and none of it comes back.
  return layer === undefined ? new AnyFiles() : new LayerFiles(layer);
}

function replaceAuthored(
  { files }: Container,
  path: string,
  { was, entry }: { readonly was: Print | undefined; readonly entry: MountEntry },
): void {
  const at = `${path}/${entry.path}`;
  if (was === 'd' && entry.kind !== 'directory') files.rmdir(at);
  else if (was?.startsWith('l') === true) files.unlink(at);
  mountEntry(files, at, entry.kind === 'file' ? { mode: 0o644, ...entry } : entry);
}

/** With the folders that are empty then. */
function removeAuthored({ files }: Container, path: string, name: string): void {
  const at = `${path}/${name}`;
  if (files.nodeAt(at, { follow: false }).isDirectory) files.rmdir(at);
  else files.unlink(at);
  for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1))
    files.rmdir(`${path}/${name.slice(0, slash)}`);
}

/** Whether it could be done: what the reader put in the way stays there, and where there is no room nothing changes. */
function quietly(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    return false;
  }
}

function recordOf({ path, entries, layer }: AuthorFiles): Known {
  return { path, layer: layer?.id ?? null, layerFiles: null, entries: printsOf(entries) };
}

/** Undefined where none was kept, for these files or at all: then only what is missing is new. */
function knownOf({ rootFiles }: Container, path: string): Known | undefined {
  try {
    const kept = JSON.parse(new TextDecoder().decode(rootFiles.readFile(recordPath))) as Record<keyof Known, unknown>;
    if (kept.path !== path) return undefined;
    const prints = (rows: unknown) => new Map(rows as [string, Print][]);
    return {
      path,
      layer: kept.layer as string | null,
      layerFiles: kept.layerFiles === null ? null : prints(kept.layerFiles),
      entries: prints(kept.entries),
    };
  } catch (error) {
    if (error instanceof PosixError || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function keepRecord({ rootFiles }: Container, { layerFiles, entries, ...rest }: Known): void {
  rootFiles.mkdirp(recordFolder.slice(0, recordFolder.lastIndexOf('/')), 0o755);
  rootFiles.mkdirp(recordFolder, 0o700);
  const record = { ...rest, layerFiles: layerFiles && [...layerFiles], entries: [...entries] };
  rootFiles.writeFile(recordPath, encoder.encode(JSON.stringify(record)), 0o600);
}

function areSame(one: Prints, other: Prints): boolean {
  return one.size === other.size && [...one].every(([name, print]) => other.get(name) === print);
}
