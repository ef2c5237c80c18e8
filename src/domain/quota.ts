import { count } from './count.ts';

/** What a registry said is left of its rate limit. */
export interface Quota {
  readonly remaining: number;
  /** How far it has fallen since the first answer; 0 where our requests are not counted (HEAD on Docker Hub). */
  readonly spent: number;
}

/** Requests of a rate limit that are left to whoever comes next. */
export const quotaReserve = 10;

/** Why nothing more is asked; `null` while enough is left, or where our requests are not counted at all. */
export function whyNotAsked(quota: Quota | null, reserve: number = quotaReserve): string | null {
  if (quota === null || quota.spent === 0 || quota.remaining > reserve) return null;
  return `not asked: ${count(quota.remaining, 'request is', 'requests are')} left of the registry's rate limit; try again later, or log in`;
}
