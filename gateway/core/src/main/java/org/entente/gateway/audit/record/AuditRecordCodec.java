package org.entente.gateway.audit.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.TreeHash;
import org.entente.proto.store.v1.AuditRange;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes audit records, all but the messages of their subjects, as {@code
 * entente.store.v1.AuditRecord}. A leaf has the messages beside the record, so that a proof of one
 * of them leaves out the others.
 *
 * <p>A leaf commits to the written bytes, which are stored; so protobuf need not be deterministic.
 */
public final class AuditRecordCodec {

  private AuditRecordCodec() {}

  /** The record's bytes, without its messages. */
  public static byte[] encode(AuditRecord record) {
    org.entente.proto.store.v1.AuditRecord.Builder out =
        org.entente.proto.store.v1.AuditRecord.newBuilder()
            .setTypeValue(record.type().number())
            .setLawCategoryValue(record.category().number())
            .setAtMs(record.at().toEpochMilli())
            .setActor(encode(record.actor()))
            .setAgreement(record.basis().agreement())
            .setPolicyVersion(record.basis().policyVersion())
            .setCode(record.outcome().code())
            .setDetail(record.outcome().detail());
    org.entente.proto.store.v1.AuditSubject subject = encode(record.subject());
    if (subject.getSerializedSize() > 0) {
      out.setSubject(subject);
    }
    return out.build().toByteArray();
  }

  /** The record in these bytes, without messages; empty when this release cannot read them. */
  public static Optional<AuditRecord> decode(byte[] bytes) {
    return decode(bytes, List.of());
  }

  /** The record in these bytes about messages; empty when this release cannot read them. */
  public static Optional<AuditRecord> decode(byte[] bytes, List<MessageId> messages) {
    try {
      return Optional.of(decode(org.entente.proto.store.v1.AuditRecord.parseFrom(bytes), messages));
    } catch (InvalidProtocolBufferException | IllegalArgumentException notARecord) {
      return Optional.empty();
    }
  }

  private static org.entente.proto.store.v1.AuditActor encode(AuditActor actor) {
    org.entente.proto.store.v1.AuditActor.Builder out =
        org.entente.proto.store.v1.AuditActor.newBuilder().setAgency(actor.agency().value());
    NodeName client = actor.client();
    if (client != null) {
      out.setClient(client.value());
    }
    AuditPerson person = actor.onBehalfOf();
    if (person != null) {
      out.setOnBehalfOf(encode(person));
    }
    return out.build();
  }

  private static org.entente.proto.store.v1.AuditPerson encode(AuditPerson person) {
    org.entente.proto.store.v1.AuditPerson.Builder out =
        org.entente.proto.store.v1.AuditPerson.newBuilder()
            .setOfficer(person.officer())
            .setUnit(person.unit());
    String justification = person.justification();
    if (justification != null) {
      out.setJustification(justification);
    }
    return out.build();
  }

  private static org.entente.proto.store.v1.AuditSubject encode(AuditSubject subject) {
    org.entente.proto.store.v1.AuditSubject.Builder out =
        org.entente.proto.store.v1.AuditSubject.newBuilder();
    EnvelopeId envelope = subject.envelope();
    if (envelope != null) {
      out.setEnvelopeId(ByteString.copyFrom(envelope.bytes()));
    }
    subject.agencies().forEach(agency -> out.addAgencies(agency.value()));
    AuditSubject.Range range = subject.range();
    if (range != null) {
      out.setRange(
          AuditRange.newBuilder()
              .setLane(range.lane().number())
              .setFirst(range.first())
              .setLast(range.last()));
    }
    out.setHeaderHash(subject.headerHash());
    FormerLog former = subject.formerLog();
    if (former != null) {
      out.setFormerLog(encode(former));
    }
    return out.build();
  }

  private static org.entente.proto.store.v1.FormerLog encode(FormerLog former) {
    org.entente.proto.store.v1.FormerLog.Builder out =
        org.entente.proto.store.v1.FormerLog.newBuilder().setOrigin(former.origin().line());
    TreeHead kept = former.kept();
    if (kept != null) {
      out.setKeptSize(kept.size()).setKeptRoot(ByteString.copyFrom(kept.root().bytes()));
    }
    TreeHead signed = former.signed();
    if (signed != null) {
      out.setSignedSize(signed.size()).setSignedRoot(ByteString.copyFrom(signed.root().bytes()));
    }
    TreeHead witnessed = former.witnessed();
    if (witnessed != null) {
      out.setWitnessedSize(witnessed.size())
          .setWitnessedRoot(ByteString.copyFrom(witnessed.root().bytes()));
    }
    return out.build();
  }

  private static AuditRecord decode(
      org.entente.proto.store.v1.AuditRecord in, List<MessageId> messages) {
    return new AuditRecord(
        AuditType.of(in.getTypeValue()).orElseThrow(() -> unknown("type")),
        LawCategory.of(in.getLawCategoryValue()).orElseThrow(() -> unknown("legal category")),
        Instant.ofEpochMilli(in.getAtMs()),
        decode(in.getActor()),
        decode(in.getSubject(), messages),
        new AuditRecord.Basis(in.getAgreement(), in.getPolicyVersion()),
        new AuditRecord.Outcome(in.getCode(), in.getDetail()));
  }

  private static AuditActor decode(org.entente.proto.store.v1.AuditActor in) {
    @Nullable NodeName client = in.getClient().isEmpty() ? null : new NodeName(in.getClient());
    @Nullable AuditPerson person = in.hasOnBehalfOf() ? decode(in.getOnBehalfOf()) : null;
    return new AuditActor(new AgencyName(in.getAgency()), client, person);
  }

  private static AuditPerson decode(org.entente.proto.store.v1.AuditPerson in) {
    return new AuditPerson(
        in.getOfficer(), in.getUnit(), in.hasJustification() ? in.getJustification() : null);
  }

  private static AuditSubject decode(
      org.entente.proto.store.v1.AuditSubject in, List<MessageId> messages) {
    ByteString id = in.getEnvelopeId();
    @Nullable EnvelopeId envelope = id.isEmpty() ? null : EnvelopeId.of(id.toByteArray());
    List<AgencyName> agencies = in.getAgenciesList().stream().map(AgencyName::new).toList();
    AuditSubject.@Nullable Range range = in.hasRange() ? decode(in.getRange()) : null;
    @Nullable FormerLog former = in.hasFormerLog() ? decode(in.getFormerLog()) : null;
    return new AuditSubject(envelope, messages, agencies, range, in.getHeaderHash(), former);
  }

  private static FormerLog decode(org.entente.proto.store.v1.FormerLog in) {
    return new FormerLog(
        LogOrigin.parse(in.getOrigin()).orElseThrow(() -> unknown("log")),
        head(in.getKeptSize(), in.getKeptRoot()),
        head(in.getSignedSize(), in.getSignedRoot()),
        head(in.getWitnessedSize(), in.getWitnessedRoot()));
  }

  private static @Nullable TreeHead head(long size, ByteString root) {
    return root.isEmpty() ? null : new TreeHead(size, TreeHash.of(root.toByteArray()));
  }

  private static AuditSubject.Range decode(AuditRange in) {
    return new AuditSubject.Range(Lane.of(in.getLane()), in.getFirst(), in.getLast());
  }

  private static IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException("unknown " + what + "; another release wrote it");
  }
}
