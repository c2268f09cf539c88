import { showCaller } from './caller-stack.ts';

/** What no constructor of Response can be told. */
export interface ResponseFacts {
  readonly type: ResponseType;
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  /** What the stream of the body has failed with, once it has. */
  readonly failure: () => { readonly reason: unknown } | null;
}

const facts = new WeakMap<Response, ResponseFacts>();

/** Makes a Response of the platform that of a fetch. It stays what it is inside. */
export function asFetchResponse(response: Response, known: ResponseFacts): Response {
  facts.set(response, known);
  return Object.setPrototypeOf(response, prototypeOver(Object.getPrototypeOf(response)));
}

/** By what they extend: the platform's, and those of frameworks that have put a Response of their own in its place. */
const prototypes = new WeakMap<object, Response>();

function prototypeOver(platform: Response): Response {
  const made = prototypes.get(platform) ?? makePrototype(platform);
  prototypes.set(platform, made);
  return made;
}

function makePrototype(platform: Response): Response {
  // Stands for what has made the platform's, until its prototype is put in place below: `super` is that.
  class Platform {}
  class FetchResponse extends (Platform as typeof Response) {
    override get type(): ResponseType {
      return facts.get(this)!.type;
    }
    override get url(): string {
      return facts.get(this)!.url;
    }
    override get redirected(): boolean {
      return facts.get(this)!.redirected;
    }
    override get status(): number {
      return facts.get(this)!.status;
    }
    override get ok(): boolean {
      return this.status >= 200 && this.status <= 299;
    }
    /** What a server has said cannot be changed (WHATWG Fetch: their guard is "immutable"). */
    override get headers(): Headers {
      return immutable(super.headers);
    }
    override clone(): Response {
      return asFetchResponse(super.clone(), facts.get(this)!);
    }
    override text(): Promise<string> {
      return read(this, super.text());
    }
    override json(): Promise<unknown> {
      return read(this, super.json());
    }
    override blob(): Promise<Blob> {
      return read(this, super.blob());
    }
    override formData(): Promise<FormData> {
      return read(this, super.formData());
    }
    override arrayBuffer(): Promise<ArrayBuffer> {
      return read(this, super.arrayBuffer());
    }
    override bytes(): Promise<Uint8Array<ArrayBuffer>> {
      // Not every platform has it.
      return this.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    }
  }
  // What they are made by is the platform's.
  Reflect.deleteProperty(FetchResponse.prototype, 'constructor');
  return Object.setPrototypeOf(FetchResponse.prototype, platform);
}

/** Browsers have an error of their own for each failure of a stream that they read: the cause, and aborts, would be lost. */
async function read<Value>(response: Response, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    const failure = facts.get(response)!.failure();
    if (failure === null) throw error;
    // A reason of the application's own stays as it is.
    if (failure.reason instanceof TypeError) showCaller(failure.reason, read);
    throw failure.reason;
  }
}

function immutable(headers: Headers): Headers {
  if (Object.hasOwn(headers, 'append')) return headers;
  for (const name of ['append', 'delete', 'set'])
    Object.defineProperty(headers, name, { value: refuseChange });
  return headers;
}

function refuseChange(): never {
  throw new TypeError('the headers of this Response are immutable; make a new Response to change them');
}
