package org.entente.gateway.identity;

import java.util.Arrays;
import java.util.Locale;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;

/** Rights that a node's configuration can grant a client, written there in lower case. */
public enum Scope {
  /** Hand messages to the gateway. */
  PUBLISH,
  /** Receive what the agency was sent. */
  SUBSCRIBE,
  /** Search received messages and open them, for a person and a reason. */
  SEARCH,
  /** Watch for identifiers in received messages. */
  WATCH,
  /** Score the risk of received messages. */
  SCORE,
  /** Read the evidence of what happened to messages. */
  EVIDENCE,
  /** Release messages that wait for a second person. */
  RELEASE,
  /** See the requests that the agency must answer, and register the systems that answer them. */
  RESPOND,
  /**
   * Request originators' consent to passing on, and decide on requests for the agency's consent.
   */
  CONSENT,
  /** Recall messages of the agency. */
  RECALL,
  /**
   * Assign received messages within the agency, and see the assignments of sent messages elsewhere.
   */
  TASK,
  /** Erase received messages, and hold them beyond their retention. */
  RETENTION,
  /** Found, lead and view joint operations. */
  OPERATE_JOINTLY,
  /** Read the audit log. */
  AUDIT,
  /** Operate the gateway. */
  OPERATOR,
  /** Keep recordations of intellectual property rights, and act in the cases under them. */
  IPR,
  /** See and answer matters of the client's own rights; excludes every other scope. */
  RIGHTS_HOLDER;

  /**
   * The scope of this name in lower case.
   *
   * @throws InvalidValue for any other text, naming the valid scopes
   */
  public static Scope parse(String text) {
    return Arrays.stream(values())
        .filter(scope -> scope.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidValue(
                    "scope \"%s\" %s"
                        .formatted(
                            InvalidValue.printable(text),
                            NameSuggestion.noneOf(
                                text, Arrays.stream(values()).map(Scope::toString).toList()))));
  }

  /** The name in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
