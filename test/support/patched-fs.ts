import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type AnyFunction = (...parameters: never[]) => unknown;

/**
 * Changes functions of `node:fs` for all modules of the process, which see the new ones at once. Returns the function that
 * puts the real ones back.
 */
export function patchFs<Target extends object>(target: Target, functions: Partial<Target>): () => void {
  const real = new Map<keyof Target, unknown>();
  for (const name of Object.keys(functions) as (keyof Target)[]) {
    real.set(name, target[name]);
    target[name] = functions[name]!;
  }
  syncBuiltinESMExports();
  return () => {
    for (const [name, value] of real) target[name] = value as Target[typeof name];
    syncBuiltinESMExports();
  };
}

/** An error as the system gives it. */
export function systemError(code: string, syscall = 'fake'): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall });
}

/** Lets a function of `fs.promises` fail so many times with that code, where the first parameter fits. */
export function failing(
  name: 'rename' | 'unlink' | 'open' | 'readdir' | 'mkdir' | 'rm',
  code: string,
  times: number,
  concerns: (path: string) => boolean = () => true,
): () => void {
  const real = fs.promises[name] as AnyFunction;
  let left = times;
  const fake = async (...parameters: never[]): Promise<unknown> => {
    if (left > 0 && concerns(String(parameters[0]))) {
      left--;
      throw systemError(code, name);
    }
    return real.apply(fs.promises, parameters);
  };
  return patchFs(fs.promises, { [name]: fake } as never);
}
