package org.entente.gateway.feature.risk;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ScoredMessage;

/**
 * A client's stream of scores. The scores sent are a prefix of those in the ledger, so a slow
 * client needs only a stored number. Each page is recorded before it is sent. Safe for use by
 * several threads.
 */
public final class ScoreFollower {
  private static final int PAGE = 100;

  private final ScorePages pages;
  private final ScoreQuery query;
  private final AuditActor actor;
  private final ScoreFollowers followers;
  private final ScoreSink out;
  private final Runnable wake = this::wake;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private long reached;
  private boolean begun;
  private boolean owes;
  private boolean ended;

  /** Receives scores; called by one thread at a time. */
  public interface ScoreSink {
    /**
     * Whether it accepts more without queueing. When it becomes ready again it calls {@link #wake}.
     */
    boolean ready();

    /**
     * Runs the next turn on a thread for the client.
     *
     * @param pays whether the client pays for a page first, and its turn waits while it owes too
     *     much
     */
    void schedule(Runnable turn, boolean pays);

    /** Sends scores. */
    void send(FollowScoresResponse response);

    /** Ends the stream after a failure. */
    void failed(RuntimeException failure);
  }

  ScoreFollower(
      ScorePages pages,
      ScoreQuery query,
      long after,
      AuditActor actor,
      ScoreFollowers followers,
      ScoreSink out) {
    this.pages = pages;
    this.query = query;
    this.reached = after;
    this.actor = actor;
    this.followers = followers;
    this.out = out;
  }

  /** The task that wakes it after each commit. */
  Runnable waking() {
    return wake;
  }

  /** Call it when there may be more to send, or the client accepts more. Returns quickly. */
  public void wake() {
    if (!wanted.getAndSet(true)) {
      out.schedule(this::run, /* pays= */ false);
    }
  }

  private synchronized void run() {
    if (owes) {
      owes = false;
      out.schedule(this::run, /* pays= */ true);
      return;
    }
    // A wake-up from here on causes another run.
    wanted.set(false);
    try {
      if (begin() && !ended && out.ready()) {
        ScorePages.Page page = pages.after(query, reached, PAGE, actor);
        reached = page.reached();
        if (!page.shown().isEmpty()) {
          send(page.shown());
        }
        if (page.more()) {
          // Others go between two pages. The client pays for the next, whatever woke it.
          owes = true;
          wake();
        }
      }
    } catch (RuntimeException e) {
      end();
      out.failed(e);
    }
  }

  /** Tells the client immediately where to resume if it loses its connection. */
  private boolean begin() {
    if (!begun && !ended && out.ready()) {
      begun = true;
      send(List.of());
    }
    return begun;
  }

  private void send(List<ScoredMessage> scores) {
    out.send(FollowScoresResponse.newBuilder().addAllScores(scores).setReached(reached).build());
  }

  /** Call it when the client is gone. */
  public synchronized void end() {
    ended = true;
    followers.remove(wake);
  }
}
