package org.entente.gateway.rpc.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.entente.gateway.account.SharedRoom;
import org.jspecify.annotations.Nullable;

/**
 * Divides threads among callers, whose calls may wait for the disk or for each other: each caller
 * runs on as many as are still free ({@link SharedRoom}). What does not fit waits in its order, and
 * those with the fewest threads go first. What waits is bounded by the open calls of the caller.
 * Safe for many threads.
 */
final class SharedThreads {
  private static final class Party {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;
  }

  private final Executor threads;
  private final SharedRoom room;
  private final Map<String, Party> parties = new LinkedHashMap<>();
  private int running;

  /**
   * Divides the threads of an executor.
   *
   * @param most how many it has
   */
  SharedThreads(Executor threads, int most) {
    this.threads = threads;
    this.room = new SharedRoom(most);
  }

  /** Runs the tasks of one caller. */
  Executor of(String caller) {
    return task -> {
      synchronized (this) {
        parties.computeIfAbsent(caller, name -> new Party()).waiting.add(task);
      }
      start();
    };
  }

  private void start() {
    for (Runnable next = next(); next != null; next = next()) {
      threads.execute(next);
    }
  }

  private synchronized @Nullable Runnable next() {
    List<String> names = new ArrayList<>(parties.keySet());
    for (String name : names) {
      Party party = parties.get(name);
      Runnable task =
          party != null && room.fits(party.running, running) ? party.waiting.poll() : null;
      if (party != null && task != null) {
        party.running++;
        running++;
        // Behind the others, which may have as few.
        parties.remove(name);
        parties.put(name, party);
        return () -> run(name, party, task);
      }
    }
    return null;
  }

  private void run(String name, Party party, Runnable task) {
    try {
      task.run();
    } finally {
      ended(name, party);
      start();
    }
  }

  private synchronized void ended(String name, Party party) {
    party.running--;
    running--;
    if (party.running == 0 && party.waiting.isEmpty()) {
      parties.remove(name);
    }
  }
}
