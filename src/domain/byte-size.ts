/** Sizes as people write and read them: `8GB`, `1.5 GiB`. */

const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** @returns bytes; `null` if the text is not a size */
export function parseByteSize(text: string): number | null {
  const found = /^(?<number>\d{1,6}(?:\.\d{1,3})?) ?(?<unit>[kKMGT]?i?B)$/.exec(text)?.groups;
  const unit = units[found?.['unit'] ?? ''];
  return unit === undefined ? null : Math.round(Number(found?.['number']) * unit);
}

/** `151 MB`, as registries and Docker show it: powers of ten, three digits. */
export function formatByteSize(bytes: number): string {
  const [unit, value] = (['TB', 'GB', 'MB', 'kB'] as const)
    .map((name) => [name, bytes / (units[name] ?? 1)] as const)
    .find(([, size]) => size >= 0.9995) ?? ['B', bytes];
  const digits = unit === 'B' || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

const encoder = new TextEncoder();

/** How many bytes a text is in UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength;
}
