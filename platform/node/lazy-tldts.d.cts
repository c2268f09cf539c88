export { getDomain } from 'tldts';
