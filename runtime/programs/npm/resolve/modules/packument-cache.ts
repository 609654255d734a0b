/** Arborist's cache of packuments: the session's `Prefetch` already remembers them. */
export default class PackumentCache {
  readonly size = 0;
}
