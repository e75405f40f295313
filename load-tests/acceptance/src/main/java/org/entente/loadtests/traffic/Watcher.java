package org.entente.loadtests.traffic;

import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Outcome;

/** Listener for events of the traffic. Called from many threads; must not block for long. */
public interface Watcher {
  /** Ignores all events. */
  Watcher NONE = new Watcher() {};

  /** The gateway answered a publication. */
  default void answered(Publication publication, Outcome outcome) {}

  /** A publication failed permanently. */
  default void failed(Publication publication, String why) {}

  /** A subscriber received a message, for the first time or again. */
  default void received(String agency, Delivery delivery, boolean again) {}

  /** A client lost its gateway and retries. */
  default void retrying(String agency, String what) {}
}
