package org.entente.gateway.receive;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.AnnotationKey;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.LocalMessage;
import org.entente.gateway.seal.LocalSeal;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Opens received messages from their form at rest. Results are empty once the bucket's key is
 * destroyed.
 */
public final class InboxOpener {
  private final StorageKeys keys;
  private final InboxTable inbox;

  /** Creates an opener with the storage keys of a node. */
  public InboxOpener(StorageKeys keys, InboxTable inbox) {
    this.keys = keys;
    this.inbox = inbox;
  }

  /** The label alone. */
  public Optional<Label> label(InboxTable.PlacedRecord placed) {
    return open(placed, message -> Optional.of(label(message)));
  }

  /**
   * A message, opened.
   *
   * @param body null if the label was not wanted
   */
  public record Message(Label label, @Nullable Body body) {}

  /**
   * The keys of a message's attachments, in the order of its label; empty if it does not open. The
   * bodies that the other methods give do not have them.
   */
  public List<AttachmentKey> attachmentKeys(InboxTable.PlacedRecord placed) {
    return fresh(placed)
        .map(FreshContent.Content::body)
        .or(() -> open(placed, message -> body(placed, message, Body.parser())))
        .map(Body::getAttachmentKeysList)
        .orElse(List.of());
  }

  private static Body withoutKeys(Body body) {
    return body.getAttachmentKeysCount() == 0
        ? body
        : body.toBuilder().clearAttachmentKeys().build();
  }

  /** The label, with the body if the label is wanted; empty if it does not open. */
  public Optional<Message> message(InboxTable.PlacedRecord placed, Predicate<Label> wanted) {
    Optional<FreshContent.Content> fresh = fresh(placed);
    if (fresh.isPresent()) {
      Label label = fresh.get().label();
      return Optional.of(
          new Message(label, wanted.test(label) ? withoutKeys(fresh.get().body()) : null));
    }
    return stored(placed, wanted, Label.parser(), Body.parser());
  }

  /**
   * As {@link #message}, without the fields that this version does not know: in memory they can
   * need forty times what they need at rest.
   */
  public Optional<Message> knownFields(InboxTable.PlacedRecord placed, Predicate<Label> wanted) {
    return stored(
        placed,
        wanted,
        DiscardUnknownFieldsParser.wrap(Label.parser()),
        DiscardUnknownFieldsParser.wrap(Body.parser()));
  }

  private Optional<Message> stored(
      InboxTable.PlacedRecord placed,
      Predicate<Label> wanted,
      Parser<Label> labels,
      Parser<Body> bodies) {
    return open(
        placed,
        message -> {
          Label label = CorruptRecord.parse(labels, message.label(), "INBOX");
          return wanted.test(label)
              ? body(placed, message, bodies).map(body -> new Message(label, withoutKeys(body)))
              : Optional.of(new Message(label, null));
        });
  }

  /** The body alone. */
  public Optional<Body> body(InboxTable.PlacedRecord placed) {
    return message(placed, label -> true).map(Message::body);
  }

  /**
   * Passes a message's label, and the key of its annotations, to an action and wipes the key
   * afterwards; empty if the message does not open.
   */
  public <T> Optional<T> annotated(
      InboxTable.PlacedRecord placed, BiFunction<Label, AnnotationKey, T> use) {
    return open(
        placed,
        message -> {
          try (AnnotationKey key = message.bodyKey().annotationKey()) {
            return Optional.of(use.apply(label(message), key));
          }
        });
  }

  /** The content opened on arrival, unless its key has been destroyed since. */
  private Optional<FreshContent.Content> fresh(InboxTable.PlacedRecord placed) {
    InboxRecord record = placed.record();
    return Optional.ofNullable(inbox.fresh().at(placed.position()))
        .filter(
            content ->
                !record.getOnHold()
                    && content.label().getMessageId().equals(record.getMessageId())
                    && keys.existing(LocalDate.ofEpochDay(record.getBucketDay())).isPresent());
  }

  private static Label label(LocalMessage message) {
    return CorruptRecord.parse(Label.parser(), message.label(), "INBOX");
  }

  private Optional<Body> body(
      InboxTable.PlacedRecord placed, LocalMessage message, Parser<Body> bodies) {
    byte[] sealed = inbox.body(placed);
    if (sealed == null) {
      return Optional.empty();
    }
    try {
      Optional<byte[]> plain = message.bodyKey().open(address(placed.record()), sealed);
      return plain.isPresent() ? Optional.of(bodies.parseFrom(plain.get())) : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("MESSAGE", e);
    }
  }

  /**
   * Whether a message that did not open is damaged: it and its key still exist.
   *
   * @param placed as it was read, which may be a moment ago
   */
  public boolean isDamaged(InboxTable.PlacedRecord placed) {
    InboxTable.PlacedRecord now = inbox.place(placed.lane(), placed.position());
    if (now == null) {
      return false;
    }
    if (now.isDamaged()) {
      return true;
    }
    InboxRecord record = now.record();
    Optional<BucketKey> key =
        record.getOnHold()
            ? keys.held(MessageId.of(record.getMessageId().toByteArray()))
            : keys.existing(LocalDate.ofEpochDay(record.getBucketDay()));
    boolean there =
        key.isPresent()
            && LocalSeal.leaf(record.getSealedRecord().toByteArray())
                .map(key.get()::holds)
                .orElse(true);
    if (record.getOnHold()) {
      key.ifPresent(BucketKey::close);
    }
    return there;
  }

  private <T> Optional<T> open(
      InboxTable.PlacedRecord placed, Function<LocalMessage, Optional<T>> use) {
    InboxRecord record = placed.record();
    if (!record.getOnHold()) {
      return keys.existing(LocalDate.ofEpochDay(record.getBucketDay()))
          .flatMap(bucket -> open(record, bucket, use));
    }
    return keys.held(MessageId.of(record.getMessageId().toByteArray()))
        .flatMap(
            hold -> {
              try (hold) {
                return open(record, hold, use);
              }
            });
  }

  private static <T> Optional<T> open(
      InboxRecord record, BucketKey key, Function<LocalMessage, Optional<T>> use) {
    return LocalSeal.open(address(record), key, record.getSealedRecord().toByteArray())
        .flatMap(
            message -> {
              try (message) {
                return use.apply(message);
              }
            });
  }

  private static BodyAddress address(InboxRecord record) {
    return new BodyAddress(
        new AgencyName(record.getOrigin()),
        EnvelopeId.of(record.getEnvelopeId().toByteArray()),
        record.getIndex());
  }
}
