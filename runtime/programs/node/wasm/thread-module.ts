/**
 * Rewrites a module of WebAssembly's threads proposal, so that its waiting is ours: `memory.atomic.notify`, `.wait32` and `.wait64` become
 * calls through a table of its own (`atomicsTable`), and its start function, which waits as well, an export (`startFunction`). What is
 * added stands behind what is there, so that no index of the module changes. Encoding: WebAssembly 3.0, chapter 5.
 */
import { BinaryReader } from 'wasmparser';
import type { IImportEntry, IMemoryType, IOperatorInformation } from 'wasmparser';

/** The export that holds, in this order, what notifies and what waits for 32 and for 64 bits. */
export const atomicsTable = 'bavini:atomics';
export const startFunction = 'bavini:start';

/** Sections by their number. */
const section = { custom: 0, type: 1, import: 2, table: 4, export: 7, start: 8, code: 10 } as const;
const external = { function: 0, table: 1, memory: 2 } as const;
/** Where `BinaryReader` stands: its `BinaryReaderState`, whose names are gone when it is compiled. */
const reads = { section: 3, type: 11, import: 12, table: 14, body: 28, instruction: 30 } as const;
/** The number of `memory.atomic.notify`; those that wait follow it. */
const notify = 0xfe00;

/** The log2 of what each must be aligned to: with another one it is not valid. By the instruction's second byte. */
const alignments = [2, 2, 3];

const i32 = 0x7f;
const i64 = 0x7e;
/** The types of what the table holds: those of the instructions, and the instruction's own offset last. */
export const atomicTypes = [
  [0x60, 3, i32, i32, i32, 1, i32],
  [0x60, 4, i32, i32, i64, i32, 1, i32],
  [0x60, 4, i32, i64, i64, i32, 1, i32],
] as const;

const opAtomic = 0xfe;
const opCallIndirect = 0x11;
const opI32Const = 0x41;
const funcref = 0x70;

