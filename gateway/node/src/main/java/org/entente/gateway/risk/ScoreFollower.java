package org.entente.gateway.risk;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ScoredMessage;

/**
 * One client that follows scores. What it was sent is a prefix of what the ledger holds, so nothing
 * is kept for a client that reads slowly but a number; each page is on record before it is sent.
 * Safe for many threads.
 */
public final class ScoreFollower {
  private static final int PAGE = 100;

  private final ScorePages pages;
  private final ScoreQuery query;
  private final AuditActor actor;
  private final ScoreFollowers followers;
  private final Executor executor;
  private final ScoreSink out;
  private final Runnable wake = this::wake;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private long reached;
  private boolean begun;
  private boolean ended;

  /** Where scores go; called by one thread at a time. */
  public interface ScoreSink {
    /** Whether it takes more without queueing. When it does again it calls {@link #wake}. */
    boolean ready();

    /** Sends some. */
    void send(FollowScoresResponse response);

    /** Ends the stream, for something failed. */
    void failed(RuntimeException failure);
  }

  ScoreFollower(
      ScorePages pages,
      ScoreQuery query,
      long after,
      AuditActor actor,
      ScoreFollowers followers,
      Executor executor,
      ScoreSink out) {
    this.pages = pages;
    this.query = query;
    this.reached = after;
    this.actor = actor;
    this.followers = followers;
    this.executor = executor;
    this.out = out;
  }

  /** What wakes it after each commit. */
  Runnable waking() {
    return wake;
  }

  /** There may be more to send, or the client takes more. Quick. */
  public void wake() {
    if (!wanted.getAndSet(true)) {
      executor.execute(this::run);
    }
  }

  private synchronized void run() {
    // Whoever wakes it from here on has it run again.
    wanted.set(false);
    try {
      boolean more = begin();
      while (more && !ended && out.ready()) {
        ScorePages.Page page = pages.after(query, reached, PAGE, actor);
        reached = page.reached();
        if (!page.shown().isEmpty()) {
          send(page.shown());
        }
        more = page.more();
      }
    } catch (RuntimeException e) {
      end();
      out.failed(e);
    }
  }

  /** The client learns at once from where it goes on should it lose its connection. */
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

  /** The client is gone. */
  public synchronized void end() {
    ended = true;
    followers.remove(wake);
  }
}
