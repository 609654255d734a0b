/**
 * A function of WebAssembly as the source of a generator of JavaScript, which can stand still where it waits and go on within whatever
 * runs then: engines let no stack of WebAssembly do so. `t` is its thread (`resumable-thread.ts`). Values on the operand stack are `s0`,
 * `s1` …, locals `l0` …; blocks are labels.
 */
import { CodeReading } from './code-reading.ts';
import { atomicAccess, computation, loadOf, storeOf, zeroExtended } from './instruction-expressions.ts';
import { skipOperands } from './operands.ts';

const i64 = 0x7e;
const emptyBlock = 0x40;
export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/**
 * Whether a thread may wait or give way in a function: `'code'` if JavaScript can run it, `'stack'` if it has instructions that are not
 * known here, so that only a native stack can pause in it.
 */
export type PauseKind = 'none' | 'code' | 'stack';

/** What the source of a function depends on. */
export interface TranslatedProgram {
  readonly bytes: Uint8Array;
  readonly types: readonly FunctionType[];
  typeOf(index: number): FunctionType;
  bodyOf(index: number): { readonly start: number; readonly end: number };
  /** The method of a thread that stands for an imported function. */
  pausing(index: number): string | undefined;
  pauseOf(index: number): PauseKind;
}

/** The function's own block, whose results are returned. */
interface Block {
  readonly kind: 'function' | 'block' | 'loop' | 'if' | 'else';
  readonly label: string;
  /** How many values are below it. */
  readonly height: number;
  readonly takes: number;
  readonly gives: number;
}

class Translation {
  readonly #program: TranslatedProgram;
  readonly #reading: CodeReading;
  readonly #lines: string[] = [];
  readonly #blocks: Block[] = [];
  #height = 0;
  #highest = 0;
  #labels = 0;
  /** Blocks within code that is never reached; undefined where it is reached. */
  #dead: number | undefined;

  constructor(program: TranslatedProgram, reading: CodeReading) {
    this.#program = program;
    this.#reading = reading;
  }

