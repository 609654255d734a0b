declare module 'ini' {
  export function decode(text: string): Record<string, unknown>;
  export function encode(value: object): string;
}
