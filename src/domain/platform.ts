/** Platforms, `os/architecture[/variant]`; *variant* is the CPU's. */

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const platformPattern = /^(?<os>[a-z0-9]+)\/(?<architecture>[a-z0-9_]+)(?:\/(?<variant>[a-z0-9.]+))?$/;

/** @returns the platform, or `null` where the text is none */
export function parsePlatform(text: string): Platform | null {
  const groups = platformPattern.exec(text)?.groups;
  if (groups === undefined) return null;
  const { os = '', architecture = '', variant } = groups;
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** The text of a platform; arm64's default variant `v8` is left out, as Docker's tools do. */
export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`;
  if (platform.variant === undefined || platform.variant === '') return base;
  if (platform.architecture === 'arm64' && platform.variant === 'v8') return base;
  return `${base}/${platform.variant}`;
}
