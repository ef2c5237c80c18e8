/** All rules of a step: in the order of its lines, each with a name, and `latest` where the action adds it by itself. */
import type { RoleAxis } from './roles.ts';
import { draftRule, enabledJobs, type GivenLine, type RuleContext, type RuleDraft } from './rule-draft.ts';
import { conditionTruth, scopeOf } from './scope.ts';
import type { Affixes, TagLine } from './tag-line.ts';

export interface Rules {
  readonly rules: readonly RuleDraft[];
  /** Lines without a rule, by the place of the rule they come before. */
  readonly dropped: ReadonlyMap<number, readonly string[]>;
}

/** Rules that a config has without saying so. */
export const defaultRules = ['full', 'sha', 'minor', 'major', 'latest'] as const;

export function draftRules(lines: readonly GivenLine[], affixes: Affixes, context: RuleContext): Rules {
  const rules: RuleDraft[] = [];
  const dropped = new Map<number, readonly string[]>();
  const names = new Set<string>();
  const drop = (comments: readonly string[]): void => {
    dropped.set(rules.length, [...(dropped.get(rules.length) ?? []), ...comments]);
  };
  const add = ({ rule, comments }: ReturnType<typeof draftRule>, text: string): void => {
    drop(comments);
    if (rule === null) return;
    const twin = rules.find((other) => other.template === rule.template);
    if (twin !== undefined) return drop([...rule.comments, `${text}: the same tag as ${twin.name}`]);
    const name = freeName(nameFor(rule), names);
    names.add(name);
    rules.push({ ...rule, name });
  };
  for (const given of lines) add(draftRule(given, context), given.text);
  const latest = latestLine(lines, affixes, context);
  if (latest !== null) add(draftRule(latest, context), latest.text);
  return { rules, dropped };
}

/**
 * The line that stands for what `latest=auto` or `latest=true` adds; `null` where it adds nothing for a final release.
 *
 * With `auto` the first line that gives a tag decides, in the order of priority: a version or a git tag brings `latest`.
 *
 * @see https://github.com/docker/metadata-action#latest-tag
 */
function latestLine(lines: readonly GivenLine[], affixes: Affixes, context: RuleContext): GivenLine | null {
  const { run, jobs } = context.around;
  const prefix = affixes.prefix?.onLatest === true ? affixes.prefix.text : '';
  const suffix = affixes.suffix?.onLatest === true ? affixes.suffix.text : '';
  const given = (enable: string, comment: string): GivenLine => ({
    line: {
      type: 'raw',
      priority: 0,
      attributes: new Map([
        ['value', 'latest'],
        ['prefix', prefix],
        ['suffix', suffix],
        ['enable', enable],
      ]),
    },
    text: `flavor latest=${affixes.latest}`,
    comments: [comment],
  });
  if (affixes.latest === 'auto') {
    const first = lines
      .map(({ line }) => line)
      .filter((line) => isOfRelease(line) && enabledJobs(line, run, jobs).jobs.length > 0)
      .toSorted((a, b) => b.priority - a.priority)[0];
    const isVersion = first !== undefined && ['semver', 'pep440', 'match', 'ref'].includes(first.type);
    const note = "added by flavor latest=auto, to whatever release came last; here it is the highest one's";
    return isVersion ? given(first.attributes.get('enable') ?? 'true', note) : null;
  }
  const isOn = jobs.some((job) => conditionTruth(affixes.latest, scopeOf(run, job)).is !== false);
  const note = `added by flavor latest=${affixes.latest}, to whatever came last; here it is the highest final release's`;
  return isOn ? given(affixes.latest, note) : null;
}

function isOfRelease({ type, attributes }: TagLine): boolean {
  return type !== 'schedule' && type !== 'edge' && (type !== 'ref' || attributes.get('event') === 'tag');
}

/** `full`, `minor` and the like where that is what it is, so that it is read as its default; else after its text. */
function nameFor({ template, kind }: RuleDraft): string {
  const text = template
    .replaceAll('{{suffix}}', '')
    .replaceAll(/-?\{\{(?:python|flavor)\}\}/g, '')
    .replaceAll(/-?(?:python|py)(?=$|-)/g, '');
  if (/^v?\{\{version\}\}$/.test(text)) return 'full';
  if (kind === 'pinned' && text.includes('{{revision}}')) return 'sha';
  if (/^v?\{\{major\}\}\.\{\{minor\}\}$/.test(text)) return 'minor';
  if (/^v?\{\{major\}\}$/.test(text)) return 'major';
  if (/latest/.test(text) && !/\{\{(?!major)/.test(text)) return 'latest';
  const plain = text.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const small = plain.charAt(0).toLowerCase() + plain.slice(1);
  return /^[a-z]/.test(small) ? small : `tag-${small}`.replace(/-$/, '');
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  return free;
}

/** The default Python of each series whose `latest` one Python alone pushed; `highest` where nothing says it. */
export function defaultsOf(
  lines: readonly GivenLine[],
  rules: readonly RuleDraft[],
  python: RoleAxis | undefined,
  context: RuleContext,
): ReadonlyMap<string, string> | 'highest' | null {
  if (python === undefined || !rules.some((rule) => rule.only.get('python') === 'default')) return null;
  const series = new Map<string, string>();
  for (const { line } of lines) {
    const made = draftRule({ line, text: '', comments: [] }, context).rule;
    const major = /^>=(?<major>\d+) /.exec(made?.range ?? '')?.groups?.['major'];
    const { jobs } = enabledJobs(line, context.around.run, context.around.jobs);
    const values = [...new Set(jobs.map((job) => String(job.get(python.key) ?? '')))];
    const [only, ...more] = values;
    const isDefault = made?.only.get('python') === 'default' && major !== undefined;
    if (isDefault && only !== undefined && more.length === 0) series.set(major, only);
  }
  return series.size > 0 ? series : 'highest';
}
