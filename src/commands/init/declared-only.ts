/** Build arguments that a bake or compose file gives and no stage of the Dockerfile declares: they change nothing. */
import type { ProjectFiles } from '../../ports.ts';
import type { LaidOut, LaidOutFlavor, LaidOutImage } from './laid-out.ts';

/** The layout without them, and a note for each Dockerfile. */
export async function declaredOnly(layout: LaidOut, files: ProjectFiles): Promise<LaidOut> {
  const unread = new Map<string, Set<string>>();
  const kept = async (flavor: LaidOutFlavor): Promise<LaidOutFlavor> => {
    const { args = new Map<string, string>(), dockerfile } = flavor;
    const text = args.size === 0 ? null : await files.read(dockerfile);
    if (text === null) return flavor;
    const declared = declaredIn(text);
    for (const name of args.keys())
      if (!declared.has(name)) unread.set(dockerfile, (unread.get(dockerfile) ?? new Set()).add(name));
    return { ...flavor, args: new Map([...args].filter(([name]) => declared.has(name))) };
  };
  const images = await Promise.all(
    layout.images.map(async (image): Promise<LaidOutImage> => ({
      ...image,
      flavors: await Promise.all(image.flavors.map(kept)),
    })),
  );
  const notes = [...unread].map(
    ([path, names]) => `${path} declares no ARG ${[...names].join(', ')}: left out of args, for no stage would read it`,
  );
  return { images, notes: [...layout.notes, ...notes] };
}

/** Names after `ARG`, of which one line may have several. */
function declaredIn(dockerfile: string): ReadonlySet<string> {
  const whole = dockerfile.replaceAll(/\\\r?\n/g, ' ');
  const lines = whole.match(/^[ \t]*ARG[ \t]+[^\n]+/gim) ?? [];
  return new Set(lines.flatMap((line) => line.trim().split(/\s+/).slice(1)).map((word) => word.split('=')[0] ?? ''));
}
