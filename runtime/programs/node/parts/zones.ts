/** Time zones that `TZ` names. */
export { useTimeZone } from '../time-zone.ts';
