/**
 * The paths of both packages.
 * @throws Error that names what has to be installed
 */
export function locateQuickJs(): readonly [core: string, variant: string];
