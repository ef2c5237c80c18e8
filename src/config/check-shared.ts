/** Contexts that name a build of `shared`: there is one of that name, and none reads itself. */
import type { Problem } from '../domain/errors.ts';
import { sharedName } from '../domain/shared-target.ts';
import { placeOf } from './normalize-axes.ts';
import { place, unknownValue, type At } from './place.ts';
import type { BuildSpec, ImageConfig } from './types.ts';

export function checkShared(image: ImageConfig, file: string): Problem[] {
  const at: At = (...path) => place(file, path);
  const all = [...image.shared.keys()];
  const problems = [...check(image.build, at('contexts'), all)];
  for (const axis of image.axes) {
    for (const { name, build } of axis.values) {
      problems.push(...check(build, `${placeOf(axis.name, at)}.${name}.contexts`, all));
    }
  }
  for (const [index, [name, build]] of [...image.shared].entries()) {
    const own = at('shared', name, 'contexts');
    const after = [...build.contexts].filter(([, { text }]) => all.indexOf(sharedName(text) ?? '') >= index);
    for (const [key, { text }] of after) {
      const message = `${name} reads ${sharedName(text) ?? ''}, which is not above it`;
      problems.push({ code: 'CONFIG_INVALID', where: `${own}.${key}`, message, fix: 'write what is read first' });
    }
    problems.push(...check(build, own, all));
  }
  return problems;
}

function check({ contexts }: BuildSpec, where: string, known: readonly string[]): Problem[] {
  return [...contexts].flatMap(([key, { text }]) => {
    const name = sharedName(text);
    if (name === null || known.includes(name)) return [];
    if (known.length > 0) return [unknownValue('shared build', name, known, `${where}.${key}`)];
    const fix = `write shared: { ${name}: { dockerfile: '…' } }`;
    return [{ code: 'CONFIG_INVALID', where: `${where}.${key}`, message: `unknown shared build '${name}'`, fix }];
  });
}
