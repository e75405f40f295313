package org.entente.gateway.cli.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.Base64;
import java.util.HexFormat;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.jspecify.annotations.Nullable;

/**
 * A leaf as one line of JSON, for people and programs. What the record says stands beside its
 * bytes. {@link ExportLineParser} reads it. Stateless.
 */
final class ExportLine {
  private ExportLine() {}

  /** The line of a leaf, without its end. */
  static String of(ExportedLeaf leaf) {
    ObjectNode out =
        JsonText.object()
            .put("log", leaf.getOrigin())
            .put("leaf", leaf.getIndex())
            .put("commitment", base64(leaf.getCommitment()));
    AuditRecordCodec.decode(leaf.getRecord().toByteArray())
        .filter(record -> !leaf.getRecord().isEmpty())
        .ifPresentOrElse(record -> tell(out, record), () -> out.put("erased", true));
    if (leaf.getMessagesCount() < leaf.getMessageCount()) {
      out.put("first_message", leaf.getFirstMessage()).put("message_count", leaf.getMessageCount());
    }
    leaf.getMessagesList().forEach(one -> tell(out.withArray("messages").addObject(), one));
    if (!leaf.getRecord().isEmpty()) {
      out.put("seed", base64(leaf.getSeed())).put("record", base64(leaf.getRecord()));
    }
    if (!leaf.getProof().isEmpty()) {
      out.put("proof", leaf.getProof().toStringUtf8());
    }
    return JsonText.line(out);
  }

  private static void tell(ObjectNode out, AuditRecord record) {
    out.put("at", record.at().toString())
        .put("type", record.type().name())
        .put("law_category", record.category().name());
    AuditActor actor = record.actor();
    ObjectNode by = out.putObject("by").put("agency", actor.agency().value());
    put(by, "client", actor.client() == null ? "" : actor.client().value());
    AuditPerson who = actor.onBehalfOf();
    if (who != null) {
      put(by, "officer", who.officer());
      put(by, "unit", who.unit());
      put(by, "justification", who.justification());
    }
    record.subject().agencies().forEach(agency -> out.withArray("agencies").add(agency.value()));
    AuditSubject.Range range = record.subject().range();
    if (range != null) {
      out.putObject("range")
          .put("lane", range.lane().name())
          .put("first", range.first())
          .put("last", range.last());
    }
    put(out, "agreement", record.basis().agreement());
    put(out, "policy_version", record.basis().policyVersion());
    put(out, "code", record.outcome().code());
    put(out, "detail", record.outcome().detail());
    put(out, "header_sha256", hex(record.subject().headerHash()));
  }

  private static void tell(ObjectNode out, ExportedMessage message) {
    out.put("id", hex(message.getMessageId())).put("content", EnumNames.word(message.getState()));
    put(out, "received_at", message.hasReceivedAt(), message.getReceivedAt());
    put(out, "kept_until", message.hasKeptUntil(), message.getKeptUntil());
    put(out, "erased_at", message.hasErasedAt(), message.getErasedAt());
    put(out, "erasure_cause", message.getErasureCause());
    message.getTermsList().forEach(terms -> tell(out.withArray("terms").addObject(), terms));
    message.getEvidenceList().forEach(item -> tell(out.withArray("evidence").addObject(), item));
  }

  private static void tell(ObjectNode out, ExportedMessage.Terms terms) {
    terms.getRecipientsList().forEach(agency -> out.withArray("recipients").add(agency));
    put(out, "agreement", terms.getAgreement());
    put(out, "legal_basis", terms.getLegalBasis());
    out.put("category", EnumNames.word(terms.getCategory()))
        .put("purpose", EnumNames.word(terms.getPurpose()))
        .put("personal_data", terms.getPersonalData())
        .put("retention_days", terms.getRetentionDays());
    put(out, "case_ref", terms.getCaseRef());
  }

  private static void tell(ObjectNode out, EvidenceItem item) {
    out.put("at", Timestamps.toString(item.getAt()))
        .put("kind", EnumNames.word(item.getKind()))
        .put("agency", item.getAgency());
    put(out, "recipient", item.getRecipient());
    put(out, "code", item.getCode());
    put(out, "reason", item.getReason());
    put(out, "retrieved_by", item.getRetrievedBy());
    put(out, "retrieved_at", item.hasRetrievedAt(), item.getRetrievedAt());
  }

  private static void put(ObjectNode out, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      out.put(name, value);
    }
  }

  private static void put(ObjectNode out, String name, boolean there, Timestamp at) {
    if (there) {
      out.put(name, Timestamps.toString(at));
    }
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
