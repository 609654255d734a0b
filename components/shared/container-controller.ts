import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Container, PreviewHostName } from '../../runtime/index.ts';
import type { WorkingFiles } from './working-files.ts';

/**
 * Where a container is. `idle` → `booting` → `running` ⇄ `stopped`; a failed boot is `failed`, from which Run tries again.
 */
export type RunState = 'idle' | 'booting' | 'running' | 'stopped' | 'failed';

/** What the other elements need of a `<bv-container>`. Each change of these fields is told by a `bv-state` event that does not bubble. */
export interface ContainerHost extends HTMLElement {
  readonly state: RunState;
  /** Undefined until it is booted. */
  readonly container: Container | undefined;
  /** Where more of the author's files are. */
  readonly src?: string | null;
  readonly files: WorkingFiles;
  /** How often Run was pressed. */
  readonly runCount: number;
  readonly preview: PreviewHostName;
  /** Boots it, once, without starting any command: only because the reader did something that needs it. */
  boot(): Promise<Container>;
  /** Calls `flush` before anything that needs the files as the reader sees them. Until the returned function is called. */
  onFlush(flush: () => void): () => void;
  /** Shows a failure and tells it as `bv-error`. */
  fail(error: unknown): void;
  /** Tells the reader something, with a button that undoes it. `undo` gives what is said then. */
  inform(text: string, undo?: () => Promise<string>): void;
  /** Boots if it must, and starts the commands. Rejects after the failure was shown. */
  run(): Promise<void>;
  /** Ends what runs. */
  stop(): void;
  /** Brings the author's files back. */
  reset(): Promise<void>;
}

interface Client extends ReactiveControllerHost, HTMLElement {
  /** The id of a container elsewhere in the page; empty for the one around the element. */
  readonly for: string;
}

const tag = 'bv-container';

function around(element: Element): Element | undefined {
  for (let at: Element | null = element; at !== null;) {
    const found: Element | null = at.closest(tag);
    if (found !== null) return found;
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return undefined;
}

function named(element: Element, id: string): Element | undefined {
  const root = element.getRootNode() as Document | ShadowRoot;
  const found = root.getElementById(id) ?? document.getElementById(id);
  return found?.localName === tag ? found : undefined;
}

/** Finds the container an element belongs to, also one that is upgraded or parsed later, and updates the element with it. */
export class ContainerController implements ReactiveController {
  readonly #client: Client;
  readonly #changed: (host: ContainerHost | undefined) => void;
  #host: ContainerHost | undefined;
  #searched: string | undefined;
  #missing = false;

  readonly #holds: boolean;

  /**
   * `changed` is called at each other container and each other state, and with undefined when the element leaves it. `holds`: the
   * container may be in the element, too.
   */
  constructor(client: Client, changed: (host: ContainerHost | undefined) => void, { holds = false } = {}) {
    this.#client = client;
    this.#changed = changed;
    this.#holds = holds;
    client.addController(this);
  }

  get host(): ContainerHost | undefined {
    return this.#host;
  }

  /** The page is parsed and there is no such container. */
  get missing(): boolean {
    return this.#missing;
  }

  hostConnected(): void {
    this.#find();
  }

  hostUpdate(): void {
    if (this.#client.isConnected && this.#client.for !== this.#searched) this.#find();
  }

  hostDisconnected(): void {
    this.#searched = undefined;
    // A move disconnects and connects again within one task: the container is not left by that.
    queueMicrotask(() => {
      if (!this.#client.isConnected) this.#use(undefined);
    });
  }

  /** Looks again: the container that the element holds may be another. */
  search(): void {
    if (this.#client.isConnected) this.#find();
  }

  #find(): void {
    const wanted = this.#client.for;
    this.#searched = wanted;
    const held = this.#holds ? this.#client.querySelector(tag) : null;
    const found = wanted === '' ? (held ?? around(this.#client)) : named(this.#client, wanted);
    this.#missing = false;
    if (found?.matches(':defined') === true) {
      this.#use(found as ContainerHost);
      return;
    }
    this.#use(undefined);
    const again = () => {
      if (this.#client.isConnected && this.#host === undefined && this.#client.for === wanted) this.#find();
    };
    if (found !== undefined) void customElements.whenDefined(tag).then(again);
    else if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', again, { once: true });
    else {
      this.#missing = true;
      this.#client.requestUpdate();
    }
  }

  #use(host: ContainerHost | undefined): void {
    if (host === this.#host) return;
    this.#host?.removeEventListener('bv-state', this.#tell);
    this.#host = host;
    host?.addEventListener('bv-state', this.#tell);
    this.#tell();
  }

  readonly #tell = (): void => {
    this.#client.requestUpdate();
    this.#changed(this.#host);
  };
}
