import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EventEmitter } from 'eventemitter3';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';

const SETS = ['browser', 'portable'];

type Emitter = Pick<EventEmitter, 'on' | 'off' | 'listeners'>;

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('on', 'off', 'clear'),
    fc.constantFrom('a', 'b', '__proto__', 'constructor'),
    fc.nat({ max: 2 }),
  ),
);

test.each(SETS)('what is left of eventemitter3 in the %s set does what the whole does', async (set) => {
  const { directory } = inject('consumer');
  const path = join(directory, 'node_modules/fairlead/dist', set, 'modules/eventemitter3/index.js');
  const trimmed = (await import(pathToFileURL(path).href)) as { EventEmitter: new () => Emitter };
  const listeners = [() => 0, () => 1, () => 2];
  fc.assert(
    fc.property(steps, (sequence) => {
      const [ours, theirs]: readonly Emitter[] = [new trimmed.EventEmitter(), new EventEmitter()];
      for (const [step, event, which] of sequence) {
        for (const emitter of [ours!, theirs!]) {
          if (step === 'on') emitter.on(event, listeners[which]!);
          else emitter.off(event, step === 'off' ? listeners[which]! : undefined);
        }
        expect(ours!.listeners(event)).toEqual(theirs!.listeners(event));
      }
    }),
  );
});
