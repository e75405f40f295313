package org.entente.gateway.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.text.ParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ContentState;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.entente.proto.v1.Purpose;

/**
 * Reads what {@link ExportLine} writes, and nothing else: a line parses only if it would be written
 * again with the same characters. So what a reader sees in a line is what its record says. Whether
 * the log has that record, {@link LeafCheck} says. Stateless.
 */
final class ExportLineParser {
  private ExportLineParser() {}

  /** The leaf of a line; empty unless the line is exactly what an export prints. */
  static Optional<ExportedLeaf> parse(String line) {
    try {
      ExportedLeaf leaf = leaf(JsonText.parse(line));
      return ExportLine.of(leaf).equals(line) ? Optional.of(leaf) : Optional.empty();
    } catch (IllegalArgumentException | ParseException e) {
      return Optional.empty();
    }
  }

  private static ExportedLeaf leaf(JsonNode in) throws ParseException {
    ExportedLeaf.Builder out =
        ExportedLeaf.newBuilder()
            .setOrigin(text(in, "log"))
            .setIndex(in.path("leaf").longValue())
            .setCommitment(base64(in, "commitment"))
            .setSeed(base64(in, "seed"))
            .setRecord(base64(in, "record"))
            .setProof(ByteString.copyFromUtf8(text(in, "proof")))
            .setFirstMessage(in.path("first_message").intValue());
    for (JsonNode message : in.path("messages")) {
      out.addMessages(message(message));
    }
    return out.setMessageCount(in.path("message_count").asInt(out.getMessagesCount())).build();
  }

  private static ExportedMessage message(JsonNode in) throws ParseException {
    ExportedMessage.Builder out =
        ExportedMessage.newBuilder()
            .setMessageId(id(in))
            .setStateValue(value(in, "content", ContentState.getDescriptor()))
            .setErasureCause(text(in, "erasure_cause"));
    time(in, "received_at", out::setReceivedAt);
    time(in, "kept_until", out::setKeptUntil);
    time(in, "erased_at", out::setErasedAt);
    in.path("terms").forEach(terms -> out.addTerms(terms(terms)));
    for (JsonNode item : in.path("evidence")) {
      out.addEvidence(evidence(item));
    }
    return out.build();
  }

  private static ExportedMessage.Terms terms(JsonNode in) {
    ExportedMessage.Terms.Builder out =
        ExportedMessage.Terms.newBuilder()
            .setAgreement(text(in, "agreement"))
            .setLegalBasis(text(in, "legal_basis"))
            .setCategoryValue(value(in, "category", Category.getDescriptor()))
            .setPurposeValue(value(in, "purpose", Purpose.getDescriptor()))
            .setPersonalData(in.path("personal_data").booleanValue())
            .setRetentionDays(in.path("retention_days").intValue())
            .setCaseRef(text(in, "case_ref"));
    in.path("recipients").forEach(agency -> out.addRecipients(agency.asText()));
    return out.build();
  }

  private static EvidenceItem evidence(JsonNode in) throws ParseException {
    EvidenceItem.Builder out =
        EvidenceItem.newBuilder()
            .setKindValue(value(in, "kind", EvidenceKind.getDescriptor()))
            .setAgency(text(in, "agency"))
            .setRecipient(text(in, "recipient"))
            .setCode(text(in, "code"))
            .setReason(text(in, "reason"))
            .setRetrievedBy(text(in, "retrieved_by"));
    time(in, "at", out::setAt);
    time(in, "retrieved_at", out::setRetrievedAt);
    return out.build();
  }

  // Values: what is absent or of another type reads as empty, and then the line is not the same
  // -----

  private static String text(JsonNode in, String name) {
    return in.path(name).asText("");
  }

  private static ByteString base64(JsonNode in, String name) {
    return ByteString.copyFrom(Base64.getDecoder().decode(text(in, name)));
  }

  private static ByteString id(JsonNode in) {
    return ByteString.copyFrom(MessageId.of(HexFormat.of().parseHex(text(in, "id"))).bytes());
  }

  private static void time(JsonNode in, String name, Consumer<Timestamp> set)
      throws ParseException {
    if (in.has(name)) {
      set.accept(Timestamps.parse(text(in, name)));
    }
  }

  private static int value(JsonNode in, String name, EnumDescriptor type) {
    return EnumNames.parse(type, text(in, name)).map(EnumValueDescriptor::getNumber).orElse(0);
  }
}
