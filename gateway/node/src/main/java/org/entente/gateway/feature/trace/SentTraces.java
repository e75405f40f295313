package org.entente.gateway.feature.trace;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * The latest own messages that are traced, and the envelopes in which they lie, for hops and
 * evidence. In memory alone: a restart ends these traces. Safe for use by several threads.
 */
final class SentTraces {
  /** Messages, and envelopes, that are remembered. */
  private static final int MOST = 10_000;

  private final Cache<MessageId, SentMessage> messages = cache();
  private final Cache<ByteString, SentEnvelope> envelopes = cache();

  /**
   * A traced message.
   *
   * @param sealed when it was sealed
   */
  record SentMessage(MessageId id, String traceparent, long sealed) {}

  /**
   * An envelope with traced messages.
   *
   * @param sent when it was handed to the link to a neighbour that has not acknowledged it
   */
  private record SentEnvelope(List<SentMessage> messages, Map<AgencyName, Long> sent) {}

  /**
   * Traced messages of one hop.
   *
   * @param sent when they were handed to the link
   */
  record Hop(List<SentMessage> messages, long sent) {}

  private static <K, V> Cache<K, V> cache() {
    return Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();
  }

  void add(SentMessage message) {
    messages.put(message.id(), message);
  }

  void enclosed(ByteString headerHash, List<MessageId> inside) {
    List<SentMessage> traced = new ArrayList<>();
    for (MessageId id : inside) {
      SentMessage message = messages.getIfPresent(id);
      if (message != null) {
        traced.add(message);
      }
    }
    if (!traced.isEmpty()) {
      envelopes.put(headerHash, new SentEnvelope(traced, new ConcurrentHashMap<>()));
    }
  }

  @Nullable SentMessage message(MessageId id) {
    return messages.getIfPresent(id);
  }

  void sent(AgencyName peer, ByteString headerHash, long now) {
    SentEnvelope envelope = envelopes.getIfPresent(headerHash);
    if (envelope != null) {
      envelope.sent().putIfAbsent(peer, now);
    }
  }

  /** What a neighbour acknowledges; null if nothing in it is traced. */
  @Nullable Hop acknowledged(AgencyName peer, ByteString headerHash) {
    SentEnvelope envelope = envelopes.getIfPresent(headerHash);
    Long sent = envelope == null ? null : envelope.sent().remove(peer);
    return envelope == null || sent == null ? null : new Hop(envelope.messages(), sent);
  }
}
