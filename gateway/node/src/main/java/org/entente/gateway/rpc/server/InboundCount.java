package org.entente.gateway.rpc.server;

import java.util.function.Consumer;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.link.InboundMessages;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one call's messages that this gateway holds because the caller has not sent all of
 * them, or because its call has not processed them. gRPC buffers a message until its last byte, and
 * gives the sender credit for more while it does; without a count, a sender of half messages
 * decides how much memory a gateway needs.
 *
 * <p>Two limits, each checked as bytes arrive: the size of one message, which is small until the
 * stream's service says otherwise; and what the account of the caller may hold. A call that exceeds
 * a limit ends with a code, and no other call does. A stream of a client does not end because whole
 * messages fill the account: the stream's window bounds these, so its bytes count apart, and only
 * until their message is whole. Called by the connection's thread, and by the call's service.
 */
final class InboundCount implements InboundMessages {
  /** Largest message before the service allows more: a Hello needs a few hundred bytes. */
  static final int FIRST_MESSAGE_BYTES = 4 << 10;

  /** Messages up to this size are short: about twenty receipts. Most envelopes are longer. */
  static final int SHORT_MESSAGE_BYTES = 1 << 10;

  /** Answers up to this size do not count. */
  private static final int SHORT_ANSWER_BYTES = 64 << 10;

  /** The problem of an agency whose account is full. */
  static final Problem OF_AGENCY =
      new Problem(
          Code.LIMIT_REACHED,
          "frame",
          "the gateway holds as many unprocessed bytes of this agency as"
              + " limits.per_agency.buffered_bytes and limits.buffered_bytes allow");

  /** The problem of a client whose account is full. */
  static final Problem OF_CLIENT =
      new Problem(
          Code.OVERLOADED,
          "",
          "the requests in progress of this client, or of all, and the answers that it has not"
              + " taken need as much memory as"
              + " limits.per_client.buffered_bytes and limits.buffered_bytes allow; slow down");

  private @Nullable Account account;
  private Problem full = OF_AGENCY;
  private @Nullable Consumer<Problem> refuse;
  private long limit = FIRST_MESSAGE_BYTES;
  private long size;
  private long bytes;
  private long answers;
  private boolean untilWhole;
  private long incomplete;
  private boolean over;

  /** Whether a short message arrived, and nothing was run since. */
  private boolean hasShort;

  /** The network thread that handles a short message. */
  private volatile @Nullable Thread networkThread;

  /**
   * Says whose call it is, before the call requests its first message.
   *
   * @param problem of a full account
   * @param refusal ends the call
   */
  synchronized void belongsTo(Account caller, Problem problem, Consumer<Problem> refusal) {
    account = caller;
    full = problem;
    refuse = refusal;
  }

  /** Says that arriving bytes count only until their message is whole, as on a client's stream. */
  synchronized void untilWhole() {
    untilWhole = true;
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

  /** The message arrived to its last byte. */
  synchronized void whole() {
    hasShort = size <= SHORT_MESSAGE_BYTES;
    if (account != null && incomplete > 0) {
      account.release(Holding.INCOMPLETE_BYTES, incomplete);
    }
    incomplete = 0;
  }

  /**
   * Whether this thread may run what came: a short message, which it has just received. If so, this
   * is the network thread until {@link #leavesNetworkThread}.
   */
  boolean takesShort() {
    synchronized (this) {
      if (!hasShort) {
        return false;
      }
      hasShort = false;
    }
    networkThread = Thread.currentThread();
    return true;
  }

  void leavesNetworkThread() {
    networkThread = null;
  }

  @Override
  public boolean isOnNetworkThread() {
    return networkThread == Thread.currentThread();
  }

  /** Bytes of the message arrived. */
  void arrived(long more) {
    Problem problem = count(more);
    Consumer<Problem> refusal = refusal();
    if (problem != null && refusal != null) {
      refusal.accept(problem);
    }
  }

  private synchronized @Nullable Consumer<Problem> refusal() {
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
    if (!account.hold(untilWhole ? Holding.INCOMPLETE_BYTES : Holding.BUFFERED_BYTES, more)) {
      return full;
    }
    over = false;
    if (untilWhole) {
      incomplete += more;
    } else {
      bytes += more;
    }
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
      return full;
    }
    bytes += more;
    return null;
  }

  /**
   * The call has an answer of this size, which takes memory until the caller has taken it. A short
   * one always may: what it reports may have been done.
   *
   * @return the problem if the account may not hold as much
   */
  synchronized @Nullable Problem answers(long size) {
    if (size <= SHORT_ANSWER_BYTES || over || account == null) {
      return null;
    }
    if (!account.hold(Holding.BUFFERED_BYTES, size)) {
      return full;
    }
    answers += size;
    return null;
  }

  /** The caller has taken the answers of its stream, all but a few KiB. */
  synchronized void taken() {
    if (account != null) {
      account.release(Holding.BUFFERED_BYTES, answers);
    }
    answers = 0;
  }

  /** The call has ended. */
  synchronized void ended() {
    over = true;
    processed();
    whole();
    taken();
  }
}
