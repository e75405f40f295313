package org.entente.loadtests.scenario.action;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;

/**
 * A client of an agency, written {@code sg.police/desk}.
 *
 * @param agency its agency
 * @param client its name there
 */
public record ClientRef(String agency, String client) implements Comparable<ClientRef> {
  /** Reads its text form. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ClientRef of(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new InvalidValue("a client is named AGENCY/CLIENT", text);
    }
    return new ClientRef(
        new AgencyName(text.substring(0, slash)).value(),
        new NodeName(text.substring(slash + 1)).value());
  }

  @Override
  public int compareTo(ClientRef other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return agency + "/" + client;
  }
}
