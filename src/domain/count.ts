/** Numbers as people read them. */

/** `1 tag`, `25 tags`; the words may go on: `count(n, 'tag was moved', 'tags were moved')`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** `4,294`. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
