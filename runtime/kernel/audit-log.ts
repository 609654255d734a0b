import { limitTable } from './limits.ts';

/** Something that was refused or ended, for whoever wants to know why. */
export interface AuditEvent {
  readonly timeMs: number;
  readonly kind: 'bad-message' | 'worker-failed' | 'network-denied' | 'limit' | 'killed' | 'request';
  readonly container: number | null;
  readonly text: string;
}

/** The last security-relevant events of the kernel, bounded; older ones are dropped. */
export class AuditLog {
  readonly #events: AuditEvent[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(kind: AuditEvent['kind'], container: number | null, text: string): void {
    if (this.#events.length >= limitTable.auditEvents.value) this.#events.shift();
    this.#events.push({ timeMs: this.#now(), kind, container, text: text.slice(0, 500) });
  }

  get events(): readonly AuditEvent[] {
    return this.#events;
  }
}
