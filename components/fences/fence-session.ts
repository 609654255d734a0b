import type { Container } from '../../runtime/index.ts';
import type { BvContainer } from '../container/container-element.ts';
import { BvElementError } from '../shared/element-error.ts';
import type { BvErrorEvent } from '../shared/events.ts';

/** A fence as the others of its session see it. */
export interface SessionMember extends Node {
  /** Its file. */
  readonly path: string;
  /** As the reader sees it. */
  readonly text: string;
  /** Shown by the `Run` of a style. */
  readonly isPage: boolean;
  /** Gives the container what was typed. */
  flush(): void;
}

/** Settings of the script tag that a container of the page's fences gets, as `data-registry="…"`. */
export type SessionSettings = Readonly<Partial<Record<(typeof settingNames)[number], string>>>;
const settingNames = ['src', 'registry', 'network', 'engine', 'preview'] as const;

export function settingsOf(script: HTMLElement): SessionSettings {
  return Object.fromEntries(settingNames.flatMap((name) => (script.dataset[name] === undefined ? [] : [[name, script.dataset[name]]])));
}

let count = 0;

/**
 * Fences that share files and a container, which is made at the first need and goes with the last fence. It is in the page because a
 * container lives as long as its element does, and is not seen: each fence shows what it runs itself.
 */
export class FenceSession {
  readonly id = `bv-fences-${(count += 1)}`;
  readonly #settings: SessionSettings;
  readonly #members = new Set<SessionMember>();
  #host: BvContainer | undefined;
  #lastError = '';
  readonly #names = new Map<string, number>();
  #ports = 8000;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
  }

  join(member: SessionMember): void {
    this.#members.add(member);
  }

  leave(member: SessionMember): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#host?.remove();
    this.#host = undefined;
  }

  /** For a fence that the author gave no file: `example.js`, `example-2.js`. */
  nextName(ending: string): string {
    const number = (this.#names.get(ending) ?? 0) + 1;
    this.#names.set(ending, number);
    return `example${number === 1 ? '' : `-${number}`}.${ending}`;
  }

  nextPort(): number {
    this.#ports += 1;
    return this.#ports;
  }

  /** The page that a style is shown with. */
  get page(): SessionMember | undefined {
    return [...this.#members].find(({ isPage }) => isPage);
  }

  /** The container's element. Nothing of the runtime is loaded by it. */
  get host(): BvContainer {
    if (this.#host === undefined) {
      const host = document.createElement('bv-container');
      host.id = this.id;
      host.hidden = true;
      for (const [name, value] of Object.entries(this.#settings)) host.setAttribute(name, value);
      host.addEventListener('bv-error', (event: BvErrorEvent) => (this.#lastError = event.message));
      document.body.append(host);
      this.#host = host;
    }
    return this.#host;
  }

  /** Makes `path` what the fence shows, before a boot and after. */
  async write(path: string, text: string): Promise<void> {
    const { files } = this.host;
    if (files.read(path) !== text) await files.replace(path, text);
  }

  /** The files as `member` means them: of fences that show one file again and again, the last one before it counts. */
  #filesFor(member: SessionMember): ReadonlyMap<string, SessionMember> {
    const files = new Map<string, SessionMember>();
    const before = (one: SessionMember) => (one.compareDocumentPosition(member) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    const inOrder = [...this.#members].sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    for (const one of inOrder) if (before(one) || !files.has(one.path)) files.set(one.path, one);
    return files.set(member.path, member);
  }

  /**
   * The container, with the files of all fences as the reader sees them, to run `member`.
   *
   * @throws {BvElementError} with what the container told.
   */
  async start(member: SessionMember): Promise<Container> {
    const { host } = this;
    for (const one of this.#members) one.flush();
    for (const [path, { text }] of this.#filesFor(member)) await this.write(path, text);
    if (host.state !== 'running') await host.run();
    if (host.container === undefined) throw new BvElementError('ERR_BV_TORN_DOWN', this.#lastError || 'The container ended');
    return host.container;
  }
}
