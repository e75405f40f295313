package org.entente.gateway.trace;

import com.google.protobuf.ByteString;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Follows single messages through this gateway, for traces. The methods do nothing unless a feature
 * implements them, and then nothing for messages that are not traced: those whose label has no
 * {@code traceparent}. They are called on the path of messages, so they neither block nor throw,
 * and do no I/O. Times are those of {@link System#nanoTime}. Safe for use by several threads.
 */
public interface MessageTracer {
  /** Traces nothing. */
  MessageTracer OFF = new MessageTracer() {};

  /**
   * A client's draft is about to be decided on.
   *
   * @param attempt identifies the attempt until {@link #ended}
   * @param traceparent the client's span as it wrote it; empty if it has none
   * @return this gateway's span, for the label of the message; empty if it is not traced
   */
  default String begun(Object attempt, NodeName client, Label label, String traceparent) {
    return "";
  }

  /** Policy has decided on a draft. */
  default void decided(Object attempt) {}

  /**
   * An attempt is over. Without effect if it is not traced.
   *
   * @param outcome its outcome; null if the ledger failed
   */
  default void ended(Object attempt, @Nullable Outcome outcome) {}

  /**
   * A traced message is sealed.
   *
   * @param began when the sealing of its round began
   * @param bytes bytes of its labels and bodies
   */
  default void sealed(MessageId message, String traceparent, long began, long bytes) {}

  /**
   * Traced and other messages lie in one envelope, which is not committed yet.
   *
   * @param headerHash names the envelope, 32 bytes
   */
  default void enclosed(ByteString headerHash, List<MessageId> messages) {}

  /**
   * A traced message is durable.
   *
   * @param began when it was handed to the ledger
   */
  default void committed(MessageId message, String traceparent, long began) {}

  /** An envelope is handed to the link to a neighbour. */
  default void sent(AgencyName peer, ByteString headerHash) {}

  /** A neighbour acknowledged an envelope, or refused it. */
  default void acknowledged(AgencyName peer, Receipt receipt) {}

  /**
   * A traced message goes to a subscriber for the first time.
   *
   * @param receivedAtMs when this gateway received it, in milliseconds since 1970
   * @return the span of the delivery, for the subscriber; empty if it is not traced
   */
  default String delivered(Label label, NodeName client, long receivedAtMs) {
    return "";
  }
}
