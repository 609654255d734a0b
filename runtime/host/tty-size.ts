/** The size of a terminal, as callers give it. */
import type { TtySize } from '../wires/process-wire.ts';

export const defaultTtySize: TtySize = { columns: 80, rows: 24 };

/** What the kernel of a real system has room for. */
const mostCells = 65_535;

/** @throws {RangeError} unless both are whole numbers from 1 to 65535. */
export function ttySizeOf({ cols, rows }: { readonly cols: number; readonly rows: number }): TtySize {
  const fits = (cells: number): boolean => Number.isInteger(cells) && cells >= 1 && cells <= mostCells;
  if (!fits(cols) || !fits(rows))
    throw new RangeError(`A terminal cannot have ${String(cols)} × ${String(rows)} cells: expected whole numbers from 1 to ${mostCells}`);
  return { columns: cols, rows };
}
