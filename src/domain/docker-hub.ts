/**
 * "Exceeded max number of characters" is what the API says above 25,000, and others counted bytes: below both.
 *
 * @see https://github.com/christian-korneck/docker-pushrm/issues/28
 * @see https://github.com/peter-evans/dockerhub-description/issues/69
 */
export const overviewBytes = 24_999;
