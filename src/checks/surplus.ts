/**
 * What another client takes as one more argument (options, most often) would be lost without a word.
 * @param instead where options belong
 * @throws TypeError when there is one
 */
export function refuseSurplus(
  method: string,
  surplus: readonly unknown[],
  instead = `belong to the request, as in ${method}({ url, headers })`,
): void {
  if (surplus.length === 0) return;
  throw new TypeError(`${method}(): one argument too many; options ${instead}`);
}
