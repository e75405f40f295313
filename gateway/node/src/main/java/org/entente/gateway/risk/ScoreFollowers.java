package org.entente.gateway.risk;

import java.util.ArrayList;
import java.util.List;

/** Those who follow scores, bounded for each client and together. Safe for many threads. */
final class ScoreFollowers {
  static final int MAX_OF_A_CLIENT = 8;
  static final int MAX = 200;

  private record Follower(String client, Runnable wake) {}

  private final List<Follower> followers = new ArrayList<>();

  /** Has somebody woken after each commit of a score; whether there was room. */
  synchronized boolean add(String client, Runnable wake) {
    long own = followers.stream().filter(it -> it.client().equals(client)).count();
    if (own >= MAX_OF_A_CLIENT || followers.size() >= MAX) {
      return false;
    }
    followers.add(new Follower(client, wake));
    return true;
  }

  /** Not any more. */
  synchronized void remove(Runnable wake) {
    followers.removeIf(it -> it.wake() == wake);
  }

  /** There is a new score. On the writer's thread, so wakening is quick. */
  void wake() {
    List<Follower> all;
    synchronized (this) {
      all = List.copyOf(followers);
    }
    all.forEach(it -> it.wake().run());
  }
}
