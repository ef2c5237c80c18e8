/** How cells are built: what the image says, and what each axis value says on top of it. */
import { isDigest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { axisLabel, labelNames } from '../domain/labels.ts';
import { parsePlatform } from '../domain/platform.ts';
import { checkBuildPaths } from './check-paths.ts';
import type { At } from './place.ts';
import { mergeInputs, readInputs, type InputKey } from './read-inputs.ts';
import type { ParsedImage, ParsedValue } from './schema.ts';
import { parseTagTemplate, type TagTemplate } from './tag-template.ts';
import type { BuildSpec } from './types.ts';

const ownLabels: readonly string[] = Object.values(labelNames);

/** @param names what its templates may use */
export function readBuild(
  given: Pick<ParsedImage, BuildKey> & { platforms?: ParsedValue['platforms'] },
  names: ReadonlySet<string>,
  { at, above, problems }: { readonly at: At; readonly above: number; readonly problems: Problem[] },
): BuildSpec {
  const template = (text: string | undefined, ...path: readonly string[]): TagTemplate | null => {
    if (text === undefined) return null;
    const parsed = parseTagTemplate(text, names, at(...path));
    if (parsed.ok) return parsed.value;
    problems.push(...parsed.problems);
    return null;
  };
  const templates = (key: 'args' | 'contexts' | 'labels'): Map<string, TagTemplate> =>
    new Map(
      Object.entries(given[key] ?? {}).flatMap(([name, text]): [string, TagTemplate][] => {
        const parsed = template(text, key, name);
        return parsed === null ? [] : [[name, parsed]];
      }),
    );
  problems.push(...checkBuildPaths(given, at, above), ...checkLabelNames(given.labels ?? {}, at));
  if (given.baseDigest !== undefined && !isDigest(given.baseDigest)) {
    const message = `${JSON.stringify(given.baseDigest)} is not a digest`;
    const fix = 'expected sha256: and 64 lower-case hex digits';
    problems.push({ code: 'DIGEST_INVALID', where: at('baseDigest'), message, fix });
  }
  const { context } = given;
  given.platforms?.forEach((text, index) => checkPlatform(text, at('platforms', index), problems));
  return {
    dockerfile: template(given.dockerfile, 'dockerfile'),
    template: given.template ?? null,
    target: template(given.target, 'target'),
    context: typeof context === 'string' ? template(context, 'context') : template(context?.path, 'context', 'path'),
    contextFrom: typeof context === 'string' ? null : (context?.from ?? null),
    base: template(given.base, 'base'),
    baseDigest: given.baseDigest ?? null,
    args: templates('args'),
    contexts: templates('contexts'),
    smoke: smokeOf(given.smoke, template),
    labels: templates('labels'),
    inputs: readInputs(given),
    platforms: given.platforms ?? null,
    chosenBy: [],
  };
}

type BuildKey =
  | 'dockerfile'
  | 'template'
  | 'target'
  | 'context'
  | 'base'
  | 'baseDigest'
  | 'args'
  | 'contexts'
  | 'labels'
  | 'smoke'
  | InputKey;

function smokeOf(
  given: ParsedImage['smoke'],
  template: (text: string, ...path: readonly string[]) => TagTemplate | null,
): BuildSpec['smoke'] {
  if (given === undefined) return null;
  if (typeof given === 'string') return template(given, 'smoke');
  return given.flatMap((word, index) => template(word, 'smoke', String(index)) ?? []);
}

/** What a cell is built with: the image's word, then that of its value of each axis in order. */
export function mergeBuilds(image: BuildSpec, values: readonly (readonly [axis: string, BuildSpec])[]): BuildSpec {
  let merged = image;
  for (const [axis, own] of values) {
    merged = {
      dockerfile: own.dockerfile ?? merged.dockerfile,
      template: own.template ?? merged.template,
      target: own.target ?? merged.target,
      context: own.context ?? merged.context,
      contextFrom: own.contextFrom ?? merged.contextFrom,
      base: own.base ?? merged.base,
      // A digest is of its base.
      baseDigest: own.base === null ? (own.baseDigest ?? merged.baseDigest) : own.baseDigest,
      args: new Map([...merged.args, ...own.args]),
      contexts: new Map([...merged.contexts, ...own.contexts]),
      smoke: own.smoke ?? merged.smoke,
      labels: new Map([...merged.labels, ...own.labels]),
      inputs: mergeInputs(merged.inputs, own.inputs),
      platforms: own.platforms === null ? merged.platforms : common(merged.platforms, own.platforms),
      chosenBy: own.dockerfile === null && own.template === null ? merged.chosenBy : [...merged.chosenBy, axis],
    };
  }
  return merged;
}

/** What an image says of its cell comes from the facts alone: an audit rests on it. */
function checkLabelNames(labels: Readonly<Record<string, string>>, at: At): Problem[] {
  return Object.keys(labels)
    .filter((name) => ownLabels.includes(name) || name.startsWith(axisLabel('')))
    .map((name) => ({
      code: 'CONFIG_INVALID' as const,
      where: at('labels', name),
      message: 'every image has this label already, from the facts of its release',
      fix: 'delete the line',
    }));
}

function common(all: readonly string[] | null, own: readonly string[]): readonly string[] {
  return all === null ? own : all.filter((platform) => own.includes(platform));
}

export function checkPlatform(text: string, where: string, problems: Problem[]): void {
  if (parsePlatform(text) !== null) return;
  const fix = "expected os/architecture[/variant], such as 'linux/arm64'";
  problems.push({ code: 'PLATFORM_INVALID', where, message: `${JSON.stringify(text)} is no platform`, fix });
}
