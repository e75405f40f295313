package org.entente.gateway.transmit;

import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.store.KeyBuilder;
import org.entente.proto.store.v1.ClientBytes;
import org.entente.proto.store.v1.SealedUnder;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.store.v1.StoredEnvelopeOrBuilder;

/**
 * Seals waiting messages into envelopes and converts them to their stored form: the content key
 * wrapped under the local outbox key, never in the clear. Safe for many threads.
 */
public final class OutboundSealer {
  private final Sealer sealer;
  private final OutboxSeal outboxSeal;
  private final OutboxKeys outboxKeys;
  private final Meters meters;
  private final int maxMessages;
  private final int maxBytes;

  /**
   * Creates a sealer with bounds on one envelope.
   *
   * @param outboxKeys the keys that wrap content keys
   */
  public OutboundSealer(
      Sealer sealer,
      OutboxSeal outboxSeal,
      OutboxKeys outboxKeys,
      Meters meters,
      int maxMessages,
      int maxBytes) {
    this.sealer = sealer;
    this.outboxSeal = outboxSeal;
    this.outboxKeys = outboxKeys;
    this.meters = meters;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** An envelope ready for {@link Dispatch#submit}, with its audit record. */
  public record ReadyEnvelope(
      EnvelopeId envelope,
      BatchKey key,
      List<MessageId> messages,
      Dispatch.OutgoingEnvelope outgoing) {
    /** Its recipients. */
    public List<AgencyName> recipients() {
      return key.recipients();
    }

    /** The same with what clients have in it. */
    public ReadyEnvelope of(List<ClientBytes> clients) {
      return new ReadyEnvelope(envelope, key, messages, outgoing.of(clients));
    }
  }

  /** Seals items, highest lane first, those with equal batch keys together. */
  public List<ReadyEnvelope> seal(List<SealingItem> items) {
    List<ReadyEnvelope> out = new ArrayList<>();
    for (SealingBatch batch : BatchPlanner.group(items, maxMessages, maxBytes)) {
      long start = System.nanoTime();
      try (Sealed sealed = sealer.seal(batch)) {
        out.add(ready(sealed, batch.permission()));
      }
      meters.sealed(System.nanoTime() - start);
    }
    return out;
  }

  private ReadyEnvelope ready(Sealed sealed, SealingItem.Permission permission) {
    EnvelopeHeader header = sealed.envelope().header();
    OutboxKeys.NamedKey outboxKey = outboxKeys.current();
    StoredEnvelope.Builder stored =
        StoredEnvelope.newBuilder()
            .setHeader(UnsafeByteOperations.unsafeWrap(header.encoded()))
            .setSignature(UnsafeByteOperations.unsafeWrap(sealed.envelope().signature()))
            .setLabels(UnsafeByteOperations.unsafeWrap(sealed.envelope().labels()))
            .setBodies(UnsafeByteOperations.unsafeWrap(sealed.envelope().bodies()))
            .setOutboxKey(outboxKey.id())
            .setSealedUnder(
                SealedUnder.newBuilder()
                    .setGeneration(permission.generation())
                    .setSecondPerson(permission.grounds().secondPerson())
                    .setPerson(permission.grounds().person()));
    sealed
        .messages()
        .forEach(id -> stored.addMessageIds(UnsafeByteOperations.unsafeWrap(id.bytes())));
    byte[] wrapped = outboxSeal.seal(header, outboxKey.key(), sealed.contentKey(), beside(stored));
    stored.setSealedContentKey(UnsafeByteOperations.unsafeWrap(wrapped));
    List<Dispatch.Recipient> recipients =
        sealed.key().recipients().stream()
            .map(agency -> new Dispatch.Recipient(agency, sealed.key().agreement()))
            .toList();
    return new ReadyEnvelope(
        header.facts().id(),
        sealed.key(),
        sealed.messages(),
        new Dispatch.OutgoingEnvelope(
            header.hash(),
            stored.build(),
            header.facts().lane(),
            header.facts().expiresAtMs(),
            recipients));
  }

  /**
   * Opens the content key of an own envelope again.
   *
   * @param header the header of this envelope
   */
  public Optional<ContentKey> contentKey(EnvelopeHeader header, StoredEnvelope envelope) {
    byte[] wrapped = ProtoBytes.array(envelope.getSealedContentKey());
    return outboxKeys
        .find(envelope.getOutboxKey())
        .flatMap(key -> OutboxSeal.open(header, key, wrapped, beside(envelope)));
  }

  /**
   * What lies beside an own envelope and decides whether it may go out, and of which messages it
   * is: u64 generation · u8 second person · u8 person · its 16-byte message ids. A change of it on
   * the disk leaves the envelope without its key.
   */
  private static byte[] beside(StoredEnvelopeOrBuilder envelope) {
    SealedUnder under = envelope.getSealedUnder();
    KeyBuilder out =
        KeyBuilder.key(Long.BYTES + 2 + envelope.getMessageIdsCount() * MessageId.SIZE)
            .u64(under.getGeneration())
            .u8(under.getSecondPerson() ? 1 : 0)
            .u8(under.getPerson() ? 1 : 0);
    envelope.getMessageIdsList().forEach(id -> out.bytes(ProtoBytes.array(id)));
    return out.done();
  }
}
