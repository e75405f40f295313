package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reactions to messages, by one clock. A reaction may be noted before the name and the publication
 * time of its message are known. Thread-safe.
 */
public final class Reactions {
  /**
   * One reaction.
   *
   * @param message name of the message
   * @param who client or person
   * @param what the reaction
   * @param milliseconds since the start of the call that published the message
   */
  public record Reaction(String message, String who, String what, long milliseconds) {}

  private record NotedReaction(ByteString id, String who, String what, long at) {}

  private record StartedReaction(String name, long at) {}

  private final Map<ByteString, StartedReaction> begun = new HashMap<>();
  private final List<NotedReaction> noted = new ArrayList<>();

  synchronized void begun(ByteString id, String name, long at) {
    begun.putIfAbsent(id, new StartedReaction(name, at));
  }

  public synchronized void note(ByteString id, String who, String what) {
    noted.add(new NotedReaction(id, who, what, System.nanoTime()));
  }

  /** All reactions to messages of the scenario, in order of time. */
  public synchronized List<Reaction> all() {
    List<Reaction> all = new ArrayList<>();
    for (NotedReaction one : noted) {
      StartedReaction message = begun.get(one.id());
      if (message != null) {
        long millis = TimeUnit.NANOSECONDS.toMillis(one.at() - message.at());
        all.add(new Reaction(message.name(), one.who(), one.what(), millis));
      }
    }
    return all;
  }
}
