package org.entente.gateway.operator;

/**
 * How far a cursor is behind the received messages. Lanes without a message that it has not passed
 * do not count.
 *
 * @param nextPosition position of the oldest kept message that it has not passed; one above the
 *     last position if there is none
 * @param messages kept messages that it has not passed, counted among the latest positions
 * @param more whether it is behind by older messages too, which are not counted
 * @param sinceMillis when the oldest of them was received, since 1970; 0 if there is none
 */
public record CursorBacklog(long nextPosition, long messages, boolean more, long sinceMillis) {
  /** The backlog over the lanes of both. */
  CursorBacklog and(CursorBacklog other) {
    CursorBacklog older = nextPosition <= other.nextPosition ? this : other;
    return new CursorBacklog(
        older.nextPosition, messages + other.messages, more || other.more, older.sinceMillis);
  }
}
