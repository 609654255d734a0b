/** strftime(3), in the worker's time zone. */
export function formatTime(format: string, date: Date, utc = false): string {
  const shifted = utc ? new Date(date.getTime() + date.getTimezoneOffset() * 60000) : date;
  const two = (n: number) => String(n).padStart(2, '0');
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  const day = days[shifted.getDay()] as string;
  const month = months[shifted.getMonth()] as string;
  const offset = utc ? 0 : -date.getTimezoneOffset();
  const yearDay =
    Math.floor(
      (Date.UTC(shifted.getFullYear(), shifted.getMonth(), shifted.getDate()) - Date.UTC(shifted.getFullYear(), 0, 1)) / 86400000,
    ) + 1;
  const one = (c: string): string => {
    switch (c) {
      case 'Y':
        return String(shifted.getFullYear());
      case 'y':
        return two(shifted.getFullYear() % 100);
      case 'C':
        return two(Math.floor(shifted.getFullYear() / 100));
      case 'm':
        return two(shifted.getMonth() + 1);
      case 'd':
        return two(shifted.getDate());
      case 'e':
        return String(shifted.getDate()).padStart(2);
      case 'H':
        return two(shifted.getHours());
      case 'k':
        return String(shifted.getHours()).padStart(2);
      case 'I':
        return two(shifted.getHours() % 12 || 12);
      case 'l':
        return String(shifted.getHours() % 12 || 12).padStart(2);
      case 'M':
        return two(shifted.getMinutes());
      case 'S':
        return two(shifted.getSeconds());
      case 'N':
        return String(date.getMilliseconds()).padStart(3, '0').padEnd(9, '0');
      case 's':
        return String(Math.floor(date.getTime() / 1000));
      case 'j':
        return String(yearDay).padStart(3, '0');
      case 'a':
        return day.slice(0, 3);
      case 'A':
        return day;
      case 'b':
      case 'h':
        return month.slice(0, 3);
      case 'B':
        return month;
      case 'p':
        return shifted.getHours() < 12 ? 'AM' : 'PM';
      case 'P':
        return shifted.getHours() < 12 ? 'am' : 'pm';
      case 'u':
        return String(shifted.getDay() || 7);
      case 'w':
        return String(shifted.getDay());
      case 'F':
        return `${one('Y')}-${one('m')}-${one('d')}`;
      case 'D':
      case 'x':
        return `${one('m')}/${one('d')}/${one('y')}`;
      case 'T':
      case 'X':
        return `${one('H')}:${one('M')}:${one('S')}`;
      case 'R':
        return `${one('H')}:${one('M')}`;
      case 'r':
        return `${one('I')}:${one('M')}:${one('S')} ${one('p')}`;
      case 'c':
        return `${one('a')} ${one('b')} ${one('e')} ${one('T')} ${one('Y')}`;
      case 'z':
        return `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
      case 'Z':
        return offset === 0 ? 'UTC' : one('z');
      case 'U':
        return two(Math.floor((yearDay + 6 - shifted.getDay()) / 7));
      case 'W':
        return two(Math.floor((yearDay + 6 - ((shifted.getDay() + 6) % 7)) / 7));
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '%':
        return '%';
      default:
        return `%${c}`;
    }
  };
  return format.replace(/%(:?)([-_0^]?)(\d*)([A-Za-z%])/g, (_whole, colon: string, flag: string, width: string, c: string) => {
    let value = one(c);
    if (colon === ':' && c === 'z') value = `${value.slice(0, 3)}:${value.slice(3)}`;
    if (flag === '-') value = value.replace(/^[0 ]+(?=.)/, '');
    if (flag === '_') value = value.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    if (flag === '^') value = value.toUpperCase();
    if (c === 'N' && width !== '') value = value.slice(0, Number(width));
    return value;
  });
}