  source(type: FunctionType, end: number): string {
    const parameters = type.parameters.map((_, index) => `l${index}`);
    let locals = parameters.length;
    const declared = ['r'];
    this.#reading.each(() => {
      const count = this.#reading.unsigned();
      const kind = this.#reading.byte();
      for (let left = count; left > 0; left--) declared.push(`l${locals++}=0${kind === i64 ? 'n' : ''}`);
    });
    this.#blocks.push({ kind: 'function', label: '', height: 0, takes: 0, gives: type.results.length });
    while (this.#reading.at < end) this.#instruction();
    for (let slot = 0; slot < this.#highest; slot++) declared.push(`s${slot}`);
    return `function*(${parameters.join()}){let ${declared.join()};${this.#lines.join('')}}`;
  }

  #say(line: string): void {
    this.#lines.push(line);
  }

  #push(expression: string): void {
    this.#say(`s${this.#height}=${expression};`);
    this.#highest = Math.max(this.#highest, ++this.#height);
  }

  #pop(): string {
    return `s${--this.#height}`;
  }

  #popped(count: number): string[] {
    this.#height -= count;
    return Array.from({ length: count }, (_, index) => `s${this.#height + index}`);
  }

  #blockType(): { takes: number; gives: number } {
    const kind = this.#reading.signed32();
    if (kind >= 0) {
      const { parameters, results } = this.#program.types[kind]!;
      return { takes: parameters.length, gives: results.length };
    }
    return { takes: 0, gives: (kind & 127) === emptyBlock ? 0 : 1 };
  }

  #open(kind: Block['kind']): void {
    const { takes, gives } = this.#blockType();
    const condition = kind === 'if' ? this.#pop() : '';
    const label = `b${this.#labels++}`;
    this.#blocks.push({ kind, label, height: this.#height - takes, takes, gives });
    this.#say(kind === 'loop' ? `${label}:for(;;){` : kind === 'if' ? `${label}:{if(${condition}){` : `${label}:{`);
  }

  #close(isElse: boolean): void {
    const block = this.#blocks.pop()!;
    if (this.#dead === undefined && block.kind === 'loop') this.#say(`break ${block.label};`);
    if (this.#dead === undefined && block.kind === 'function' && block.gives > 0) this.#say(`return ${this.#pop()};`);
    this.#dead = undefined;
    if (isElse) {
      this.#say('}else{');
      this.#blocks.push({ ...block, kind: 'else' });
      this.#height = block.height + block.takes;
      return;
    }
    if (block.kind !== 'function') this.#say(block.kind === 'if' || block.kind === 'else' ? '}}' : '}');
    this.#height = block.height + block.gives;
    this.#highest = Math.max(this.#highest, this.#height);
  }

  #branch(depth: number): string {
    const block = this.#blocks[this.#blocks.length - 1 - depth]!;
    if (block.kind === 'function') return block.gives === 0 ? 'return;' : `return s${this.#height - 1};`;
    const count = block.kind === 'loop' ? block.takes : block.gives;
    const first = this.#height - count;
    const moves = first === block.height ? [] : Array.from({ length: count }, (_, index) => `s${block.height + index}=s${first + index};`);
    return `${moves.join('')}${block.kind === 'loop' ? 'continue' : 'break'} ${block.label};`;
  }

  #stop(line: string): void {
    this.#say(line);
    this.#dead = 0;
  }

  /** Where the operand says, and how far behind it. */
  #address(offset: number, operand: string): string {
    return offset === 0 ? `${operand}>>>0` : `(${operand}>>>0)+${offset}`;
  }

  #offset(): number {
    this.#reading.unsigned(); // How it is aligned.
    return this.#reading.unsigned();
  }

  #called(type: FunctionType, expression: (values: string) => string): void {
    const values = this.#popped(type.parameters.length).join();
    if (type.results.length === 1) this.#push(expression(values));
    else this.#say(`${expression(values)};`);
  }

  #call(index: number): void {
    const program = this.#program;
    const type = program.typeOf(index);
    const pausing = program.pausing(index);
    const pause = program.pauseOf(index);
    if (pausing !== undefined) this.#called(type, (values) => `yield*t.${pausing}(${values})`);
    else if (pause === 'none') {
      this.#called(type, (values) => `(n[${index}]||t.native(${index}))(${values})`);
      this.#say('t.see();');
    } else if (pause === 'stack') this.#called(type, (values) => `yield*t.onStack(${index},[${values}])`);
    else
      this.#called(
        type,
        (values) =>
          `t.away&&!w[${index}]?yield* t.late(${index},[${values}]):(k[++t.depth]=${index},` +
          `r=yield*(c[${index}]||t.code(${index}))(${values}),t.depth--,r)`,
      );
  }

  #callIndirect(): void {
    const type = this.#program.types[this.#reading.unsigned()]!;
    const table = this.#reading.unsigned();
    const at = this.#pop();
    this.#called(type, (values) => `yield*t.indirect(${table},${at},[${values}])`);
  }

  #instruction(): void {
    const reading = this.#reading;
    const code = reading.byte();
    if (this.#dead !== undefined) return this.#skip(code, this.#dead);
    const plain = computation(code);
    if (plain !== undefined) return this.#compute(plain);
    if (code >= 0x28 && code <= 0x35) {
      const offset = this.#offset();
      return this.#push(loadOf(code)!.load(this.#address(offset, this.#pop())));
    }
    if (code >= 0x36 && code <= 0x3e) {
      const offset = this.#offset();
      const value = this.#pop();
      return this.#say(`${storeOf(code)!.store(this.#address(offset, this.#pop()), value)};`);
    }
    switch (code) {
      case 0x00:
        return this.#stop('t.trap();');
      case 0x01:
        return;
      case 0x02:
        return this.#open('block');
      case 0x03:
        return this.#open('loop');
      case 0x04:
        return this.#open('if');
      case 0x05:
        return this.#close(true);
      case 0x0b:
        return this.#close(false);
      case 0x0c:
        return this.#stop(this.#branch(reading.unsigned()));
      case 0x0d: {
        const condition = this.#pop();
        return this.#say(`if(${condition}){${this.#branch(reading.unsigned())}}`);
      }
      case 0x0e: {
        const value = this.#pop();
        const depths = reading.each(() => reading.unsigned());
        const cases = depths.map((depth, index) => `case ${index}:${this.#branch(depth)}`).join('');
        return this.#stop(`switch(${value}){${cases}default:${this.#branch(reading.unsigned())}}`);
      }
      case 0x0f:
        return this.#stop(this.#branch(this.#blocks.length - 1));
      case 0x10:
        return this.#call(reading.unsigned());
      case 0x11:
        return this.#callIndirect();
      case 0x1a:
        this.#pop();
        return;
      case 0x1b:
      case 0x1c: {
        if (code === 0x1c) reading.each(() => reading.byte());
        const [first, second, condition] = this.#popped(3);
        return this.#push(`${condition}?${first}:${second}`);
      }
      case 0x20:
        return this.#push(`l${reading.unsigned()}`);
      case 0x21:
        return this.#say(`l${reading.unsigned()}=${this.#pop()};`);
      case 0x22:
        return this.#say(`l${reading.unsigned()}=s${this.#height - 1};`);
      case 0x23:
        return this.#push(`g[${reading.unsigned()}].value`);
      case 0x24:
        return this.#say(`g[${reading.unsigned()}].value=${this.#pop()};`);
      case 0x3f:
        reading.byte();
        return this.#push('t.pages()');
      case 0x40:
        reading.byte();
        return this.#push(`t.grow(${this.#pop()})`);
      case 0x41:
        return this.#push(String(reading.signed32()));
      case 0x42:
        return this.#push(`${BigInt.asIntN(64, reading.signed())}n`);
      case 0x43:
      case 0x44: {
        const size = code === 0x43 ? 4 : 8;
        const view = new DataView(reading.bytes.buffer, reading.bytes.byteOffset + reading.at, size);
        reading.at += size;
        const value = size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
        return this.#push(Object.is(value, -0) ? '-0' : String(value));
      }
      case 0xfc:
        return this.#bulk(reading.unsigned());
      case 0xfe:
        return this.#atomic(reading.unsigned());
      default:
        throw new RangeError(`instruction ${code}`);
    }
  }

  #compute({ takes, of }: NonNullable<ReturnType<typeof computation>>): void {
    const [a = '', b = ''] = this.#popped(takes);
    this.#push(of(a, b));
  }

  #bulk(code: number): void {
    const plain = computation(0xfc00 + code);
    if (plain !== undefined) return this.#compute(plain);
    // Which memory: there is one.
    for (let left = code === 10 ? 2 : 1; left > 0; left--) this.#reading.byte();
    this.#say(`t.${code === 10 ? 'copy' : 'fill'}(${this.#popped(3).join()});`);
  }

  #atomic(code: number): void {
    if (code === 3) {
      this.#reading.byte();
      return;
    }
    const offset = this.#offset();
    if (code === 0) {
      const [at, count] = this.#popped(2);
      return this.#push(`t.notify(${this.#address(offset, at!)},${count})`);
    }
    if (code === 1 || code === 2) {
      const [at, expected, timeout] = this.#popped(3);
      return this.#push(`yield*t.wait(${this.#address(offset, at!)},${expected},${timeout})`);
    }
    const found = atomicAccess(code)!;
    const { access } = found;
    if (found.kind === 'load') return this.#push(access.load(this.#address(offset, this.#pop())));
    if (found.kind === 'store') {
      const value = this.#pop();
      return this.#say(`${access.store(this.#address(offset, this.#pop()), value)};`);
    }
    const [at, first, second] = this.#popped(found.kind === 'change' ? 2 : 3);
    const address = this.#address(offset, at!);
    this.#say(`r=${access.load(address)};`);
    if (found.kind === 'change') this.#say(`${access.store(address, found.to('r', first!))};`);
    else this.#say(`if(r===${zeroExtended(found, code, first!)})${access.store(address, second!)};`);
    this.#push('r');
  }

  /** Only how far it goes, and where the code is reached again. */
  #skip(code: number, depth: number): void {
    if (depth === 0 && (code === 0x05 || code === 0x0b)) return this.#close(code === 0x05);
    skipOperands(this.#reading, code);
    if (code >= 0x02 && code <= 0x04) this.#dead = depth + 1;
    else if (code === 0x0b) this.#dead = depth - 1;
  }
}

/** For a function whose instructions are all known here (`skipOperands()`). `n`, `c`, `w`, `k`, `g`: see `resumable-thread.ts`. */
export function resumableSource(program: TranslatedProgram, index: number): string {
  const { start, end } = program.bodyOf(index);
  return new Translation(program, new CodeReading(program.bytes, start)).source(program.typeOf(index), end);
}
