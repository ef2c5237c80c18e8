/** Mirrors of registries: where an image is pulled from, while its public name stays in labels. */
import { nameLength, qualifiedName } from './build-arguments.ts';
import type { Problem } from './errors.ts';
import { isLoopback, parseRepository, type Repository } from './reference.ts';
import { failed, ok, type Result } from './result.ts';
import { quote } from './tag.ts';

/** A registry, or the part of one below a path; the path is empty for the whole of it. */
export type Prefix = Repository;

/** One line of `mirrors`: every image below `from` is pulled from the same path below `to`. */
export interface Mirror {
  readonly from: Prefix;
  readonly to: Prefix;
}

/** Text that a build argument gives, so that it is not known where the name is written down. */
const argument = /\$\{[A-Z0-9_]*\}/;

/**
 * Where an image is pulled from: the mirror with the longest prefix of its name counts, once.
 *
 * @param image as a `FROM` line has it, in the short form too; `${NAME}` may stand for any part
 * @param where the file and key, for the problem
 * @returns the image as it was given if no mirror is for it
 */
export function mirroredImage(image: string, mirrors: readonly Mirror[], where: string): Result<string> {
  if (image === 'scratch') return ok(image);
  const full = qualifiedName(image);
  const parts = full.slice(0, nameLength(full)).split('/');
  for (const { from, to } of mirrors.toSorted((a, b) => partsOf(b.from).length - partsOf(a.from).length)) {
    const prefix = partsOf(from);
    const differs = prefix.findIndex((part, index) => part !== parts[index]);
    if (differs === -1) {
      const path = [to.path, ...parts.slice(prefix.length)].filter((part) => part !== '').join('/');
      if (path !== '') return ok(`${to.registry}/${path}${full.slice(nameLength(full))}`);
      return failed({
        code: 'REFERENCE_INVALID',
        where,
        message: `${quote(image)} has no name at its mirror ${formatPrefix(to)}`,
        fix: `write a path in the mirror of ${formatPrefix(from)}, such as '${to.registry}/${parts.at(-1) ?? 'name'}'`,
      });
    }
    if (argument.test(parts[differs] ?? '')) {
      return failed({
        code: 'REFERENCE_INVALID',
        where,
        message: `whether the mirror of ${formatPrefix(from)} is for ${quote(image)} differs from cell to cell`,
        fix: 'write a base for each value of the axis, or a mirror for the whole registry',
      });
    }
  }
  return ok(image);
}

/** A line of `mirrors` as a config has it. */
export function parseMirror(from: string, to: string, where: string): Result<Mirror> {
  const prefix = parsePrefix(
    from,
    where,
    "write the registry, such as 'docker.io', or a path in it: 'docker.io/library'",
  );
  const target = parsePrefix(to, where, "write where the mirror is, such as 'art.corp/hub'");
  if (prefix.ok && target.ok) return ok({ from: prefix.value, to: target.value });
  return failed(...[prefix, target].flatMap((result) => (result.ok ? [] : result.problems)));
}

/** Two lines for one prefix, and mirrors that are mirrored again: a name is looked up once, so both are mistakes. */
export function checkMirrors(mirrors: readonly (Mirror & { readonly where: string })[]): readonly Problem[] {
  return mirrors.flatMap(({ from, to, where }, index): Problem[] => {
    const twin = mirrors.slice(0, index).find((other) => formatPrefix(other.from) === formatPrefix(from));
    if (twin !== undefined) {
      const message = `a second mirror of ${formatPrefix(from)}`;
      return [{ code: 'CONFIG_INVALID', where, message, fix: `keep this line or ${twin.where}` }];
    }
    const chain = followed({ from, to }, mirrors);
    const last = chain.at(-1) ?? to;
    if (chain.length === 2 && !isBelow(last, from)) return [];
    const path = chain.map(formatPrefix).join(' to ');
    return isBelow(last, from)
      ? [{ code: 'CONFIG_INVALID', where, message: `mirrors go in a circle: ${path}`, fix: 'leave one of them out' }]
      : [
          {
            code: 'CONFIG_INVALID',
            where,
            message: `a mirror that is mirrored: ${path}`,
            fix: `write '${formatPrefix(last)}'`,
          },
        ];
  });
}

/** A mirror, its mirror and so on, until none is for it or one comes again. */
function followed({ from, to }: Mirror, mirrors: readonly Mirror[]): readonly Prefix[] {
  const chain = [from, to];
  const seen = new Set<Mirror>();
  for (let at = to; !isBelow(at, from);) {
    const next = mirrors.find((other) => isBelow(at, other.from));
    if (next === undefined || seen.has(next)) break;
    seen.add(next);
    at = next.to;
    chain.push(at);
  }
  return chain;
}

/** `docker.io`, `docker.io/library`. */
export function formatPrefix({ registry, path }: Prefix): string {
  return path === '' ? registry : `${registry}/${path}`;
}

function partsOf({ registry, path }: Prefix): readonly string[] {
  return path === '' ? [registry] : [registry, ...path.split('/')];
}

function isBelow(place: Prefix, prefix: Prefix): boolean {
  return `${formatPrefix(place)}/`.startsWith(`${formatPrefix(prefix)}/`);
}

/** Unlike a repository, a prefix names its host: `hub` alone is no short form of anything. */
function parsePrefix(text: string, where: string, fix: string): Result<Prefix> {
  const [host = ''] = text.split('/', 1);
  const isHost = /[.:[]/.test(host) || isLoopback(host);
  const isAlone = !text.includes('/');
  const parsed = parseRepository(isAlone ? `${text}/name` : text, where);
  if (!parsed.ok && /^https?:\/\//i.test(text)) {
    const [problem] = parsed.problems;
    const insecure = 'leave it out; a mirror without TLS is named in registries.insecure';
    return failed({ code: 'REFERENCE_INVALID', where, message: problem?.message ?? '', fix: insecure });
  }
  if (!parsed.ok) return parsed;
  if (!isHost) {
    return failed({ code: 'REFERENCE_INVALID', where, message: `${quote(text)} does not begin with a host`, fix });
  }
  const { registry, path } = parsed.value;
  return ok({ registry, path: isAlone ? '' : writtenPath(text, path) });
}

/** As a prefix `docker.io/acme` is not `docker.io/library/acme`. */
function writtenPath(text: string, path: string): string {
  const written = text.slice(text.indexOf('/') + 1);
  return path === `library/${written}` ? written : path;
}
