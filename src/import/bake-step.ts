/** What docker/bake-action builds, in the terms of docker/build-push-action, as far as its file says it in plain values. */
import { bakeFileNames, insideOf, readBakeFiles, targetOf, withField, type BakeBlocks } from './bake-files.ts';
import { saidElsewhere } from './places.ts';
import { splitList } from './tag-line.ts';
import { localPath, type WorkflowFiles } from './workflow-files.ts';

export function readBake(
  inputs: ReadonlyMap<string, string>,
  files: WorkflowFiles,
  say: (comment: string) => void,
  /** The target that the tags are for; `null` where nothing says it. */
  tagged: string | null,
): ReadonlyMap<string, string> {
  const named = splitList(inputs.get('files') ?? '').lines.map(({ text }) => localPath(text.replace(/^cwd:\/\//, '')));
  const paths = named.filter((path) => /\.(?:hcl|json)$/.test(path) && !path.includes('${{'));
  const texts = (paths.length > 0 ? paths : bakeFileNames).flatMap((path) => {
    const text = files.get(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const targets = readBakeFiles(texts);
  const wanted = splitList(inputs.get('targets') ?? inputs.get('target') ?? '').lines.flatMap(({ text }) =>
    text.split(','),
  );
  const [first = 'default', ...more] = wanted.map((text) => text.trim()).filter((text) => text !== '');
  const isNamed = tagged !== null && targets.has(`target ${tagged}`);
  const name = isNamed ? tagged : first;
  const target = isNamed || more.length === 0 ? targetOf(name, targets) : null;
  const found = new Map<string, string>();
  if (target === null) {
    const where = texts.length === 0 ? 'its bake file' : texts.map(({ path }) => path).join(', ');
    say(`CHECK THIS: ${where} says the Dockerfile and the platforms of ${[name, ...more].join(', ')}: write them here`);
    found.set('platforms', saidElsewhere);
  }
  if (target !== null) for (const comment of otherTags(name, targets, inputs.get('set') ?? '', tagged)) say(comment);
  const take = (key: string, input: string): void => {
    const value = target?.get(key);
    if (value === null) found.set(input, `\${{ ${key} of the bake file }}`);
    else if (value !== undefined) found.set(input, typeof value === 'string' ? value : value.join('\n'));
  };
  for (const [key, input] of inputNames) take(key, input);
  for (const [key, text] of overrides(inputs.get('set') ?? '', name, found, say)) found.set(key, text);
  const context = found.get('context') ?? '.';
  // Bake reads a Dockerfile from inside the context.
  const file = found.get('file');
  if (file !== undefined && context !== '.' && !context.includes('${{'))
    found.set('file', insideOf(context, file) ?? `${context}/${file}`);
  if (target?.has('dockerfile-inline') === true)
    say(`CHECK THIS: the Dockerfile of ${name} is text inside of the bake file: write it to a file`);
  return found;
}

/** Says if the target has other tags than those that docker/metadata-action hands over, in a file that counts last. */
function otherTags(name: string, blocks: BakeBlocks, set: string, tagged: string | null): string[] {
  if (/\.tags\s*\+?=/.test(set) && !/outputs\.tags/.test(set))
    return [`CHECK THIS: ${name} gets its tags from set: these are not those that it pushes`];
  const handed = ['those of the action'];
  const filled = withField(blocks, tagged ?? 'docker-metadata-action', 'tags', handed);
  const tags = targetOf(name, filled)?.get('tags');
  if (tags === handed || /outputs\.tags/.test(set)) return [];
  return tags === undefined
    ? [`CHECK THIS: ${name} inherits from no docker-metadata-action: these are not the tags that it pushes`]
    : [`CHECK THIS: ${name} has tags of its own in the bake file: these are not those that it pushes`];
}

/** Keys of a target, each with the input of docker/build-push-action that says the same. */
const inputNames: ReadonlyMap<string, string> = new Map([
  ['context', 'context'],
  ['dockerfile', 'file'],
  ['target', 'target'],
  ['platforms', 'platforms'],
  ['args', 'build-args'],
  ['contexts', 'build-contexts'],
  ['secret', 'secrets'],
  ['ssh', 'ssh'],
  ['network', 'network'],
  ['extra-hosts', 'add-hosts'],
  ['shm-size', 'shm-size'],
  ['ulimits', 'ulimit'],
  ['entitlements', 'allow'],
]);
/** As `set` calls them, where that is another name. */
const setNames: Readonly<Record<string, string>> = { platform: 'platforms', secrets: 'secret' };
/** Changes no image, or what the config says by itself. */
const ofNoImage =
  /^(?:output|cache-from|cache-to|no-cache|no-cache-filter|pull|push|load|attest|labels|annotations|tags|call)$/;

/**
 * Lines of `set` for a target, such as `*.platform=linux/amd64`. Lists of several lines are added up, and the last one's
 * `+=` decides whether the file's own list stays.
 *
 * @param found what the file says
 * @see https://docs.docker.com/reference/cli/docker/buildx/bake/#set
 */
function overrides(
  set: string,
  target: string,
  found: ReadonlyMap<string, string>,
  say: (comment: string) => void,
): Map<string, string> {
  const given = new Map<string, { readonly texts: readonly string[]; readonly adds: boolean }>();
  for (const { text: line } of splitList(set).lines) {
    const parts = /^(?<target>[^.=]+)\.(?<key>[a-z-]+)(?:\.(?<name>[^=+]+))?(?<more>\+?)=(?<value>[^]*)$/.exec(
      line,
    )?.groups;
    const { key = '', name, more = '', value = '' } = parts ?? {};
    if (parts !== undefined && !fits(parts['target'] ?? '', target)) continue;
    const input = inputNames.get(setNames[key] ?? key);
    if (input === undefined) {
      if (!ofNoImage.test(key)) say(`set: ${line} has no counterpart`);
      continue;
    }
    const isOne = ['context', 'file', 'target', 'network', 'shm-size'].includes(input);
    const known = isOne ? [] : (given.get(input)?.texts ?? []);
    const text = name === undefined ? value : `${name}=${value}`;
    given.set(input, { texts: [...known, text], adds: name !== undefined || (more === '+' && !isOne) });
  }
  return new Map(
    [...given].map(([input, { texts, adds }]) => {
      const names = new Set(texts.map((text) => text.split('=')[0]));
      const before = adds ? (found.get(input) ?? '').split('\n').filter((text) => text !== '') : [];
      const kept = before.filter((text) => !text.includes('=') || !names.has(text.split('=')[0]));
      return [input, [...kept, ...texts].join('\n')];
    }),
  );
}

/** A pattern of `--set`, in which a star stands for any letters. */
function fits(pattern: string, target: string): boolean {
  const source = pattern
    .replaceAll(/[^\w*?-]/g, '')
    .replaceAll('*', '[\\w-]*')
    .replaceAll('?', '[\\w-]');
  return new RegExp(`^${source}$`).test(target);
}
