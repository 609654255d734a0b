/** `printf` as bash and coreutils have it. */
import { formatTime } from '../../../base/format-time.ts';
import { ansiEscape } from '../syntax/escapes.ts';
import { quoteText } from '../variables/variables.ts';

export interface PrintfResult {
  readonly text: string;
  /** Warnings about arguments; the status is 1 then. */
  readonly errors: readonly string[];
}

export function formatPrintf(format: string, args: readonly string[]): PrintfResult {
  let text = '';
  const errors: string[] = [];
  let next = 0;
  let stop = false;
  const take = () => args[next++];
  const number = (raw: string | undefined): bigint => {
    if (raw === undefined || raw === '') return 0n;
    if (/^["']/.test(raw)) return BigInt(raw.codePointAt(1) ?? 0);
    const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(raw);
    if (match === null) {
      errors.push(`${raw}: invalid number`);
      return 0n;
    }
    if (match[0].length !== raw.length) errors.push(`${raw}: invalid number`);
    const digits = match[2] ?? '0';
    const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
    return match[1] === '-' ? -value : value;
  };
  const real = (raw: string | undefined): number => {
    if (raw === undefined || raw === '') return 0;
    if (/^["']/.test(raw)) return raw.codePointAt(1) ?? 0;
    const value = Number(raw);
    if (Number.isNaN(value) && raw.toLowerCase() !== 'nan') {
      if (/^[+-]?inf/i.test(raw)) return raw.startsWith('-') ? -Infinity : Infinity;
      errors.push(`${raw}: invalid number`);
      return Number.parseFloat(raw) || 0;
    }
    return value;
  };
  const pass = () => {
    for (let i = 0; i < format.length && !stop; i++) {
      const c = format[i] as string;
      if (c === '\\') {
        const [value, length] = ansiEscape(format, i, 'printf');
        if (value === '\0stop') {
          stop = true;
          return;
        }
        text += value;
        i += length - 1;
        continue;
      }
      if (c !== '%') {
        text += c;
        continue;
      }
      if (format[i + 1] === '%') {
        text += '%';
        i++;
        continue;
      }
      const match = /^%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q(?=[a-z])|j|z|t)?(\([^)]*\)T|[a-zA-Z])?/.exec(
        format.slice(i),
      ) as RegExpExecArray;
      const conversion = match[4];
      if (conversion === undefined) {
        const missing = format[i + match[0].length];
        errors.push(missing === undefined ? "`%': missing format character" : `\`${missing}': invalid format character`);
        stop = true;
        return;
      }
      i += match[0].length - 1;
      let flags = match[1] ?? '';
      let width = match[2] === '*' ? Number(number(take())) : Number(match[2] ?? 0);
      if (width < 0) {
        flags += '-';
        width = -width;
      }
      const given = match[3] === undefined ? undefined : match[3] === '*' ? Number(number(take())) : Number(match[3] || 0);
      const precision = given !== undefined && given < 0 ? undefined : given;
      const pad = (value: string, zero = false): string => {
        const length = [...value].length;
        if (length >= width) return value;
        if (flags.includes('-')) return value + ' '.repeat(width - length);
        if (zero && flags.includes('0')) {
          const sign = /^(?:[+ -]?0[xX]|[+ -])/.exec(value)?.[0] ?? '';
          return sign + '0'.repeat(width - length) + value.slice(sign.length);
        }
        return ' '.repeat(width - length) + value;
      };
      const sign = (negative: boolean) => (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '');
      switch (conversion[0]) {
        case 's': {
          const value = take() ?? '';
          text += pad(precision === undefined ? value : [...value].slice(0, precision).join(''));
          break;
        }
        case 'b': {
          const raw = take() ?? '';
          let value = '';
          for (let j = 0; j < raw.length; j++) {
            if (raw[j] !== '\\') {
              value += raw[j];
              continue;
            }
            const [escaped, length] = ansiEscape(raw, j, raw[j + 1] === '0' ? 'echo' : 'printf');
            if (escaped === '\0stop') {
              stop = true;
              break;
            }
            value += escaped;
            j += length - 1;
          }
          text += pad(precision === undefined ? value : value.slice(0, precision));
          break;
        }
        case 'q': {
          const value = take() ?? '';
          text += pad(
            value === ''
              ? "''"
              : /[\x00-\x1f\x7f]/.test(value)
                ? quoteText(value)
                : value.replace(/[^A-Za-z0-9_./:=@%^+,\-\u0080-\uffff]|^[~#]/g, '\\$&'),
          );
          break;
        }
        case 'c':
          text += pad([...(take() ?? '')][0] ?? '');
          break;
        case 'd':
        case 'i': {
          const value = number(take());
          let digits = String(value < 0n ? -value : value);
          if (precision !== undefined) digits = precision === 0 && value === 0n ? '' : digits.padStart(precision, '0');
          text += pad(sign(value < 0n) + digits, precision === undefined);
          break;
        }
        case 'u':
        case 'o':
        case 'x':
        case 'X': {
          const value = BigInt.asUintN(64, number(take()));
          let digits = value.toString(conversion === 'u' ? 10 : conversion === 'o' ? 8 : 16);
          if (precision !== undefined) digits = digits.padStart(precision, '0');
          if (flags.includes('#') && value !== 0n) digits = (conversion === 'o' ? '0' : conversion === 'u' ? '' : '0x') + digits;
          text += pad(conversion === 'X' ? digits.toUpperCase() : digits, precision === undefined);
          break;
        }
        case 'f':
        case 'F':
        case 'e':
        case 'E':
        case 'g':
        case 'G':
        case 'a':
        case 'A': {
          const value = real(take());
          text += pad(
            formatReal(value, conversion, precision, sign(value < 0 || Object.is(value, -0)), flags.includes('#')),
            Number.isFinite(value),
          );
          break;
        }
        case '(': {
          const raw = take();
          const seconds = raw === undefined || raw === '-1' || raw === '-2' ? Date.now() / 1000 : Number(number(raw));
          text += pad(formatTime(conversion.slice(1, -2), new Date(seconds * 1000)));
          break;
        }
        default:
          errors.push(`\`${conversion}': invalid format character`);
          stop = true;
          return;
      }
    }
  };
  do {
    const before = next;
    pass();
    if (next === before) break;
  } while (next < args.length && !stop);
  return { text, errors };
}

function formatReal(value: number, conversion: string, precision: number | undefined, sign: string, alternate: boolean): string {
  const upper = conversion === conversion.toUpperCase();
  const magnitude = Math.abs(value);
  let text: string;
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? 'nan' : 'inf';
  else if (/f/i.test(conversion)) text = fixed(magnitude, precision ?? 6);
  else if (/e/i.test(conversion)) text = exponent(magnitude.toExponential(Math.min(precision ?? 6, 100)));
  else {
    const digits = precision === 0 ? 1 : (precision ?? 6);
    const power = magnitude === 0 ? 0 : Number(magnitude.toExponential(digits - 1).split('e')[1]);
    text =
      power < -4 || power >= digits ? exponent(magnitude.toExponential(digits - 1)) : fixed(magnitude, Math.max(0, digits - 1 - power));
    if (!alternate) text = text.replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1');
  }
  return sign + (upper ? text.toUpperCase() : text);
}

const fixed = (value: number, digits: number) =>
  value < 1e21 ? value.toFixed(Math.min(digits, 100)) : `${BigInt(value)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`;
const exponent = (text: string) => text.replace(/e([+-])(\d)$/, 'e$10$2');
