/**
 * Rewrites a module of WebAssembly's threads proposal, so that its waiting is ours: `memory.atomic.notify`, `.wait32` and `.wait64` become
 * calls through a table of its own (`atomicsTable`), and its start function, which waits as well, an export (`startFunction`). What is
 * added stands behind what is there, so that no index of the module changes. Encoding: WebAssembly 3.0, chapter 5.
 */
import { BinaryReader } from 'wasmparser';
import { CodeReading, sectionsOf, type Range, type Section } from './code-reading.ts';
import type { IImportEntry, IMemoryType, IOperatorInformation } from 'wasmparser';

/** The export that holds, in this order, what notifies and what waits for 32 and for 64 bits. */
export const atomicsTable = 'bavini:atomics';
export const startFunction = 'bavini:start';
/** The export of a table with all functions, by their index. */
export const functionsTable = 'bavini:functions';
export const globalExport = (index: number): string => `bavini:global${index}`;
export const tableExport = (index: number): string => `bavini:table${index}`;

/** Sections by their number. */
const section = { custom: 0, type: 1, import: 2, table: 4, export: 7, start: 8, element: 9, code: 10 } as const;
const external = { function: 0, table: 1, memory: 2, global: 3 } as const;
/** Where `BinaryReader` stands: its `BinaryReaderState`, whose names are gone when it is compiled. */
const reads = { section: 3, import: 12, body: 28, instruction: 30 } as const;
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
const opEnd = 0x0b;
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

interface Body extends Range {
  /** Where its size is written. */
  readonly at: number;
}

/** Whether bytes of the range may be one of the instructions. */
function mayWait(bytes: Uint8Array, { start, end }: Range): boolean {
  for (let at = bytes.indexOf(opAtomic, start); at >= 0 && at < end; at = bytes.indexOf(opAtomic, at + 1))
    if (alignments[bytes[at + 1]!] === bytes[at + 2]) return true;
  return false;
}

function suspects(bytes: Uint8Array, code: Range): Body[] {
  const reading = new CodeReading(bytes, code.start);
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

const looksInto = new Set<number>([section.import, section.code]);

/** @throws what the module is not, if it is none of 32 bits. */
function waitingInstructions(bytes: Uint8Array<ArrayBuffer>, bodies: readonly Body[]): readonly Instruction[] {
  const reader = new BinaryReader();
  const { buffer, byteOffset, byteLength } = bytes;
  reader.setData(byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength), 0, byteLength);
  const instructions: Instruction[] = [];
  let next = 0;
  let start = 0;
  while (reader.read()) {
    const { state, result, position } = reader;
    if (state === reads.section) {
      if (!looksInto.has((result as { readonly id: number }).id)) reader.skipSection();
    } else if (state === reads.import) {
      const { kind, type } = result as IImportEntry;
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
  return instructions;
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
  const reading = new CodeReading(bytes, vector.start);
  return [unsigned(reading.unsigned() + added.length), bytes.subarray(reading.at, vector.end), ...added];
}

const exported = (name: string, kind: number, index: number) => [...text(name), kind, ...unsigned(index)];
/** The type of a table. */
const sized = (size: number) => [funcref, 0, ...unsigned(size)];
/** An active segment that fills a table. */
const everyFunction = (count: number, table: number) => [
  2,
  ...unsigned(table),
  opI32Const,
  0,
  opEnd,
  0,
  ...unsigned(count),
  ...Array.from({ length: count }, (_, index) => unsigned(index)).flat(),
];

/** How many there are, with those that are imported. */
export interface ThreadedModule {
  readonly types: readonly unknown[];
  readonly counts: { readonly functions: number; readonly tables: number; readonly globals: number };
}

/** @throws {RangeError} for what is not a whole module that shares a memory of 32 bits. */
export function asThreadModule(bytes: Uint8Array<ArrayBuffer>, program: ThreadedModule): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(bytes);
  const byId = new Map(sections.map((one) => [one.id, one]));
  const code = byId.get(section.code);
  const bodies = code === undefined ? [] : suspects(bytes, code);
  const instructions = waitingInstructions(bytes, bodies);
  const types = program.types.length;
  const { functions, tables, globals } = program.counts;

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
    const added: Bytes[] = [exported(atomicsTable, external.table, tables), exported(functionsTable, external.table, tables + 1)];
    for (let table = 0; table < tables; table++) added.push(exported(tableExport(table), external.table, table));
    for (let one = 0; one < globals; one++) added.push(exported(globalExport(one), external.global, one));
    if (start !== undefined) added.push([...text(startFunction), external.function, ...bytes.subarray(start.start, start.end)]);
    return longer(bytes, byId.get(section.export), added);
  };
  const changed = new Map<number, () => Bytes[]>([
    [section.type, () => longer(bytes, byId.get(section.type), atomicTypes)],
    [section.table, () => longer(bytes, byId.get(section.table), [sized(atomicTypes.length), sized(functions)])],
    [section.element, () => longer(bytes, byId.get(section.element), [everyFunction(functions, tables + 1)])],
    [section.export, changedExports],
    [section.code, changedCode],
  ]);
  const parts: Bytes[] = [bytes.subarray(0, 8)];
  const write = (id: number, content: readonly Bytes[]) => parts.push([id], ...withSize(content));
  // What every such module has but for these comes where it stands; these are made where they would.
  const missing = [section.table, section.export, section.element].filter((id) => !byId.has(id));
  for (const { id, start, end } of sections) {
    while (id !== section.custom && missing.length > 0 && missing[0]! < id) {
      const added = missing.shift()!;
      write(added, changed.get(added)!());
    }
    if (id !== section.start) write(id, changed.get(id)?.() ?? [bytes.subarray(start, end)]);
  }
  return joined(parts);
}
