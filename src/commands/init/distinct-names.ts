import { imageName, type LaidOutFlavor, type LaidOutImage } from './laid-out.ts';

/** Two images of one name, or two flavors of an image, would be one key of the config, and the first one lost. */
export function distinctNames(images: readonly LaidOutImage[]): LaidOutImage[] {
  const isTwice = (name: string): boolean => images.filter((image) => image.name === name).length > 1;
  const taken = new Set<string>();
  return images.map((image): LaidOutImage => {
    const name = freeName(isTwice(image.name) ? longerName(image) : image.name, taken);
    return { ...image, name, flavors: distinctFlavors(image.flavors) };
  });
}

/** By the repository that a file names, else by the whole path of the folder. */
function longerName({ repository, flavors: [flavor], name }: LaidOutImage): string {
  const long = imageName(repository?.split('/').at(-1) ?? flavor?.context ?? name);
  return long === 'image' ? name : long;
}

function distinctFlavors(flavors: readonly LaidOutFlavor[]): LaidOutFlavor[] {
  const taken = new Set<string>();
  return flavors.map((flavor) => {
    // Folders of several series are one flavor.
    if (flavor.series !== null) return flavor;
    const name = freeName(flavor.name, taken);
    return name === flavor.name ? flavor : { ...flavor, name, suffix: `-${name}` };
  });
}

function freeName(wish: string, taken: Set<string>): string {
  let name = wish;
  for (let number = 2; taken.has(name); number += 1) name = `${wish}-${number}`;
  taken.add(name);
  return name;
}
