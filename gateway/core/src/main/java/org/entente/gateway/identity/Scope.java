package org.entente.gateway.identity;

import java.util.Arrays;
import java.util.Locale;
import org.entente.gateway.model.InvalidValue;

/** What a client may be allowed to do; written in lower case in configuration. */
public enum Scope {
  /** Hand messages to the gateway. */
  PUBLISH,
  /** Receive what the agency was sent. */
  SUBSCRIBE,
  /** Find received messages again and open them, for a person and a reason. */
  SEARCH,
  /** Watch for identifiers in what is received. */
  WATCH,
  /** Say how risky received messages are. */
  SCORE,
  /** Ask what became of messages. */
  EVIDENCE,
  /** Release what waits for a second person. */
  RELEASE,
  /** See which requests the agency owes an answer to, and say what answers them. */
  RESPOND,
  /** Ask originators for consent to passing on, and consent for the agency. */
  CONSENT,
  /** Take messages of the agency back. */
  RECALL,
  /** Say who here acts on a received message, and see who elsewhere acts on what was sent. */
  TASK,
  /** Erase received messages, and hold them beyond their retention. */
  RETENTION,
  /** Found, lead and look into joint operations. */
  OPERATE_JOINTLY,
  /** Read the audit log. */
  AUDIT,
  /** Operate the gateway. */
  OPERATOR,
  /** Keep recordations of intellectual property rights, and act in the cases under them. */
  IPR,
  /** See and answer what concerns the own rights, and nothing else; goes with no other scope. */
  RIGHTS_HOLDER;

  /**
   * The scope of this name in lower case.
   *
   * @throws InvalidValue for any other text
   */
  public static Scope parse(String text) {
    return Arrays.stream(values())
        .filter(scope -> scope.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> new InvalidValue("a scope is one of " + Arrays.asList(values()), text));
  }

  /** The name in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
