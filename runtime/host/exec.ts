/** A process that is fed and read to its end. */
import type { ExecResult } from './container-options.ts';
import type { PipedProcess } from './container-process.ts';
import { collect } from './streams.ts';

const defaultMaxBytes = 16 * 1024 * 1024;

/** Resolves when the process has ended and both outputs have, with what came of them. Its streams are used up. */
export async function runToEnd(
  process: PipedProcess,
  { input = '', maxBytes = defaultMaxBytes }: { readonly input?: string | Uint8Array | undefined; readonly maxBytes?: number | undefined },
): Promise<ExecResult> {
  const [stdout, stderr, status] = await Promise.all([
    collect(process.stdout, maxBytes),
    collect(process.stderr, maxBytes),
    process.status,
    feed(process.stdin, typeof input === 'string' ? new TextEncoder().encode(input) : input),
  ]);
  const text = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    ...status,
    stdout: text.decode(stdout.bytes),
    stderr: text.decode(stderr.bytes),
    truncated: stdout.truncated || stderr.truncated,
  };
}

async function feed(stdin: WritableStream<Uint8Array>, input: Uint8Array): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (input.length > 0) await writer.write(input);
    await writer.close();
  } catch {
    // The program did not want all of its input.
  }
}
