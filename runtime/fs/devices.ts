/** The character devices of `/dev`. What reading and writing one does is up to whoever opens it, by `rdev`. */
export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'urandom' | 'tty' | 'stdin' | 'stdout' | 'stderr';

export interface Device {
  readonly name: DeviceName;
  /** As `makedev(3)` packs major and minor. */
  readonly rdev: number;
  /** Permission bits. */
  readonly mode: number;
}

const device = (name: DeviceName, major: number, minor: number, mode = 0o666): Device => ({ name, rdev: major * 256 + minor, mode });

/**
 * Numbers as on Linux, save that `stdin`, `stdout` and `stderr`, links into `/proc` there, are devices of the major number
 * for local use: opening one duplicates the descriptor that its minor number names.
 */
export const devices: readonly Device[] = [
  device('null', 1, 3),
  device('zero', 1, 5),
  device('full', 1, 7),
  device('random', 1, 8),
  device('urandom', 1, 9),
  device('tty', 5, 0),
  device('stdin', 240, 0),
  device('stdout', 240, 1),
  device('stderr', 240, 2),
];

export function deviceOf(rdev: number): Device | undefined {
  return devices.find((device) => device.rdev === rdev);
}
