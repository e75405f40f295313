package org.entente.gateway.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.ConstantTime;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.Padme;
import org.entente.proto.link.v1.SealedLabels;
import org.jspecify.annotations.Nullable;

/**
 * An envelope with opened labels: each message's label, and the key and location of its body. Only
 * {@link Opener} makes one. Holds the content key until closed. Safe for use by many threads.
 */
public final class OpenedLabels implements AutoCloseable {
  /** Most elements of the labels' plaintext: a label and a length for each message, twice. */
  private static final int MAX_ELEMENTS = 4 * EnvelopeHeader.MAX_COUNT;

  private final Envelope envelope;
  private final ContentKey contentKey;
  private final SealedLabels labels;
  private final int[] offsets;

  /** Keys of opened bodies, for who stores them next. */
  private final AtomicReferenceArray<@Nullable BodyKey> opened;

  private OpenedLabels(
      Envelope envelope, ContentKey contentKey, SealedLabels labels, int[] offsets) {
    this.envelope = envelope;
    this.contentKey = contentKey;
    this.labels = labels;
    this.offsets = offsets;
    this.opened = new AtomicReferenceArray<>(offsets.length - 1);
  }

  /**
   * Parses the plaintext; empty unless it is canonical, agrees with the header and describes the
   * sealed bodies including their padding.
   */
  static Optional<OpenedLabels> of(Envelope envelope, ContentKey contentKey, byte[] plaintext) {
    SealedLabels labels;
    try {
      if (ElementCount.canExceed(plaintext.length, MAX_ELEMENTS)
          && !new ElementCount(MAX_ELEMENTS).takes(SealedLabels.getDescriptor(), plaintext)) {
        return Optional.empty();
      }
      labels = ProtoBytes.parse(SealedLabels.parser(), plaintext);
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
    if (!ProtoBytes.encodes(labels, plaintext)
        || !isAllLater(labels.getUnknownFields())
        || !countsAgree(envelope.header(), labels)
        || !lengthsAllowed(labels)) {
      return Optional.empty();
    }
    int[] offsets = new int[labels.getBodyLengthsCount() + 1];
    long end = 0;
    for (int i = 0; i < labels.getBodyLengthsCount(); i++) {
      end += Integer.toUnsignedLong(labels.getBodyLengths(i)) + Aes256Gcm.TAG_BYTES;
      if (end > envelope.bodies().length) {
        return Optional.empty();
      }
      offsets[i + 1] = (int) end;
    }
    return isPadded(envelope, contentKey, (int) end)
        ? Optional.of(new OpenedLabels(envelope, contentKey, labels, offsets))
        : Optional.empty();
  }

  /**
   * Whether unknown fields can come from a later release: greater numbers, each with one wire type
   * of proto3. Protobuf also keeps known numbers of another type, and groups, which two programs
   * could read differently.
   */
  private static boolean isAllLater(UnknownFieldSet unknown) {
    return unknown.asMap().entrySet().stream()
        .allMatch(
            entry ->
                entry.getKey() > SealedLabels.BODY_LENGTHS_FIELD_NUMBER
                    && entry.getValue().getGroupList().isEmpty()
                    && wireTypes(entry.getValue()) == 1);
  }

  private static long wireTypes(UnknownFieldSet.Field field) {
    return Stream.of(
            field.getVarintList(),
            field.getFixed32List(),
            field.getFixed64List(),
            field.getLengthDelimitedList())
        .filter(values -> !values.isEmpty())
        .count();
  }

  private static boolean countsAgree(EnvelopeHeader header, SealedLabels labels) {
    return labels.getLabelsCount() == header.count()
        && labels.getBodyLengthsCount() == header.count();
  }

  private static boolean lengthsAllowed(SealedLabels labels) {
    return labels.getLabelsList().stream()
        .allMatch(label -> label.size() >= 1 && label.size() <= EnvelopeHeader.MAX_LABEL_BYTES);
  }

  private static boolean isPadded(Envelope envelope, ContentKey contentKey, int end) {
    byte[] region = envelope.bodies();
    return region.length == Padme.paddedLength(end)
        && ConstantTime.equal(
            Arrays.copyOfRange(region, end, region.length),
            contentKey.padding(region.length - end));
  }

  /** The envelope. */
  public Envelope envelope() {
    return envelope;
  }

  /** Number of messages, 1 to 4096; equal to the header's. */
  public int count() {
    return labels.getLabelsCount();
  }

  /** The serialised label of a message, 1 to 65,536 bytes: a part of all labels. Not parsed yet. */
  public ByteString label(int index) {
    return labels.getLabels(index);
  }

  /** Length of a message's body in bytes, once opened. */
  public int bodyLength(int index) {
    return offsets[index + 1] - offsets[index] - Aes256Gcm.TAG_BYTES;
  }

  /** The address of a message. */
  public BodyAddress address(int index) {
    EnvelopeFacts facts = envelope.header().facts();
    return new BodyAddress(facts.origin(), facts.id(), index);
  }

  /** The content key, wrapped by {@code wrapping} under a key. */
  byte[] wrapped(OutboxSeal wrapping, SecretBytes key) {
    return wrapping.seal(envelope.header(), key, contentKey);
  }

  /** Derives the keys of all bodies at once, for a caller that opens all of them. */
  public void deriveBodyKeys() {
    List<BodyKey> keys = contentKey.bodyKeys(count());
    for (int i = 0; i < keys.size(); i++) {
      keep(i, keys.get(i));
    }
  }

  /** The key of a message's body, which the caller closes. */
  public BodyKey bodyKey(int index) {
    BodyKey known = opened.getAndSet(checked(index), null);
    return known == null ? contentKey.bodyKey(index) : known;
  }

  /** A message's sealed body, 16 bytes longer than the body: a part of the envelope's bodies. */
  public ByteString sealedBody(int index) {
    int from = offsets[index];
    return UnsafeByteOperations.unsafeWrap(envelope.bodies(), from, offsets[index + 1] - from);
  }

  /** A message's body; empty if its part of the sealed bodies is not authentic. */
  public Optional<byte[]> openBody(int index) {
    BodyKey key = bodyKey(index);
    int from = offsets[index];
    Optional<byte[]> body =
        key.open(address(index), envelope.bodies(), from, offsets[index + 1] - from);
    keep(index, key);
    return body;
  }

  private void keep(int index, @Nullable BodyKey key) {
    BodyKey before = opened.getAndSet(index, key);
    if (before != null) {
      before.close();
    }
  }

  private int checked(int index) {
    return Objects.checkIndex(index, count());
  }

  @Override
  public void close() {
    for (int i = 0; i < opened.length(); i++) {
      keep(i, null);
    }
    contentKey.close();
  }

  @Override
  public String toString() {
    return "opened " + envelope;
  }
}
