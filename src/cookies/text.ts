/** A name and a value that a Cookie field carries as they are, and that no server takes for another cookie. */
export function hasSendableText({ name, value }: { readonly name: string; readonly value: string }): boolean {
  if (!isText(name) || !isText(value)) return false;
  return name === '' ? value !== '' && !value.includes('=') : !name.includes('=');
}

/** Text that a parser would take from a field as it is: nothing that ends it, no white space around it. */
export function isText(text: string): boolean {
  return !isSpace(text.charCodeAt(0)) && !isSpace(text.charCodeAt(text.length - 1)) && !NOT_TEXT.test(text);
}

/** A control character other than HTAB, a semicolon, or what is no byte. */
const NOT_TEXT = /[^\t\x20-\x3a\x3c-\x7e\x80-\xff]/;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
