package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Who reacted when to which message, on one clock. A reaction may be noted before it is known how
 * the message is called and when it was published. Safe for many threads.
 */
public final class Reactions {
  /**
   * One reaction.
   *
   * @param message name of the message
   * @param who client or person
   * @param what what was done
   * @param milliseconds since the call began that published the message
   */
  public record Reaction(String message, String who, String what, long milliseconds) {}

  private record Noted(ByteString id, String who, String what, long at) {}

  private record Begun(String name, long at) {}

  private final Map<ByteString, Begun> begun = new HashMap<>();
  private final List<Noted> noted = new ArrayList<>();

  synchronized void begun(ByteString id, String name, long at) {
    begun.putIfAbsent(id, new Begun(name, at));
  }

  public synchronized void note(ByteString id, String who, String what) {
    noted.add(new Noted(id, who, what, System.nanoTime()));
  }

  /** All reactions to messages that the scenario published, in the order in which they came. */
  public synchronized List<Reaction> all() {
    List<Reaction> all = new ArrayList<>();
    for (Noted one : noted) {
      Begun message = begun.get(one.id());
      if (message != null) {
        long millis = TimeUnit.NANOSECONDS.toMillis(one.at() - message.at());
        all.add(new Reaction(message.name(), one.who(), one.what(), millis));
      }
    }
    return all;
  }
}
