package org.entente.gateway.feature.operator;

/**
 * The backlog of a cursor behind the received messages. Lanes whose messages it has all passed do
 * not count.
 *
 * @param nextPosition position of the oldest kept message that it has not passed; one above the
 *     last position if there is none
 * @param messages kept messages that it has not passed, counted within the latest positions
 * @param more whether there are older messages that it has not passed, which are not counted
 * @param sinceMillis when the oldest of them was received, in milliseconds since 1970; 0 if there
 *     is none
 */
public record CursorBacklog(long nextPosition, long messages, boolean more, long sinceMillis) {
  /** Combines the backlogs of two lanes. */
  CursorBacklog and(CursorBacklog other) {
    CursorBacklog older = nextPosition <= other.nextPosition ? this : other;
    return new CursorBacklog(
        older.nextPosition, messages + other.messages, more || other.more, older.sinceMillis);
  }
}