type Bytes = Uint8Array | readonly number[];

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value % 128;
    value = (value - low) / 128;
    bytes.push(value > 0 ? low | 128 : low);
  } while (value > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 127;
    value >>= 7;
    const done = (value === 0 && (low & 64) === 0) || (value === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

export function text(value: string): number[] {
  return [...unsigned(value.length), ...Array.from(value, (letter) => letter.charCodeAt(0))];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Section extends Range {
  readonly id: number;
}

interface Body extends Range {
  /** Where its size is written. */
  readonly at: number;
}

/** The bytes of a module, read from a place that moves on. */
class Reading {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('the module ends within a number');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
}

export function sectionsOf(bytes: Uint8Array): Section[] {
  const reading = new Reading(bytes, 8);
  const sections: Section[] = [];
  while (reading.at < bytes.length) {
    const id = bytes[reading.at++]!;
    const size = reading.unsigned();
    sections.push({ id, start: reading.at, end: reading.at + size });
    reading.at += size;
  }
  return sections;
}

/** Whether bytes of the range may be one of the instructions. */
function mayWait(bytes: Uint8Array, { start, end }: Range): boolean {
  for (let at = bytes.indexOf(opAtomic, start); at >= 0 && at < end; at = bytes.indexOf(opAtomic, at + 1))
    if (alignments[bytes[at + 1]!] === bytes[at + 2]) return true;
  return false;
}

function suspects(bytes: Uint8Array, code: Range): Body[] {
  const reading = new Reading(bytes, code.start);
  const found: Body[] = [];
  for (let left = reading.unsigned(); left > 0; left--) {
    const { at } = reading;
    const size = reading.unsigned();
    const body = { at, start: reading.at, end: reading.at + size };
    if (mayWait(bytes, body)) found.push(body);
    reading.at = body.end;
  }
  return found;
}

interface Instruction extends Range {
  readonly kind: number;
  readonly offset: number;
}

interface Findings {
  readonly types: number;
  readonly tables: number;
  readonly instructions: readonly Instruction[];
}

const looksInto = new Set<number>([section.type, section.import, section.table, section.code]);

/** @throws what the module is not, if it is none of 32 bits. */
function findings(bytes: Uint8Array<ArrayBuffer>, bodies: readonly Body[]): Findings {
  const reader = new BinaryReader();
  const { buffer, byteOffset, byteLength } = bytes;
  reader.setData(byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength), 0, byteLength);
  const instructions: Instruction[] = [];
  let types = 0;
  let tables = 0;
  let next = 0;
  let start = 0;
  while (reader.read()) {
    const { state, result, position } = reader;
    if (state === reads.section) {
      if (!looksInto.has((result as { readonly id: number }).id)) reader.skipSection();
    } else if (state === reads.type) types++;
    else if (state === reads.table) tables++;
    else if (state === reads.import) {
      const { kind, type } = result as IImportEntry;
      if (kind === external.table) tables++;
      if (kind === external.memory && !(type as IMemoryType).shared) throw new RangeError('its memory is not shared');
    } else if (state === reads.body) {
      while (next < bodies.length && bodies[next]!.end <= position) next++;
      if (next === bodies.length || bodies[next]!.start >= position) reader.skipFunctionBody();
    } else if (state === reads.instruction) {
      const { code, memoryAddress } = result as IOperatorInformation;
      if (code >= notify && code <= notify + 2)
        instructions.push({ start, end: position, kind: code - notify, offset: memoryAddress!.offset });
    }
    start = position;
  }
  if (reader.error) throw reader.error;
  return { types, tables, instructions };
}

/** Bytes of the module with what stands in their place. */
class Rewritten {
  readonly #bytes: Uint8Array;
  readonly #parts: Bytes[] = [];
  #from = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** `bytes` stand for those of the range; ranges come in their order. */
  put({ start, end }: Range, ...bytes: readonly Bytes[]): void {
    this.#parts.push(this.#bytes.subarray(this.#from, start), ...bytes);
    this.#from = end;
  }

  parts(end: number): Bytes[] {
    return [...this.#parts, this.#bytes.subarray(this.#from, end)];
  }
}

export function withSize(parts: readonly Bytes[]): Bytes[] {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return [unsigned(size), ...parts];
}

export function joined(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A vector, and what is added to its end. */
function longer(bytes: Uint8Array, vector: Section | undefined, added: readonly Bytes[]): Bytes[] {
  if (vector === undefined) return [unsigned(added.length), ...added];
  const reading = new Reading(bytes, vector.start);
  return [unsigned(reading.unsigned() + added.length), bytes.subarray(reading.at, vector.end), ...added];
}

/** @throws {RangeError} for what is not a whole module that shares a memory of 32 bits. */
export function asThreadModule(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(bytes);
  const byId = new Map(sections.map((one) => [one.id, one]));
  const code = byId.get(section.code);
  const bodies = code === undefined ? [] : suspects(bytes, code);
  const { types, tables, instructions } = findings(bytes, bodies);

  const changedCode = (): Bytes[] => {
    const all = new Rewritten(bytes);
    for (const body of bodies) {
      const own = instructions.filter(({ start }) => start >= body.start && start < body.end);
      if (own.length === 0) continue;
      const changed = new Rewritten(bytes.subarray(0, body.end));
      changed.put({ start: 0, end: body.start });
      for (const { start, end, kind, offset } of own)
        changed.put({ start, end }, [
          opI32Const,
          ...signed(offset | 0),
          opI32Const,
          kind,
          opCallIndirect,
          ...unsigned(types + kind),
          ...unsigned(tables),
        ]);
      all.put({ start: body.at, end: body.end }, ...withSize(changed.parts(body.end).slice(1)));
    }
    return all.parts(code!.end).map((part, index) => (index === 0 ? (part as Uint8Array).subarray(code!.start) : part));
  };
  const changedExports = (): Bytes[] => {
    const start = byId.get(section.start);
    const added: Bytes[] = [[...text(atomicsTable), external.table, ...unsigned(tables)]];
    if (start !== undefined) added.push([...text(startFunction), external.function, ...bytes.subarray(start.start, start.end)]);
    return longer(bytes, byId.get(section.export), added);
  };
  const changed = new Map<number, () => Bytes[]>([
    [section.type, () => longer(bytes, byId.get(section.type), atomicTypes)],
    [section.table, () => longer(bytes, byId.get(section.table), [[funcref, 0, atomicTypes.length]])],
    [section.export, changedExports],
    [section.code, changedCode],
  ]);
  const parts: Bytes[] = [bytes.subarray(0, 8)];
  const write = (id: number, content: readonly Bytes[]) => parts.push([id], ...withSize(content));
  // What every such module has but for these two comes where it stands; these are made where they would.
  const missing = [section.table, section.export].filter((id) => !byId.has(id));
  for (const { id, start, end } of sections) {
    while (id !== section.custom && missing.length > 0 && missing[0]! < id) {
      const added = missing.shift()!;
      write(added, changed.get(added)!());
    }
    if (id !== section.start) write(id, changed.get(id)?.() ?? [bytes.subarray(start, end)]);
  }
  return joined(parts);
}
