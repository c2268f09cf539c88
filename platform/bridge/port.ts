/**
 * One end of a channel of messages, as the bridge needs it. Messages arrive in order, whole, and as a structured clone makes
 * them. `portOf` makes one of every channel that is known.
 */
export interface BridgePort {
  /** What is listed as transferable when posting is handed over instead of copied. */
  readonly transfers: boolean;
  /** The port itself tells when the other side is gone. Where it does not, the sides look after each other. */
  readonly tellsClose: boolean;
  /** Begins to listen. Called once. */
  open(listener: PortListener): void;
  /** @throws where the message cannot be cloned, or the channel is closed */
  post(message: unknown, transfer: ArrayBuffer[]): void;
  /** Stops listening and lets go of the channel. Nothing is told any more. */
  close(): void;
  /**
   * Calls back when this turn of the event loop has brought what it brings, so that all of it goes in one post. Where there is
   * none: behind what runs now.
   */
  readonly afterTurn?: (callback: () => void) => void;
  /** Whether the process is to stay alive for what may come; where there is a process. */
  hold?(isHeld: boolean): void;
}

/** What a {@link BridgePort} tells. */
export interface PortListener {
  /** A whole message has arrived, as its clone. */
  message(message: unknown): void;
  /** A message has arrived that could not be read. */
  unreadable(): void;
  /** The other side is gone. At most once. */
  closed(): void;
}
