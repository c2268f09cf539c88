/** Whether the answer comes later. */
export function isPromise<Value>(answer: Value | PromiseLike<Value>): answer is Promise<Value> {
  return typeof (answer as Partial<PromiseLike<Value>> | null | undefined)?.then === 'function';
}
