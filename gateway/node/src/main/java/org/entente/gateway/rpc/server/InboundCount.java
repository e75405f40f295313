package org.entente.gateway.rpc.server;

import java.util.function.Consumer;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.link.InboundMessages;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one call's messages that this gateway holds because the peer has not sent all of
 * them, or because the stream has not processed them. gRPC buffers a message until its last byte,
 * and gives the sender credit for more while it does; without a count, a sender of half messages
 * decides how much memory a gateway needs.
 *
 * <p>Two limits, each checked as bytes arrive: the size of one message, which is small until the
 * stream's service says otherwise; and what the account of the peer's agency may hold. A call that
 * exceeds a limit ends with a code, and no other call does. Called by the connection's thread, and
 * by the call's service.
 */
final class InboundCount implements InboundMessages {
  /** Largest message before the service allows more: a Hello needs a few hundred bytes. */
  static final int FIRST_MESSAGE_BYTES = 4 << 10;

  private static final Problem BUFFERED =
      new Problem(
          Code.LIMIT_REACHED,
          "frame",
          "the gateway holds as many unprocessed bytes of this agency as"
              + " limits.per_agency.buffered_bytes and limits.buffered_bytes allow");

  private @Nullable Account account;
  private Consumer<Problem> refuse = problem -> {};
  private long limit = FIRST_MESSAGE_BYTES;
  private long size;
  private long bytes;
  private boolean over;

  /**
   * Says whose call it is, before the call requests its first message.
   *
   * @param refusal ends the call
   */
  synchronized void belongsTo(Account caller, Consumer<Problem> refusal) {
    account = caller;
    refuse = refusal;
  }

  @Override
  public synchronized void allow(int messageBytes) {
    limit = messageBytes;
  }

  @Override
  public synchronized void processed() {
    if (account != null) {
      account.release(Holding.BUFFERED_BYTES, bytes);
    }
    bytes = 0;
  }

  /** The next message begins. */
  synchronized void begins() {
    size = 0;
  }

  /** Bytes of the message arrived. */
  void arrived(long more) {
    Problem problem = count(more);
    if (problem != null) {
      refusal().accept(problem);
    }
  }

  private synchronized Consumer<Problem> refusal() {
    return refuse;
  }

  private synchronized @Nullable Problem count(long more) {
    if (over || account == null) {
      return null;
    }
    size += more;
    over = true;
    if (size > limit) {
      return new Problem(
          Code.TOO_LARGE, "frame", "this message may have at most " + limit + " bytes");
    }
    if (!account.hold(Holding.BUFFERED_BYTES, more)) {
      return BUFFERED;
    }
    over = false;
    bytes += more;
    return null;
  }

  /**
   * The message that arrived needs this much more memory once parsed, until it was processed.
   *
   * @return the problem if the account may not hold as much
   */
  synchronized @Nullable Problem unfolds(long more) {
    if (over || account == null) {
      return null;
    }
    if (!account.hold(Holding.BUFFERED_BYTES, more)) {
      return BUFFERED;
    }
    bytes += more;
    return null;
  }

  /** The call has ended. */
  synchronized void ended() {
    over = true;
    processed();
  }
}
