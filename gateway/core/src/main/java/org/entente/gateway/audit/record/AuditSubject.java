package org.entente.gateway.audit.record;

import com.google.protobuf.ByteString;
import java.util.List;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.jspecify.annotations.Nullable;

/**
 * What a record concerns.
 *
 * @param envelope the envelope; null for none
 * @param messages the messages concerned, in the envelope's order
 * @param agencies the other side: recipients, or the peer that sent or received it
 * @param range a range of positions; null for none
 * @param headerHash SHA-256 of the envelope's header, 32 bytes; empty for none
 * @param formerLog the log that ended, in the first leaf of its successor; otherwise null
 */
public record AuditSubject(
    @Nullable EnvelopeId envelope,
    List<MessageId> messages,
    List<AgencyName> agencies,
    @Nullable Range range,
    ByteString headerHash,
    @Nullable FormerLog formerLog) {

  /** The subject of records that concern the node as a whole. */
  public static final AuditSubject NODE = new AuditSubject(null, List.of(), List.of(), null);

  /** Copies the lists and checks the length of the hash. */
  public AuditSubject {
    messages = List.copyOf(messages);
    agencies = List.copyOf(agencies);
    if (!headerHash.isEmpty() && headerHash.size() != Sha256.HASH_BYTES) {
      throw new InvalidValue("a header's hash has 32 bytes", InvalidValue.bytes(headerHash.size()));
    }
  }

  /** A subject without the header of an envelope. */
  public AuditSubject(
      @Nullable EnvelopeId envelope,
      List<MessageId> messages,
      List<AgencyName> agencies,
      @Nullable Range range) {
    this(envelope, messages, agencies, range, ByteString.EMPTY, null);
  }

  /** The log that ended. */
  public static AuditSubject of(FormerLog former) {
    return new AuditSubject(null, List.of(), List.of(), null, ByteString.EMPTY, former);
  }

  /** An envelope by its header, with its messages and the agencies on the other side. */
  public static AuditSubject of(
      EnvelopeHeader header, List<MessageId> messages, List<AgencyName> agencies) {
    return of(header.facts().id(), messages, agencies).headed(header.hash());
  }

  /** The same subject with the hash of the envelope's header, 32 bytes. */
  public AuditSubject headed(byte[] hash) {
    return new AuditSubject(
        envelope, messages, agencies, range, ByteString.copyFrom(hash), formerLog);
  }

  /** An envelope with its messages and the agencies on the other side. */
  public static AuditSubject of(
      EnvelopeId envelope, List<MessageId> messages, List<AgencyName> agencies) {
    return new AuditSubject(envelope, messages, agencies, null);
  }

  /** A range of positions of one lane. */
  public static AuditSubject of(Lane lane, long first, long last) {
    return new AuditSubject(null, List.of(), List.of(), new Range(lane, first, last));
  }

  /**
   * Positions of one lane.
   *
   * @param lane the lane
   * @param first first position, 0 or more
   * @param last last position, inclusive
   */
  public record Range(Lane lane, long first, long last) {
    /** Checks the order. */
    public Range {
      if (first < 0 || last < first) {
        throw new InvalidValue("a range's end is not before its start", first + " to " + last);
      }
    }
  }
}
