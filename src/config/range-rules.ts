/** Checks on ranges seen together: those that overlap, and defaults that nothing builds. */
import type { Problem } from '../domain/errors.ts';
import { above, below, complementSpans, describeSpan, everything, intersectSpans } from '../domain/version-spans.ts';
import { rangeOf } from '../domain/version-range.ts';
import type { Span, VersionRange } from '../domain/version.ts';
import { place } from './place.ts';
import type { Axis, AxisValue, CellExclusion, Choice, ImageConfig } from './types.ts';

/** What all of these ranges hold, of the releases that count; `null` is every release. */
function meeting(ranges: readonly (VersionRange | null)[], image: ImageConfig): readonly Span[] {
  return [image.shape.range, ...ranges].reduce<readonly Span[]>(
    (spans, range) => (range === null ? spans : intersectSpans(spans, range.spans, image.scheme.compare)),
    everything,
  );
}

/** True where some release could be in all of them. */
export function rangesMeet(ranges: readonly (VersionRange | null)[], image: ImageConfig): boolean {
  return meeting(ranges, image).length > 0;
}

interface SeriesChoices {
  readonly axis: string;
  /** `''` where it is the default of every series. */
  readonly series: string;
  readonly range: VersionRange | null;
  readonly choices: readonly Choice[];
  readonly where: string;
}

function seriesChoices(image: ImageConfig, file: string): SeriesChoices[] {
  return [...image.defaults].flatMap(([axis, given]) =>
    given.map(({ series, choices }) => ({
      axis,
      series,
      range: series === '' ? null : finalsOf(series, image),
      choices,
      where: place(file, ['defaults', axis, ...(series === '' ? [] : [series])]),
    })),
  );
}

function ofSeries(series: string): string {
  return series === '' ? '' : ` of series ${series}`;
}

function valuesText({ values }: Choice): string {
  return values === 'default' ? values : values.join(' or ');
}

/** A series without the candidates of its first release, for which no default is asked. */
function finalsOf(series: string, image: ImageConfig): VersionRange | null {
  const { scheme } = image;
  const range = scheme.seriesRange(series);
  const numbers = series.split('.');
  const first = scheme.parse([...numbers, ...['0', '0'].slice(numbers.length - 1)].join('.'));
  if (range === null || first === null) return range;
  const spans = intersectSpans(range.spans, [{ from: below(first), to: null }], scheme.compare);
  return rangeOf(series, spans, scheme.compare);
}

/** Two defaults for one release, or one for no release of its series. */
export function checkDefaultRanges(image: ImageConfig, file: string): Problem[] {
  return seriesChoices(image, file).flatMap(({ axis, series, range, choices, where }) =>
    choices.flatMap((choice, index): Problem[] => {
      const place = choices.length > 1 ? `${where}[${index}]` : where;
      if (!rangesMeet([range, choice.range], image)) {
        const message = `no release${ofSeries(series)} is in ${choice.range?.text ?? '*'}`;
        return [{ code: 'RANGE_INVALID', where: place, message, fix: 'write the range inside the series' }];
      }
      return choices.slice(0, index).flatMap((earlier): Problem[] => {
        const [both] = meeting([range, earlier.range, choice.range], image);
        // One that depends on another axis may have the same releases.
        if (both === undefined || earlier.where.size > 0 || choice.where.size > 0) return [];
        const message = `${axis} ${valuesText(earlier)} (${earlier.range?.text ?? '*'}) and ${axis} ${valuesText(choice)} (${choice.range?.text ?? '*'}) overlap: both are the default of ${describeSpan(both)}`;
        return [{ code: 'RANGE_OVERLAP', where: place, message, fix: 'end one where the other begins' }];
      });
    }),
  );
}

/** A default that no cell of its series has would leave `latest` without an owner. */
export function checkDefaultsBuilt(image: ImageConfig, file: string): Problem[] {
  return seriesChoices(image, file).flatMap(({ axis, series, range, choices, where }) =>
    choices.flatMap((choice, index): Problem[] => {
      const known = image.axes.find((candidate) => candidate.name === axis)?.values ?? [];
      const [value, ...others] = known.filter((candidate) => choice.values.includes(candidate.name));
      const asked = meeting([range, choice.range], image);
      if (value === undefined || others.length > 0 || asked.length === 0) return [];
      const rest = image.axes.filter((candidate) => candidate.name !== axis);
      const isBuilt = combinations(rest).some(
        (combination) => builtSpans(new Map([[axis, value], ...combination]), asked, image).length > 0,
      );
      if (isBuilt) return [];
      const of = value.range === null ? 'exclusions leave nothing of it' : `it is for ${value.range.text}`;
      return [
        {
          code: 'DEFAULT_PYTHON_DROPPED',
          where: choices.length > 1 ? `${where}[${index}]` : where,
          message: `no flavor builds ${axis} ${value.name}${series === '' ? '' : ` in series ${series}`}; ${of}`,
          fix: 'choose a default that is built, by range where it changed',
        },
      ];
    }),
  );
}

/** The releases, of those asked for, that build one combination. */
function builtSpans(
  values: ReadonlyMap<string, AxisValue>,
  asked: readonly Span[],
  image: ImageConfig,
): readonly Span[] {
  const { compare } = image.scheme;
  let spans = asked;
  for (const { range, where } of values.values()) {
    if (range !== null) spans = intersectSpans(spans, range.spans, compare);
    if ([...where].some(([axis, names]) => !names.includes(values.get(axis)?.name ?? ''))) return [];
  }
  for (const exclusion of image.excludedCells) {
    const isMeant = [...exclusion.axes].every(([axis, names]) => names.includes(values.get(axis)?.name ?? ''));
    if (isMeant) spans = intersectSpans(spans, complementSpans(excludedSpans(exclusion, image), compare), compare);
  }
  return spans;
}

function excludedSpans(exclusion: CellExclusion, image: ImageConfig): readonly Span[] {
  const version = exclusion.version === null ? null : image.scheme.parse(exclusion.version);
  if (version !== null) return [{ from: below(version), to: above(version) }];
  return exclusion.range?.spans ?? everything;
}

function combinations(axes: readonly Axis[]): readonly (readonly [string, AxisValue][])[] {
  return axes.reduce<readonly (readonly [string, AxisValue][])[]>(
    (starts, axis) =>
      starts.flatMap((start) => axis.values.map((value): [string, AxisValue][] => [...start, [axis.name, value]])),
    [[]],
  );
}

/** One platform twice for one release. */
export function checkPlatformRanges(image: ImageConfig, file: string): Problem[] {
  return image.platforms.flatMap(({ platform, range }, index) =>
    image.platforms
      .slice(0, index)
      .filter((earlier) => earlier.platform === platform && rangesMeet([earlier.range, range], image))
      .map((earlier): Problem => ({
        code: 'RANGE_OVERLAP',
        where: `${file} platforms[${index}]`,
        message: `${platform} is there for ${earlier.range?.text ?? '*'} already`,
        fix: 'name each platform once for a release',
      })),
  );
}
