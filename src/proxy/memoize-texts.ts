/** Texts that are remembered for each function. */
const MOST_TEXTS = 64;

/** The same function of a text, which remembers what it made of the last few: settings are read for each request. */
export function memoizeTexts<Made>(make: (text: string) => Made): (text: string) => Made {
  const made = new Map<string, Made>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const one = make(text);
    made.set(text, one);
    if (made.size > MOST_TEXTS) made.delete(made.keys().next().value!);
    return one;
  };
}
