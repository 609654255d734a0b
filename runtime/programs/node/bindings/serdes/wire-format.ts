/** V8's structured clone format, version 15: https://crsrc.org/c/v8/src/objects/value-serializer.cc. One byte per tag. */
export const WIRE_FORMAT_VERSION = 15;

const code = (character: string) => character.charCodeAt(0);

export const tags = {
  version: 0xff,
  padding: 0,
  theHole: code('-'),
  undefined: code('_'),
  null: code('0'),
  true: code('T'),
  false: code('F'),
  int32: code('I'),
  uint32: code('U'),
  double: code('N'),
  bigint: code('Z'),
  utf8String: code('S'),
  oneByteString: code('"'),
  twoByteString: code('c'),
  objectReference: code('^'),
  beginObject: code('o'),
  endObject: code('{'),
  beginSparseArray: code('a'),
  endSparseArray: code('@'),
  beginDenseArray: code('A'),
  endDenseArray: code('$'),
  date: code('D'),
  trueObject: code('y'),
  falseObject: code('x'),
  numberObject: code('n'),
  bigintObject: code('z'),
  stringObject: code('s'),
  regexp: code('R'),
  beginMap: code(';'),
  endMap: code(':'),
  beginSet: code("'"),
  endSet: code(','),
  arrayBuffer: code('B'),
  resizableArrayBuffer: code('~'),
  arrayBufferTransfer: code('t'),
  arrayBufferView: code('V'),
  sharedArrayBuffer: code('u'),
  hostObject: code('\\'),
  error: code('r'),
} as const;

export const viewTags: Readonly<Record<string, number>> = {
  Int8Array: code('b'),
  Uint8Array: code('B'),
  Uint8ClampedArray: code('C'),
  Int16Array: code('w'),
  Uint16Array: code('W'),
  Int32Array: code('d'),
  Uint32Array: code('D'),
  Float16Array: code('h'),
  Float32Array: code('f'),
  Float64Array: code('F'),
  BigInt64Array: code('q'),
  BigUint64Array: code('Q'),
  DataView: code('?'),
};

export const errorTags = {
  EvalError: code('E'),
  RangeError: code('R'),
  ReferenceError: code('F'),
  SyntaxError: code('S'),
  TypeError: code('T'),
  URIError: code('U'),
  message: code('m'),
  cause: code('c'),
  stack: code('s'),
  end: code('.'),
} as const;

/** In the order of V8's bits. `l` (linear) cannot be written in a program. */
export const regexpFlags = 'gimyusldv';
