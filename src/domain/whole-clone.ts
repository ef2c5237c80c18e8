/** How a job on a CI gets a clone with every commit and git tag, behind a command that does so by hand. */
export const wholeClone = 'actions/checkout: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`';
