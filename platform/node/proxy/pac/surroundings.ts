/** What a script asks of the machine, which takes its time. */
export interface PacQuestions {
  /** The addresses of a name; none where it has none. */
  lookUp(host: string): Promise<readonly string[]>;
  /** The addresses of this machine: the one by which it reaches the network first. */
  ownAddresses(): Promise<readonly string[]>;
}

/** This machine. What it is asked by is loaded with the first question: few applications have a PAC file. */
export const thisMachine: PacQuestions = {
  async lookUp(host) {
    const { lookup } = process.getBuiltinModule('node:dns').promises;
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  },
  async ownAddresses() {
    const { networkInterfaces } = process.getBuiltinModule('node:os');
    const found = Object.values(networkInterfaces()).flat();
    const others = found.flatMap((one) => (one === undefined || one.internal ? [] : [one.address]));
    const first = await addressTowards('8.8.8.8').catch(() => null);
    return first === null ? others : [first, ...others.filter((address) => address !== first)];
  },
};

/** The address from which a packet would go there. Connecting a socket of UDP asks for the way and sends nothing. */
function addressTowards(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = process.getBuiltinModule('node:dgram').createSocket('udp4');
    const end = (error: Error | null): void => {
      const address = error === null ? socket.address().address : '';
      socket.close();
      if (error === null) resolve(address);
      else reject(error);
    };
    socket.once('error', end);
    socket.connect(53, host, () => end(null));
  });
}
