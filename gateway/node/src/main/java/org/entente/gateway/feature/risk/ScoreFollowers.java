package org.entente.gateway.feature.risk;

import java.util.ArrayList;
import java.util.List;

/**
 * The clients that follow scores, limited for each client and in total. Safe for use by several
 * threads.
 */
final class ScoreFollowers {
  static final int MAX_OF_A_CLIENT = 8;
  static final int MAX = 200;

  private record Follower(String client, Runnable wake) {}

  private final List<Follower> followers = new ArrayList<>();

  /** Registers a task to run after each commit of a score; false if there is no room. */
  synchronized boolean add(String client, Runnable wake) {
    long own = followers.stream().filter(it -> it.client().equals(client)).count();
    if (own >= MAX_OF_A_CLIENT || followers.size() >= MAX) {
      return false;
    }
    followers.add(new Follower(client, wake));
    return true;
  }

  /** Removes a task. */
  synchronized void remove(Runnable wake) {
    followers.removeIf(it -> it.wake() == wake);
  }

  /** Wakes all followers for a new score. Runs on the writer's thread, so waking must be quick. */
  void wake() {
    List<Follower> all;
    synchronized (this) {
      all = List.copyOf(followers);
    }
    all.forEach(it -> it.wake().run());
  }
}
