const opened: Tab[] = [];

/** A page in a tab that has nothing of this one but its origin: with `noopener` it is a browsing context group of its own. */
export class Tab {
  readonly #id = crypto.randomUUID();
  readonly #url: string;
  #number = 0;

  private constructor(page: string, name: string) {
    this.#url = `/tab/${page}?${this.#id}&${name}`;
  }

  /** @param page of those under `/tab/` (`tab-site.ts`), which is given that name. */
  static async open(page: string, name: string): Promise<Tab> {
    const tab = new Tab(page, name);
    opened.push(tab);
    await tab.#after('shown', () => void window.open(tab.#url, '_blank', 'noopener'));
    return tab;
  }

  static async endAll(): Promise<void> {
    for (const tab of opened.splice(0)) await tab.end();
  }

  ask(command: string, ...args: unknown[]): Promise<unknown> {
    return this.#ask('page', command, args);
  }

  /** Goes to another page. */
  async leave(): Promise<void> {
    await this.#after('left', () => void this.ask('go', `/tab/page?${this.#id}&away`).catch(() => {}));
  }

  /** Goes back to the page. @returns whether it is the same that was left, out of the back-forward cache */
  async back(): Promise<boolean> {
    const { persisted } = await this.#after(
      'shown',
      () => void this.#ask('away', 'back', []).catch(() => {}),
    );
    return persisted as boolean;
  }

  async reload(): Promise<void> {
    await this.#after('shown', () => void this.ask('reload').catch(() => {}));
  }

  async end(): Promise<void> {
    // Whether a script may close a tab is the engine's affair: the browser does, at last.
    await this.ask('end');
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`tab/${this.#id}`)) localStorage.removeItem(key);
    }
  }

  async #ask(page: string, command: string, args: unknown[]): Promise<unknown> {
    const number = ++this.#number;
    const { value, error } = await this.#after(
      'answer',
      () => localStorage.setItem(`tab/${this.#id}/${page}`, JSON.stringify({ number, command, args })),
      (answer) => answer.number === number,
    );
    if (error !== undefined) throw new Error(error as string);
    return value;
  }

  #after(
    what: string,
    begin: () => void,
    isIt: (told: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const hear = ({ key, newValue }: StorageEvent): void => {
        if (key !== `tab/${this.#id}/${what}` || newValue === null) return;
        const told = JSON.parse(newValue);
        if (!isIt(told)) return;
        removeEventListener('storage', hear);
        resolve(told);
      };
      addEventListener('storage', hear);
      begin();
    });
  }
}
