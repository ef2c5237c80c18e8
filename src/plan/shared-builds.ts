/** Builds that cells share: which a build needs, and what each is called where it is made for some values. */
import type { TagTemplate } from '../config/tag-template.ts';
import type { BuildSpec, ImageConfig } from '../config/types.ts';
import { sharedName } from '../domain/shared-target.ts';

/** Those that a build reads, and what they read in turn, each after what it reads. */
export function sharedBuilds(build: BuildSpec, image: ImageConfig): readonly (readonly [string, BuildSpec])[] {
  const needed = new Set<string>();
  const open = [build];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { text } of next.contexts.values()) {
      const name = sharedName(text);
      const found = name === null ? undefined : image.shared.get(name);
      if (name === null || found === undefined || needed.has(name)) continue;
      needed.add(name);
      open.push(found);
    }
  }
  return [...image.shared].filter(([name]) => needed.has(name));
}

/** The same for the same values of the names that its templates use: `shared-wheel_version-2-11-5`. */
export function sharedId(name: string, image: ImageConfig, values: Readonly<Record<string, string>>): string {
  const build = image.shared.get(name);
  if (build === undefined) return `shared-${name}`;
  const specs = [build, ...sharedBuilds(build, image).map(([, spec]) => spec)];
  const used = new Set(specs.flatMap(templatesOf).flatMap((template) => [...template.names]));
  const told = [...used].sort().map((key) => `${key}-${values[key] ?? ''}`);
  return [`shared-${name}`, ...told].map((part) => part.replaceAll(/[^A-Za-z0-9-]/g, '-')).join('_');
}

/** A spec's own contexts that name a shared build have no names in them. */
function templatesOf({ dockerfile, target, context, base, args, contexts }: BuildSpec): TagTemplate[] {
  return [dockerfile, target, context, base, ...args.values(), ...contexts.values()].filter((one) => one !== null);
}
