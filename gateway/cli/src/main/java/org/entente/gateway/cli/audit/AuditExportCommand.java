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
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Exports audit records of a period, a subject or a message. */
@Command(
    name = "export",
    description = {
      "Prints audit records as JSON Lines, one for each leaf; a leaf of many messages has several.",
      "A record shows what was done and when, by whom and on whose behalf, under which agreement"
          + " and",
      "legal basis, with whom it was shared, its retention and its outcome. Select records by"
          + " period,",
      "by subject or by message. Erased content shows as erased. The log records each page that is",
      "exported, with the officer and the reason.",
      "",
      "With --gateway it reads from a running node, as a client with the scope `audit`;",
      "with --config from the data of a stopped node."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente audit export --from 2026-03-01 --to 2026-04-01 --officer FR-7 \\",
      "      --justification 'quarterly report' --config /etc/entente/node.yaml",
      "  entente audit export --subject 'person:Dupont/Marie/1980-02-01' --officer FR-7 --proofs"
          + " \\",
      "      --justification 'access request 12/26' --gateway 127.0.0.1:7441 \\",
      "      --credentials fr.customs/clients/auditor"
    })
final class AuditExportCommand extends AuditExportCall {
  @Option(
      names = "--event",
      paramLabel = "TYPE",
      description = "only records of this type, such as ACCEPTED or RECALLED")
  private String event = "";

  @Option(
      names = "--caused-by",
      paramLabel = "CLIENT",
      description = "only what this client of the agency caused")
  private String client = "";

  @Option(
      names = "--caused-for",
      paramLabel = "OFFICER",
      description = "only what was done on behalf of this officer")
  private String officer = "";

  @Option(names = "--proofs", description = "print each line with its proof, a C2SP tlog-proof")
  private boolean proofs;

  @Override
  void narrow(ExportRequest.Builder request) {
    request.setEvent(event).setClient(client).setOfficer(officer);
  }

  @Override
  public void run() {
    try (ProgressLine progress = ProgressLine.besideOutput(this, "exporting", "leaf", "leaves")) {
      var unused = export(proofs, progress, leaf -> out().println(line(leaf)));
    }
  }

  private String line(ExportedLeaf leaf) {
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
