package org.entente.gateway.feature.trace;

import io.opentelemetry.api.common.AttributeKey;

/**
 * What spans say of a message: ids, agencies, the own client, sizes and codes, which the operator
 * sees elsewhere too. Never content, a value of a label but its lane, or a person.
 */
final class TraceAttributes {
  /** Message id, 32 hex digits. */
  static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("entente.message_id");

  static final AttributeKey<String> LANE = AttributeKey.stringKey("entente.lane");

  /** The own client that publishes or subscribes. */
  static final AttributeKey<String> CLIENT = AttributeKey.stringKey("entente.client");

  /** The agency that published. */
  static final AttributeKey<String> ORIGIN = AttributeKey.stringKey("entente.origin");

  /** The agency about which evidence is. */
  static final AttributeKey<String> RECIPIENT = AttributeKey.stringKey("entente.recipient");

  /** The neighbour. */
  static final AttributeKey<String> PEER = AttributeKey.stringKey("entente.peer");

  /** Outcome of a draft, result of a hop, kind of evidence. */
  static final AttributeKey<String> RESULT = AttributeKey.stringKey("entente.result");

  /** Code of a refusal. */
  static final AttributeKey<String> CODE = AttributeKey.stringKey("entente.code");

  /** Bytes of labels and bodies before sealing, once for each agreement. */
  static final AttributeKey<Long> BYTES = AttributeKey.longKey("entente.bytes");

  /** Time that a message has waited here for its subscriber. */
  static final AttributeKey<Long> WAITED = AttributeKey.longKey("entente.waited_ms");

  private TraceAttributes() {}
}
