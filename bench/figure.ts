/**
 * What every measurement of this project comes to: a value, what it is held against on the same machine in the same run,
 * and whether their ratio keeps its bound. A ratio is the same on a slower machine; a time is not.
 */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The peer or limit, with its own value in the same unit: `node -e 0, 41 ms`. Empty for a figure that stands alone. */
  readonly against: string;
  /** `value` divided by what it is held against; `null` if there is no such thing, or it could not be measured. */
  readonly ratio: number | null;
  /** `<= 1.5`, of the ratio; `null`: no goal is set. */
  readonly bound: string | null;
  /** The bound holds, or there is none. What could not be measured is not ok. */
  readonly ok: boolean;
}

export interface Against {
  readonly name: string;
  readonly value: number;
}

export type Bound = `${'<' | '<=' | '>='} ${number}`;

/** @param against `null` for a figure that is only told */
export function figure(
  name: string,
  { value, unit }: Pick<Figure, 'value' | 'unit'>,
  against: Against | null,
  bound: Bound | null = null,
): Figure {
  const quotient = against === null ? Number.NaN : value / against.value;
  const ratio = Number.isFinite(quotient) ? quotient : null;
  const isMeasured = Number.isFinite(value) && (against === null || Number.isFinite(against.value));
  return {
    name,
    value: Number.isFinite(value) ? rounded(value) : -1,
    unit,
    against: against === null ? '' : `${against.name}, ${shownNumber(against.value)} ${unit}`.trim(),
    ratio: ratio === null ? null : rounded(ratio),
    bound,
    ok: isMeasured && (bound === null || (ratio !== null && holds(ratio, bound))),
  };
}

/** A figure that has a limit of its own: a memory, a size, a count. */
export function limited(name: string, measured: Pick<Figure, 'value' | 'unit'>, limit: number): Figure {
  return figure(name, measured, { name: 'its limit', value: limit }, '<= 1');
}

export function holds(ratio: number, bound: string): boolean {
  const { sign = '', limit = '' } = /^(?<sign><=|>=|<) (?<limit>[\d.]+)$/.exec(bound)?.groups ?? {};
  const most = Number(limit);
  if (sign === '<') return ratio < most;
  return sign === '<=' ? ratio <= most : sign === '>=' && ratio >= most;
}

/** Three digits that mean something: `0.0412`, `1.38`, `4295`. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function shownNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not measured';
  return String(rounded(value)).replaceAll(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g, ',');
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
