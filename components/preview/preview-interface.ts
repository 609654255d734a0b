/** What shows a server of a container inside an element, whichever way it reaches it. */
import type { Container, PreviewHostName } from '../../runtime/index.ts';
import type { ConsoleValue } from '../shared/console-value.ts';

/** What is done to the first element of a selector, as a reader would. */
export type PreviewAction =
  { readonly kind: 'click'; readonly selector: string } | { readonly kind: 'fill'; readonly selector: string; readonly text: string };

/** What is asked of the document that is shown. */
export interface PreviewQuestion {
  readonly selector: string;
  /** Its value is asked for, too. */
  readonly attribute: string | null;
  /** Done first, in order. */
  readonly actions: readonly PreviewAction[];
}

/** The document's own words: it may say what it likes. */
export interface PreviewAnswer {
  /** Elements that match. */
  readonly count: number;
  /** Of the first one: whether it is shown, its text or its value, and the attribute's. */
  readonly visible: boolean;
  readonly text: string;
  readonly attribute: string | null;
  /** The selector of an action that no element matches: neither it nor those after it were done. */
  readonly missing: string | null;
}

export type { PreviewHostName };

export interface PreviewHostOptions {
  readonly container: Container;
  readonly port: number;
  /** What to show first, such as `/` or `/docs?page=2#top`. */
  readonly path: string;
  /** Name of the frame for assistive technology. */
  readonly title: string;
  /** Aborting it disposes of the host. */
  readonly signal: AbortSignal;
  /** `inline`: hosts of the real network that the preview may reach, as in a Content Security Policy. Default: none. */
  readonly allowHosts?: readonly string[];
  /** `service-worker`: the folder of the page's origin that `sw.js` serves. Default: the folder `sw.js` is in. */
  readonly scope?: string;
  /** `origin`: the URL of the folder `preview-host/` on the other origin. Required there. */
  readonly origin?: string;
}

/**
 * One preview. Its events:
 *
 * - `bv-preview-load` ({@link PreviewLoadEvent}): a document and all it waits for has loaded.
 * - `bv-preview-navigate` ({@link PreviewNavigateEvent}): the URL or the title changed.
 * - `bv-preview-console` ({@link PreviewConsoleEvent}): the document wrote to its console.
 * - `bv-preview-error` ({@link PreviewErrorEvent}): an uncaught error of the document, or the document could not be loaded.
 *
 * Nothing in it trusts the document: texts are to be shown as texts.
 */
export interface PreviewHost extends EventTarget {
  /** To be placed by the element; the host never moves it. */
  readonly frame: HTMLElement;
  /** As the document sees it: `http://localhost:3000/path`. */
  readonly url: string;
  readonly title: string;
  readonly can: PreviewHostTraits;
  /** Loads a path of the same port, or a URL of any port of the container. Resolves when its document has begun to load. */
  navigate(path: string): Promise<void>;
  /** Loads the current URL again. */
  reload(): Promise<void>;
  /**
   * Asks the document that is shown.
   *
   * @throws {BvError} `ERR_BV_PEER_GONE` if there is none, or it goes away; `ERR_BV_INVALID_ARGUMENT` for what is no selector.
   */
  query(question: PreviewQuestion, signal?: AbortSignal): Promise<PreviewAnswer>;
  back(): void;
  forward(): void;
  /** Ends all it started and removes the frame. */
  dispose(): void;
}

export interface PreviewHostTraits {
  /** The document's origin is opaque or another one: it cannot touch the page. */
  readonly isolated: boolean;
  /** `window.location`, workers, caches and the rest of the platform are the browser's own. */
  readonly wholePlatform: boolean;
  /** A URL that shows the preview in a tab of its own, while the page stays open. */
  readonly newTabUrl: string | undefined;
}

export class PreviewLoadEvent extends Event {
  static readonly type = 'bv-preview-load';
  readonly url: string;
  constructor(url: string) {
    super(PreviewLoadEvent.type);
    this.url = url;
  }
}

export class PreviewNavigateEvent extends Event {
  static readonly type = 'bv-preview-navigate';
  readonly url: string;
  readonly title: string;
  constructor(url: string, title: string) {
    super(PreviewNavigateEvent.type);
    this.url = url;
    this.title = title;
  }
}

export type ConsoleLevel = 'debug' | 'log' | 'info' | 'warn' | 'error';

export class PreviewConsoleEvent extends Event {
  static readonly type = 'bv-preview-console';
  readonly level: ConsoleLevel;
  /** Texts, numbers, booleans and null as they are; anything else described in words. */
  readonly args: readonly unknown[];
  /** The same with the parts of objects; undefined where none has any. */
  readonly values: readonly ConsoleValue[] | undefined;
  constructor(level: ConsoleLevel, args: readonly unknown[], values?: readonly ConsoleValue[]) {
    super(PreviewConsoleEvent.type);
    this.level = level;
    this.args = args;
    this.values = values;
  }
}

export class PreviewErrorEvent extends Event {
  static readonly type = 'bv-preview-error';
  /** `document`: the server's document could not be shown; then `error.code` says why. The others are the document's own. */
  readonly kind: 'document' | 'exception' | 'rejection';
  readonly error: Error;
  constructor(kind: PreviewErrorEvent['kind'], error: Error) {
    super(PreviewErrorEvent.type);
    this.kind = kind;
    this.error = error;
  }
}
