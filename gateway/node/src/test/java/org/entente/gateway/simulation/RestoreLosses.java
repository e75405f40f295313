package org.entente.gateway.simulation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger that was set back in a run has forgotten, and which therefore cannot be asked
 * for: drafts that its clients handed in after the copy was made, messages that it received after
 * that, and evidence of what went on before it was lost. All else is still owed, to it and by it.
 */
final class RestoreLosses {
  private final List<SimPublisher> publishers;
  private final Set<MessageId> received = new HashSet<>();
  private final Set<MessageId> copied = new HashSet<>();
  private final Set<String> accepted = new HashSet<>();
  private final Set<String> sent = new HashSet<>();
  private final Set<String> handedIn = new HashSet<>();
  private @Nullable AgencyName node;

  /**
   * No ledger was set back yet.
   *
   * @param publishers all of them
   */
  RestoreLosses(List<SimPublisher> publishers) {
    this.publishers = publishers;
  }

  /**
   * A copy of a node's ledger was made.
   *
   * @param inbox what it had received
   */
  void copied(AgencyName agency, Set<MessageId> inbox) {
    copied.addAll(inbox);
    for (SimPublisher publisher : publishers) {
      if (publisher.node().agency().equals(agency)) {
        publisher.accepted().forEach(one -> accepted.add(one.key()));
      }
    }
  }

  /**
   * A node's ledger is set back to the copy.
   *
   * @param inbox what it has received
   */
  void lost(AgencyName agency, Set<MessageId> inbox) {
    node = agency;
    received.addAll(inbox);
    received.removeAll(copied);
    for (SimPublisher publisher : publishers) {
      handedIn.addAll(publisher.handedIn());
      if (publisher.node().agency().equals(agency)) {
        sent.addAll(publisher.handedIn());
        sent.removeAll(accepted);
      }
    }
  }

  /** Whether the node may have forgotten a draft: it need not arrive, and may be taken twice. */
  boolean sent(String key) {
    return sent.contains(key);
  }

  /** Whether the node has forgotten a message that had come to it. */
  boolean received(String recipient, MessageId id) {
    return is(recipient) && received.contains(id);
  }

  /** Whether evidence about a draft may be gone. */
  boolean evidence(String key, AgencyName origin, String recipient) {
    return handedIn.contains(key) && (is(origin.value()) || is(recipient));
  }

  private boolean is(String agency) {
    return node != null && node.value().equals(agency);
  }
}
